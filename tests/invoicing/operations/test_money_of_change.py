"""What a change of usage comes to is told before it is made, to the cent, and leaves no trace."""

from collections.abc import Collection
from typing import Any

import pytest
from djmoney.money import Money

from accounts.models import Customer
from invoicing.models import Invoice
from invoicing.operations.money_of_change import money_of_change
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from usage.models import Event, QuarantinedEvent, RatingVerdict, UsageArrival
from usage.operations.replay_quarantined import replay_quarantined

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Customer:
    """A customer with a contract, one call that is billed, and one that waits for its meter."""
    customer = make.acme()
    sender = make.source(make.partner(customer))
    make.accepted(sender, [make.call_body("waiting", minutes=10)])
    make.contract(customer)
    make.accepted(sender, [make.call_body("billed", minutes=5)])
    refresh_customer(customer_id=customer.pk, now=make.NOW)
    return customer


def replay_all() -> Collection[int]:
    for event in QuarantinedEvent.objects.filter(resolved_at=None):
        replay_quarantined(key=event.key, now=make.NOW)
    return set(Event.objects.values_list("customer_id", flat=True))


def test_a_change_is_told_by_the_invoices_whose_total_it_moves(acme: Customer) -> None:
    running = Invoice.objects.order_by("period_start")[0]

    effect = money_of_change(change=replay_all, now=make.NOW)

    assert [(each.invoice, each.before, each.after) for each in effect.invoices] == [
        (running, running.total, running.total + Money("2.00", "USD"))
    ]
    assert effect.totals == [Money("2.00", "USD")]
    assert (effect.late_events, effect.unbilled_events) == (0, 0)


def test_nothing_of_it_is_kept(acme: Customer) -> None:
    def kept() -> list[Any]:
        return [
            list(Invoice.objects.order_by("pk").values_list("total", "usage_snapshot")),
            list(Event.objects.values_list("idempotency_key")),
            list(QuarantinedEvent.objects.values_list("resolved_at")),
            UsageArrival.objects.count(),
            RatingVerdict.objects.count(),
        ]

    earlier = kept()
    money_of_change(change=replay_all, now=make.NOW)

    assert kept() == earlier


def test_usage_that_came_meanwhile_is_no_part_of_the_change(acme: Customer) -> None:
    sender = acme.partners.get().sources.get()
    make.accepted(sender, [make.call_body("unseen", minutes=100)])

    effect = money_of_change(change=replay_all, now=make.NOW)

    assert effect.totals == [Money("2.00", "USD")]


def test_what_no_contract_would_bill_is_counted_apart(acme: Customer) -> None:
    sender = acme.partners.get().sources.get()

    def before_the_contract() -> Collection[int]:
        make.accepted(sender, [make.call_body("old", occurred_at="2020-01-05T10:00:00Z")])
        return [acme.pk]

    effect = money_of_change(change=before_the_contract, now=make.NOW)

    assert (effect.invoices, effect.unbilled_events, effect.totals) == ((), 1, [])
