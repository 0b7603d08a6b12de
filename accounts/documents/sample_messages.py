"""Every kind of e-mail with made-up content, so that it is seen before one is sent."""

from collections.abc import Mapping
from typing import Any

from accounts.documents.addresses import customer_address, staff_address
from accounts.documents.message import MessageText, rendered_message
from accounts.models import Brand, MessageKind

INVOICE = "invoice"
PARTNER_INVITATION = "partner_invitation"
KINDS = {
    INVOICE: "invoice",
    **dict(MessageKind.choices),
    PARTNER_INVITATION: "invitation to a partner",
}
"""Template names and what staff call them."""

_CUSTOMER = "Sample Bakery"
_INVOICE: Mapping[str, Any] = {
    "name": "Invoice INV-2026-000042",
    "notice": "",
    "buyer": {"name": _CUSTOMER},
    "period": "Oct 1 – Oct 31, 2026",
    "due_date": "Dec 1, 2026",
    "terms": "net 30 days",
    "amount_due": "$1,021.35",
    "is_due": True,
    "totals": (
        {"label": "Subtotal", "amount": "$1,221.35"},
        {"label": "Total", "amount": "$1,221.35"},
        {"label": "Credits applied", "amount": "-$200.00"},
    ),
    "credits": ({"description": "Prepaid credit welcome", "left": "$300.00"},),
}
_LINE = "AI Calls - US / escalated: 15 minutes, $11.25"
_QUESTION = "Why were these calls billed as escalated?\nOur own list says resolved."
_ANSWER = (
    "They were handed to a person after the second minute, and your contract calls that "
    "escalated.\nThe line's page lists each of them."
)
_CONTEXTS: Mapping[str, Mapping[str, Any]] = {
    MessageKind.INVITATION.value: {
        "customer": _CUSTOMER,
        "inviter": "Olive Owner",
        "role_label": "billing: invoices, questions, details",
        "expires": "Nov 28, 2026",
    },
    PARTNER_INVITATION: {
        "partner": "Sample Voice AI",
        "inviter": "Olive Owner",
        "role_label": "developer: API keys, files, replays, the sandbox",
        "expires": "Nov 28, 2026",
    },
    MessageKind.CREDIT_LOW.value: {
        "customer": _CUSTOMER,
        "left": "$187.40",
        "granted": "$1,000.00",
        "percent": 20,
    },
    MessageKind.QUESTION_ASKED.value: {
        "customer": _CUSTOMER,
        "asker": "olive@bakery.example",
        "invoice": "invoice INV-2026-000042",
        "line": _LINE,
        "question": _QUESTION,
    },
    MessageKind.USAGE_ALARM.value: {
        "title": "The quarantine of Sample Voice AI (live) grows",
        "detail": "640 events that came from Nov 21, 11:00 UTC to Nov 21, 12:00 UTC wait: unknown "
        "customer or subject. Usual are 3 an hour.",
        "advice": "They are kept and not billed. Mend the cause, then replay them.",
    },
    MessageKind.QUESTION_ANSWERED.value: {
        "invoice": "invoice INV-2026-000042",
        "line": _LINE,
        "question": _QUESTION,
        "answer": _ANSWER,
    },
}


def sample_message(*, kind: str, brand: Brand) -> MessageText:
    """
    Return a made-up message of one of `KINDS` as this brand would send it.

    :raises KeyError: there is no such kind.
    :raises UnusableBrand: a colour of the brand cannot be shown.
    """
    if kind == INVOICE:
        invoice = {**_INVOICE, "seller": {"name": brand.legal_entity.name}}
        context: Mapping[str, Any] = {"invoice": invoice}
    else:
        context = _CONTEXTS[kind]
    # Leads to the front door: there is no such invoice, question or invitation.
    link = (
        staff_address(path="/admin/")
        if kind in (MessageKind.QUESTION_ASKED, MessageKind.USAGE_ALARM)
        else customer_address(brand=brand, path="/")
    )
    return rendered_message(template=kind, brand=brand, context={**context, "link": link})
