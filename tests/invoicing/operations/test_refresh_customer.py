"""Amounts follow the usage, whatever comes when; nothing is lost in silence."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from djmoney.money import Money

from accounts.models import Customer
from catalog.models import PlanPrice, PriceVersion, RateCard
from invoicing.models import CreditApplication, Invoice, InvoiceState
from invoicing.operations import refresh_customer as operation
from invoicing.operations.issue_invoice import issue_invoice
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.operations.refresh_invoice import NotOpen, locked_invoice, refresh_invoice
from tests import factories as make
from tests.at_once import elsewhere, no_waiting, uncommitted
from tests.invoicing.agreements import (
    billed,
    call,
    closed,
    dollar_a_minute,
    first_invoice,
    invoices_of,
    refreshed,
    sender_of,
    single_price_plan,
    unit_priced,
)
from tests.refusals import damage
from usage.models import Event, RatingVerdict, Source, UsageArrival, Verdict
from usage.queries.events import counted_events, reading_fates

pytestmark = pytest.mark.django_db

NOVEMBER_5 = "2024-11-05T10:00:00Z"
DECEMBER_5 = "2024-12-05T10:00:00Z"


class Killed(RuntimeError):
    """The worker dies here."""


@pytest.fixture
def basil() -> Customer:
    """A live customer at a dollar a minute from November 2024 to January 2025."""
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2025, 1, 1))
    refreshed(basil)
    return basil


@pytest.fixture
def sender(basil: Customer) -> Source:
    """Who sends Basil's calls."""
    return sender_of(basil)


def draws(buyer: Customer) -> list[list[Decimal]]:
    """Return what each invoice draws, grant by grant, the earliest invoice first."""
    return [
        [application.amount.amount for application in invoice.credit_applications.all()]
        for invoice in invoices_of(buyer)
    ]


def fates(buyer: Customer) -> dict[str, str]:
    """Return the verdict of every event of the customer by its key."""
    events = {event.key: event.idempotency_key for event in Event.objects.filter(customer=buyer)}
    return {
        events[key]: fate.verdict
        for key, found in reading_fates(keys=list(events)).items()
        for fate in found
    }


def test_usage_stands_on_the_invoice_of_its_own_time(basil: Customer, sender: Source) -> None:
    call(sender, "november", at="2024-11-30T23:59:59.999999Z", minutes=3)
    call(sender, "december", at="2024-12-01T00:00:00Z", minutes=4)

    refreshed(basil)

    assert [invoice.total for invoice in invoices_of(basil)] == [Money(3, "USD"), Money(4, "USD")]
    assert fates(basil) == {"november": "rated", "december": "rated"}


def test_a_new_yorkers_month_has_an_hour_more_in_november_2024() -> None:
    buyer = make.customer("ny", "New York Ltd", timezone="America/New_York")
    make.contract(buyer, plan=dollar_a_minute(), end=date(2025, 1, 1))
    sender = sender_of(buyer)
    for key, instant, minutes in [
        ("october", "2024-11-01T03:59:59.999999Z", 1),
        ("first", "2024-11-01T04:00:00Z", 2),
        ("last", "2024-12-01T04:59:59.999999Z", 4),
        ("december", "2024-12-01T05:00:00Z", 8),
    ]:
        call(sender, key, at=instant, minutes=minutes)

    refreshed(buyer)

    assert [invoice.total.amount for invoice in invoices_of(buyer)] == [6, 8]
    assert fates(buyer) == {
        "october": "no_contract", "first": "rated", "last": "rated", "december": "rated",
    }  # fmt: skip


def test_news_are_taken_once(basil: Customer, sender: Source) -> None:
    call(sender, "call-1", at=NOVEMBER_5)

    assert refresh_customer(customer_id=basil.pk, now=make.NOW)
    assert not UsageArrival.objects.exists()
    assert not refresh_customer(customer_id=basil.pk, now=make.NOW)


def test_the_news_of_others_stay(basil: Customer, sender: Source) -> None:
    carla = make.carla()
    UsageArrival.objects.create(customer=carla, earliest_at=make.NOW, latest_at=make.NOW)

    refreshed(basil)

    assert UsageArrival.objects.get().customer == carla


@pytest.mark.usefixtures("committed")
def test_killed_before_the_end_it_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2025, 1, 1))
    call(sender_of(buyer), "call-1", at=NOVEMBER_5)

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(operation, "_tell_uncovered_usage", die)
        with pytest.raises(Killed):
            refreshed(buyer)
    assert (first_invoice(buyer).total.amount, UsageArrival.objects.count()) == (0, 2)

    refreshed(buyer)

    assert (first_invoice(buyer).total.amount, UsageArrival.objects.count()) == (5, 0)


@pytest.mark.usefixtures("committed")
def test_news_that_come_meanwhile_are_left_for_the_next_time() -> None:
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2025, 1, 1))
    sender = sender_of(buyer)
    refreshed(buyer)
    call(sender, "before", at=NOVEMBER_5, minutes=5)

    with uncommitted(partial(call, sender, "during", at=NOVEMBER_5, minutes=8)):
        refreshed(buyer)
    assert first_invoice(buyer).total.amount == 5

    refreshed(buyer)

    assert first_invoice(buyer).total.amount == 13


@pytest.mark.usefixtures("committed")
def test_a_customer_in_another_worker_s_hand_is_left_alone_and_its_news_stay() -> None:
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2025, 1, 1))
    refreshed(buyer)
    call(sender_of(buyer), "call-1", at=NOVEMBER_5, minutes=5)

    def hold() -> None:
        Customer.objects.select_for_update(no_key=True).get(pk=buyer.pk)

    with uncommitted(hold), no_waiting():
        assert not refresh_customer(customer_id=buyer.pk, now=make.NOW)
    assert UsageArrival.objects.exists()

    assert refresh_customer(customer_id=buyer.pk, now=make.NOW)
    assert first_invoice(buyer).total.amount == 5


@pytest.mark.usefixtures("committed")
def test_usage_comes_in_while_its_customer_is_being_priced() -> None:
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2025, 1, 1))
    sender = sender_of(buyer)

    with uncommitted(partial(locked_invoice, invoice_id=first_invoice(buyer).pk)), no_waiting():
        assert call(sender, "call-1", at=NOVEMBER_5).status == "accepted"


def test_an_issued_invoice_is_not_refreshed(basil: Customer, sender: Source) -> None:
    call(sender, "call-1", at=NOVEMBER_5)
    billed(basil)

    with pytest.raises(NotOpen, match="issued"):
        refresh_invoice(invoice_id=first_invoice(basil).pk, now=make.NOW)


def test_the_earlier_invoice_draws_first_and_leaves_the_rest(
    basil: Customer, sender: Source
) -> None:
    make.grant(basil, amount="10.00")
    call(sender, "november", at=NOVEMBER_5, minutes=7)
    call(sender, "december", at=DECEMBER_5, minutes=7)

    refreshed(basil)

    assert draws(basil) == [[Decimal(7)], [Decimal(3)]]


def test_usage_of_an_earlier_month_takes_credit_back_from_a_later_one(
    basil: Customer, sender: Source
) -> None:
    make.grant(basil, amount="10.00")
    call(sender, "december", at=DECEMBER_5, minutes=7)
    refreshed(basil)
    assert draws(basil) == [[], [Decimal(7)]]

    call(sender, "november", at=NOVEMBER_5, minutes=6)
    refreshed(basil)

    assert draws(basil) == [[Decimal(6)], [Decimal(4)]]


def test_new_credit_is_drawn_without_new_usage(basil: Customer, sender: Source) -> None:
    call(sender, "november", at=NOVEMBER_5, minutes=7)
    refreshed(basil)
    assert first_invoice(basil).amount_due == Money(7, "USD")

    make.grant(basil, amount="5.00")
    refreshed(basil)

    assert first_invoice(basil).amount_due == Money(2, "USD")


def test_a_stopped_earlier_invoice_keeps_its_credit(basil: Customer, sender: Source) -> None:
    make.grant(basil, amount="10.00")
    call(sender, "november", at=NOVEMBER_5, minutes=7)
    call(sender, "december", at=DECEMBER_5, minutes=7)
    november, december = invoices_of(basil)
    closed(november)
    closed(december)

    issue_invoice(invoice_id=december.pk, now=make.NOW)

    december.refresh_from_db()
    assert december.amount_due == Money(4, "USD")
    assert issue_invoice(invoice_id=november.pk, now=make.NOW).amount_due == Money(0, "USD")


def test_a_grant_pays_invoices_of_its_currency_alone(basil: Customer, sender: Source) -> None:
    make.grant(basil, code="euros", currency="EUR")
    call(sender, "november", at=NOVEMBER_5)

    refreshed(basil)

    assert not CreditApplication.objects.exists()
    assert first_invoice(basil).amount_due == Money(5, "USD")


def test_a_grant_that_expires_inside_the_month_pays_the_calls_before(
    basil: Customer, sender: Source
) -> None:
    noon = datetime(2024, 11, 10, 12, tzinfo=UTC)
    make.grant(basil, effective_from=datetime(2024, 11, 3, tzinfo=UTC), expires_at=noon)
    for key, instant, minutes in [
        ("too early", "2024-11-02T23:59:59.999999Z", 1),
        ("first", "2024-11-03T00:00:00Z", 2),
        ("last", "2024-11-10T11:59:59.999999Z", 4),
        ("too late", "2024-11-10T12:00:00Z", 8),
    ]:
        call(sender, key, at=instant, minutes=minutes)

    refreshed(basil)

    invoice = first_invoice(basil)
    assert (invoice.lines.get().quantity, invoice.credits_applied) == (Decimal(15), Money(6, "USD"))


def test_promotional_credit_is_drawn_before_prepaid(basil: Customer, sender: Source) -> None:
    make.grant(basil, code="paid", amount="3.00", priority=1)
    make.grant(basil, code="given", amount="4.00", kind="promotional", priority=99)
    call(sender, "november", at=NOVEMBER_5, minutes=6)

    refreshed(basil)

    invoice = first_invoice(basil)
    assert (invoice.subtotal, invoice.discounts, invoice.total) == (
        Money(6, "USD"), Money(4, "USD"), Money(2, "USD"),
    )  # fmt: skip
    assert invoice.credits_applied == Money(2, "USD")


def test_late_usage_is_named_and_changes_no_issued_line(basil: Customer, sender: Source) -> None:
    """In one transaction nothing is late; see the test with real ones below."""
    call(sender, "november", at=NOVEMBER_5)
    billed(basil)

    assert first_invoice(basil).state == InvoiceState.ISSUED
    assert fates(basil) == {"november": "rated"}


@pytest.mark.usefixtures("committed")
def test_usage_after_issue_is_late_and_changes_nothing_that_was_issued() -> None:
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2025, 1, 1))
    sender = sender_of(buyer)
    elsewhere(partial(call, sender, "in time", at=NOVEMBER_5, minutes=5))
    billed(buyer)
    before = first_invoice(buyer)

    call(sender, "late", at="2024-11-06T10:00:00Z", minutes=8)
    refreshed(buyer)

    invoice = first_invoice(buyer)
    line = invoice.lines.get()
    assert (invoice.total, invoice.usage_snapshot) == (before.total, before.usage_snapshot)
    assert (line.quantity, line.events) == (Decimal(5), 1)
    assert line.meter_id
    assert line.dimension_set_id
    assert line.usage_from
    assert line.usage_to
    behind = counted_events(
        customer_id=buyer.pk,
        meter_id=line.meter_id,
        dimensions_id=line.dimension_set_id,
        start=line.usage_from,
        end=line.usage_to,
        snapshot=invoice.usage_snapshot,
    )
    assert [event.idempotency_key for event in behind] == ["in time"]
    assert fates(buyer) == {"in time": "rated", "late": "late"}
    late = RatingVerdict.objects.get(verdict=Verdict.LATE)
    assert (late.invoice, late.quantity, late.events) == (invoice.public_id, Decimal(8), 1)


@pytest.mark.usefixtures("committed")
def test_an_event_in_flight_while_its_invoice_is_issued_is_billed_or_late_never_both() -> None:
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2024, 12, 1))
    sender = sender_of(buyer)
    call(sender, "in time", at=NOVEMBER_5, minutes=5)

    with uncommitted(partial(call, sender, "in flight", at=NOVEMBER_5, minutes=8)):
        billed(buyer)
    refreshed(buyer)

    assert first_invoice(buyer).lines.get().quantity == 5
    assert fates(buyer) == {"in time": "rated", "in flight": "late"}


@pytest.mark.usefixtures("committed")
def test_late_usage_of_a_skipped_period_is_named_too() -> None:
    buyer = make.basil()
    make.contract(buyer, plan=dollar_a_minute(), end=date(2024, 12, 1))
    billed(buyer)
    assert first_invoice(buyer).state == InvoiceState.SKIPPED

    call(sender_of(buyer), "late", at=NOVEMBER_5)
    refreshed(buyer)

    assert fates(buyer) == {"late": "late"}


def test_usage_without_a_contract_is_named_and_rated_once_there_is_one() -> None:
    basil = make.basil()
    plan = dollar_a_minute()
    sender = sender_of(basil)
    call(sender, "november", at=NOVEMBER_5)
    refreshed(basil)
    assert fates(basil) == {"november": "no_contract"}

    make.contract(basil, plan=plan)
    refreshed(basil)

    assert fates(basil) == {"november": "rated"}
    assert not RatingVerdict.objects.filter(verdict=Verdict.NO_CONTRACT).exists()


def test_usage_around_a_contract_stays_named_when_that_inside_is_rated() -> None:
    basil = make.basil()
    plan = dollar_a_minute()
    make.accepted(
        sender_of(basil),
        [
            make.call_body(key, customer_id="basil", occurred_at=instant)
            for key, instant in [
                ("before", "2024-10-31T10:00:00Z"),
                ("inside", NOVEMBER_5),
                ("after", "2025-01-05T10:00:00Z"),
            ]
        ],
    )
    refreshed(basil)
    assert set(fates(basil).values()) == {"no_contract"}

    make.contract(basil, plan=plan, end=date(2025, 1, 1))
    refreshed(basil)

    assert fates(basil) == {"before": "no_contract", "inside": "rated", "after": "no_contract"}


def test_later_news_keep_what_was_said_of_usage_without_a_contract() -> None:
    basil = make.basil()
    make.ai_call_meter()
    sender = sender_of(basil)
    make.accepted(
        sender,
        [
            make.call_body(key, customer_id="basil", occurred_at=instant)
            for key, instant in [
                ("first", "2024-11-01T10:00:00Z"),
                ("last", "2024-11-09T10:00:00Z"),
            ]
        ],
    )
    refreshed(basil)

    call(sender, "between", at=NOVEMBER_5)
    refreshed(basil)

    assert fates(basil) == dict.fromkeys(["first", "between", "last"], "no_contract")
    assert sum(verdict.events for verdict in RatingVerdict.objects.all()) == 3


def test_usage_sent_ahead_of_its_month_is_rated_when_the_month_comes() -> None:
    acme = make.acme(clock_at=datetime(2024, 11, 5, tzinfo=UTC))
    make.contract(acme, plan=dollar_a_minute(), end=None)
    sender = sender_of(acme)
    call(sender, "ahead", at="2025-02-05T10:00:00Z")
    refreshed(acme)
    assert fates(acme) == {"ahead": "awaiting"}
    assert acme.test_clock
    acme.test_clock.now_at = datetime(2025, 1, 3, tzinfo=UTC)
    acme.test_clock.save()

    billed(acme)
    refreshed(acme)

    assert fates(acme) == {"ahead": "rated"}
    assert Invoice.objects.get(lines__isnull=False).total == Money(5, "USD")


def test_a_fallback_is_reported_with_the_value_that_exists() -> None:
    basil = make.basil()
    make.contract(basil)
    call(sender_of(basil), "odd", at=NOVEMBER_5, minutes=2, region="us")

    refreshed(basil)

    line = first_invoice(basil).lines.get()
    verdict = RatingVerdict.objects.get()
    assert line.amount == Money("0.80", "USD")
    assert (verdict.verdict, verdict.hint) == (Verdict.FALLBACK, {"region": "US"})
    assert (verdict.line, verdict.price) == (line.public_id, "ai-call")


def test_a_card_that_quarantines_bills_nothing_and_says_so() -> None:
    basil = make.basil()
    contract = make.contract(basil, activated=False)
    with damage():  # a card in use does not change; this one is to have been so from the start
        RateCard.objects.update(on_unmatched="quarantine")
    make.activate_contract(contract=contract, now=make.NOW)
    call(sender_of(basil), "odd", at=NOVEMBER_5, region="us")

    refreshed(basil)

    assert fates(basil) == {"odd": "no_rate"}
    assert not first_invoice(basil).lines.exists()


def test_usage_of_a_time_without_a_price_is_an_alarm() -> None:
    basil = make.basil()
    plan = dollar_a_minute()
    price = plan.items.get().price
    make.Price.objects.filter(pk=price.pk)
    PriceVersion.objects.filter(price=price).update(effective_to=datetime(2024, 11, 15, tzinfo=UTC))
    make.contract(basil, plan=plan)
    sender = sender_of(basil)
    call(sender, "priced", at=NOVEMBER_5)
    call(sender, "unpriced", at="2024-11-15T00:00:00Z")

    refreshed(basil)

    assert fates(basil) == {"priced": "rated", "unpriced": "unpriced"}
    assert first_invoice(basil).total == Money(5, "USD")


def test_two_prices_of_one_meter_both_bill_it() -> None:
    basil = make.basil()
    plan = dollar_a_minute()
    PlanPrice.objects.create(plan=plan, price=unit_priced("premium", Decimal(2)), position=1)
    make.contract(basil, plan=plan)
    call(sender_of(basil), "call-1", at=NOVEMBER_5)

    refreshed(basil)

    assert first_invoice(basil).total == Money(15, "USD")
    # An event is rated once, whoever else bills it too.
    assert RatingVerdict.objects.filter(verdict=Verdict.RATED).count() == 1


def test_a_call_of_no_minutes_is_rated_though_it_has_no_line(
    basil: Customer, sender: Source
) -> None:
    call(sender, "nothing", at=NOVEMBER_5, minutes=0)

    refreshed(basil)

    assert fates(basil) == {"nothing": "rated"}
    assert not first_invoice(basil).lines.exists()


def test_a_rate_of_many_decimals_is_rounded_once_per_line() -> None:
    basil = make.basil()
    make.contract(basil, plan=single_price_plan("fine", unit_price=Decimal("0.000000000001")))
    sender = sender_of(basil)
    for number in range(3):
        call(sender, f"call-{number}", at=NOVEMBER_5, minutes="1666666666.666666")

    refreshed(basil)

    line = first_invoice(basil).lines.get()
    assert line.exact_amount == Decimal("0.004999999999999998")
    assert line.amount == Money("0.00", "USD")
