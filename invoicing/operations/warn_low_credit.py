"""Telling a customer that its credit runs low, once until there is more."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from djmoney.money import Money

from accounts.documents.addresses import customer_address
from accounts.documents.message import MessageText, rendered_message
from accounts.models import Customer, Membership, MessageKind
from accounts.operations.queue_message import queue_message
from invoicing.documents.credit_words import credit_words
from invoicing.models import CreditWarning
from invoicing.queries.credit_level import CreditLevel, credit_levels


def warn_low_credit(*, customer_id: int, now: datetime) -> list[CreditWarning]:
    """
    Return the warnings that are new: one for each purse that fell below the customer's share.

    Once for each newest grant, whoever else asks at the same time; after a top-up there may be
    another. It goes to the people who want it, without any to the invoice address.

    :raises UnusableBrand: a colour of the brand cannot be shown.
    """
    related = ("brand__legal_entity", "test_clock")
    customer = Customer.objects.select_related(*related).get(pk=customer_id)
    if not customer.credit_low_percent:
        return []
    levels = [
        level
        for level in credit_levels(customer=customer, now=now)
        if level.is_below(customer.credit_low_percent)
    ]
    warned = [_warned(customer, level, now=now) for level in levels]
    return [warning for warning in warned if warning is not None]


@transaction.atomic
def _warned(customer: Customer, level: CreditLevel, *, now: datetime) -> CreditWarning | None:
    warning, is_new = CreditWarning.objects.get_or_create(
        newest_grant_id=level.newest_grant_id,
        defaults={
            "customer": customer,
            "currency": level.purse.currency,
            "left": Money(level.left if level.purse.is_money else 0, level.purse.currency),
            "left_quantity": None if level.purse.is_money else level.left,
            "unit": level.purse.unit,
            "warned_at": now,
        },
    )
    if not is_new:
        return None
    message = _message(customer, level)
    for name, address in _readers(customer):
        queue_message(
            kind=MessageKind.CREDIT_LOW,
            key=f"credit_low:{warning.pk}:{name}",
            customer=customer,
            to=address,
            subject=message.subject,
            text=message.text,
            html=message.html,
            now=now,
        )
    return warning


def _readers(customer: Customer) -> list[tuple[str, str]]:
    """Return who is told: something that names the person for ever, and its address of now."""
    wanting = Membership.objects.filter(
        customer=customer, wants_credit_alerts=True, user__is_active=True
    ).order_by("pk")
    people = [(str(pk), email) for pk, email in wanting.values_list("user_id", "user__email")]
    return people or ([("invoices", customer.email)] if customer.email else [])


def _message(customer: Customer, level: CreditLevel) -> MessageText:
    page = reverse("portal:credits", args=[customer.public_id])
    return rendered_message(
        template=MessageKind.CREDIT_LOW,
        brand=customer.brand,
        context={
            "customer": customer.name,
            "left": credit_words(level.left, level.purse),
            "granted": credit_words(level.granted, level.purse),
            "percent": customer.credit_low_percent,
            "link": customer_address(brand=customer.brand, path=page),
        },
    )
