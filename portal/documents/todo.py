"""What a customer should do next, the most pressing first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from invoicing.documents.formats import money
from portal.documents.credit_outlook import CreditOutlook
from portal.queries.overview import Overview
from portal.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: `tone` is bad, waiting or info, the link where it is done."""

    tone: str
    words: str
    link: str
    link_words: str


def todos(
    *,
    viewer: Viewer,
    overview: Overview,
    outlooks: Sequence[CreditOutlook],
    has_second_factor: bool,
) -> list[Todo]:
    """Return what this person of the customer should look at."""
    customer_id = viewer.customer.public_id
    return [
        *_overdue(overview, customer_id),
        *_credit(outlooks, customer_id),
        *_news(overview, customer_id),
        *_account(viewer, has_second_factor),
    ]


def _overdue(overview: Overview, customer_id: str) -> Iterator[Todo]:
    link = f"{reverse('portal:invoices', args=[customer_id])}?state=overdue"
    for due in overview.due:
        if not due.overdue_invoices:
            continue
        amount = money(due.overdue, due.currency)
        one = due.overdue_invoices == 1
        yield Todo(
            "bad",
            f"An invoice over {amount} is overdue."
            if one
            else f"{due.overdue_invoices} invoices are overdue, {amount} together.",
            link,
            "See the invoice" if one else "See the invoices",
        )


def _credit(outlooks: Sequence[CreditOutlook], customer_id: str) -> Iterator[Todo]:
    link = reverse("portal:credits", args=[customer_id])
    for outlook in outlooks:
        if outlook.is_low:
            words = f"Credit runs low: {outlook.left} of {outlook.granted} left."
            yield Todo("waiting", words, link, "See credits")
        for words in outlook.expiring:
            yield Todo("waiting", f"{words}.", link, "See credits")


def _news(overview: Overview, customer_id: str) -> Iterator[Todo]:
    if overview.answers:
        link = reverse("portal:questions", args=[customer_id])
        one = overview.answers == 1
        words = "A question of yours was" if one else f"{overview.answers} questions of yours were"
        yield Todo("info", f"{words} answered lately.", link, "Read the answer")


def _account(viewer: Viewer, has_second_factor: bool) -> Iterator[Todo]:
    if viewer.may_edit and not viewer.customer.email:
        yield Todo(
            "waiting",
            "No e-mail address for invoices: new ones are sent to nobody.",
            reverse("portal:edit_account", args=[viewer.customer.public_id]),
            "Set an address",
        )
    if viewer.may_manage_team and not has_second_factor:
        yield Todo(
            "info",
            "As an owner, protect your sign-in with a second step.",
            reverse("mfa_index"),
            "Set it up",
        )
