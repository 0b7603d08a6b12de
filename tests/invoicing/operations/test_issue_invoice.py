"""Closing and issuing: when, with what number, and what never changes again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from djmoney.money import Money

from accounts.models import Address, Customer, LegalEntity, TaxRegistration
from invoicing.models import Invoice, InvoiceState, JournalEntry, NumberSeries
from invoicing.operations import issue_invoice as operation
from invoicing.operations.close_invoice import PeriodStillRuns, close_invoice
from invoicing.operations.issue_invoice import (
    GraceNotOver,
    IssuingStopped,
    NotADraft,
    issue_invoice,
)
from invoicing.operations.refresh_invoice import NotOpen
from invoicing.queries.wallets import wallet
from tests import factories as make
from tests.at_once import at_once, errors_at_once
from tests.invoicing.agreements import (
    DECEMBER_1,
    billed,
    call,
    closed,
    dollar_a_minute,
    first_invoice,
    invoices_of,
    refreshed,
    sender_of,
)
from usage.models import RatingVerdict

pytestmark = pytest.mark.django_db

NOVEMBER_5 = "2024-11-05T10:00:00Z"


def with_calls(buyer: Customer, *, minutes: int = 5, **plan: object) -> Customer:
    """Return the customer with a November of one call at a dollar a minute."""
    found = make.Plan.objects.filter(code="dollar-a-minute").first()
    make.contract(buyer, plan=found or dollar_a_minute(**plan), end=date(2024, 12, 1))
    call(sender_of(buyer), "november", at=NOVEMBER_5, minutes=minutes)
    return buyer


@pytest.fixture
def basil() -> Customer:
    """Basil, who called for five minutes in November."""
    return with_calls(make.basil())


def issued(invoice: Invoice, *, now: datetime = make.NOW) -> Invoice:
    return issue_invoice(invoice_id=invoice.pk, now=now)


def test_a_period_is_closed_when_it_is_over_and_not_before(basil: Customer) -> None:
    invoice = first_invoice(basil)

    with pytest.raises(PeriodStillRuns, match="2024-12-01 00:00 UTC"):
        close_invoice(invoice_id=invoice.pk, now=DECEMBER_1 - timedelta(microseconds=1))

    draft = close_invoice(invoice_id=invoice.pk, now=DECEMBER_1)
    assert (draft.state, draft.total) == (InvoiceState.DRAFT, Money(5, "USD"))


def test_a_sandbox_is_closed_by_its_own_clock() -> None:
    acme = with_calls(make.acme())

    with pytest.raises(PeriodStillRuns):
        closed(first_invoice(acme))


def test_closing_twice_changes_nothing(basil: Customer) -> None:
    first = closed(first_invoice(basil))

    assert closed(first_invoice(basil)).computed_at == first.computed_at


def test_a_running_period_is_not_issued(basil: Customer) -> None:
    with pytest.raises(NotADraft):
        issued(first_invoice(basil))


def test_a_draft_waits_for_its_hours_of_grace() -> None:
    basil = with_calls(make.basil(), grace_hours=48)
    draft = close_invoice(invoice_id=first_invoice(basil).pk, now=DECEMBER_1)
    over = DECEMBER_1 + timedelta(hours=48)

    with pytest.raises(GraceNotOver, match="2024-12-03 00:00 UTC"):
        issued(draft, now=over - timedelta(microseconds=1))

    assert issued(draft, now=over).issue_date == date(2024, 12, 3)


def test_usage_within_the_hours_of_grace_is_billed() -> None:
    basil = with_calls(make.basil(), grace_hours=48)
    close_invoice(invoice_id=first_invoice(basil).pk, now=DECEMBER_1)
    call(sender_of(basil), "in grace", at="2024-11-30T23:00:00Z", minutes=3)

    assert issued(first_invoice(basil)).total == Money(8, "USD")


def test_an_issued_invoice_has_number_dates_and_names(basil: Customer) -> None:
    Address.objects.create(
        customer=basil, kind="billing", line_1="1 High Street", city="Leeds", country="GB"
    )
    closed(first_invoice(basil))

    invoice = issued(first_invoice(basil))

    assert (invoice.number, invoice.state) == ("INV-2024-000001", InvoiceState.ISSUED)
    assert (invoice.issue_date, invoice.due_date) == (date(2024, 12, 1), date(2024, 12, 1))
    assert (invoice.issued_at, invoice.stopped_error) == (make.NOW, "")
    assert invoice.seller_snapshot["name"] == "Northwind Voice"
    assert invoice.buyer_snapshot["address"]["line_1"] == "1 High Street"
    assert invoice.tax_snapshot == {"registration": "none"}
    assert all(verdict.is_final for verdict in RatingVerdict.objects.all())


def test_an_issued_invoice_is_not_issued_again(basil: Customer) -> None:
    closed(first_invoice(basil))
    issued(first_invoice(basil))

    with pytest.raises(NotOpen):
        issued(first_invoice(basil))
    with pytest.raises(NotOpen):
        closed(first_invoice(basil))

    assert JournalEntry.objects.count() == 1


def test_a_month_without_lines_is_skipped_and_takes_no_number() -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    closed(first_invoice(basil))

    invoice = issued(first_invoice(basil))

    assert (invoice.state, invoice.number) == (InvoiceState.SKIPPED, None)
    assert not NumberSeries.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_free_line_is_issued_with_a_number(basil: Customer) -> None:
    free = make.carla()
    make.contract(free, plan=make.ai_call_center(), start=date(2024, 11, 1), end=date(2024, 12, 1))
    call(sender_of(free), "tiny", at=NOVEMBER_5, minutes="0.001")
    closed(first_invoice(free))

    invoice = issued(first_invoice(free))

    assert (invoice.number, invoice.total) == ("INV-2024-000001", Money(0, "USD"))


def test_without_a_decision_on_tax_nothing_is_issued_until_there_is_one() -> None:
    seller = make.northwind(tax_registration=TaxRegistration.UNDECIDED)
    basil = with_calls(make.basil())
    closed(first_invoice(basil))

    with pytest.raises(IssuingStopped, match="has not said whether it is registered"):
        issued(first_invoice(basil))

    stopped = first_invoice(basil)
    assert (stopped.state, stopped.stopped_error) == (InvoiceState.DRAFT, "NO_TAX_DECISION")
    assert (stopped.number, stopped.total) == (None, Money(5, "USD"))
    assert not RatingVerdict.objects.filter(is_final=True).exists()
    assert not NumberSeries.objects.exists()

    LegalEntity.objects.filter(pk=seller.pk).update(tax_registration=TaxRegistration.NONE)
    invoice = issued(first_invoice(basil))
    assert (invoice.number, invoice.stopped_error, invoice.stopped_detail) == (
        "INV-2024-000001", "", "",
    )  # fmt: skip


def test_an_empty_month_is_skipped_without_a_decision_on_tax() -> None:
    make.northwind(tax_registration=TaxRegistration.UNDECIDED)
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    closed(first_invoice(basil))

    assert issued(first_invoice(basil)).state == InvoiceState.SKIPPED


def test_what_is_drawn_leaves_the_wallet_at_issue(basil: Customer) -> None:
    make.grant(basil, amount="3.00")
    closed(first_invoice(basil))
    (pending,) = wallet(customer_id=basil.pk)
    issued(first_invoice(basil))
    (posted,) = wallet(customer_id=basil.pk)

    assert (pending.posted, pending.pending, pending.left) == (Decimal(3), Decimal(3), Decimal(0))
    assert (posted.posted, posted.pending, posted.left) == (Decimal(0), Decimal(0), Decimal(0))
    assert first_invoice(basil).amount_due == Money(2, "USD")


def test_the_journal_says_who_owes_what(basil: Customer) -> None:
    make.grant(basil, code="given", amount="1.00", kind="promotional")
    make.grant(basil, code="paid", amount="3.00", paid_amount=Decimal("2.50"))
    closed(first_invoice(basil))

    issued(first_invoice(basil))

    balances: dict[str, Decimal] = {}
    for entry in JournalEntry.objects.prefetch_related("postings"):
        for posting in entry.postings.all():
            balances[posting.account] = (
                balances.get(posting.account, Decimal(0)) + posting.amount.amount
            )
    assert balances == {
        "receivable": Decimal("1.00"),
        "revenue": Decimal("-4.00"),
        "customer_credit": Decimal("0.00"),
        "prepayment": Decimal("2.50"),
        "promotion": Decimal("0.50"),
    }


def test_numbers_are_counted_by_year_of_issue_and_by_seller() -> None:
    plan = dollar_a_minute()
    basil = make.basil()
    make.contract(basil, plan=plan, start=date(2024, 11, 1), end=date(2025, 2, 1))
    sender = sender_of(basil)
    for month in ("2024-11", "2024-12", "2025-01"):
        call(sender, month, at=f"{month}-05T10:00:00Z")
    southwind = make.northwind(code="southwind", name="Southwind", invoice_prefix="SW")
    other = make.customer("other", "Other Ltd", legal_entity=southwind)
    meter = make.Meter.objects.get()
    meter.pk, meter.legal_entity = None, southwind
    meter.save()
    price = make.Price.objects.create(legal_entity=southwind, code="p", meter=meter)
    make.PriceVersion.objects.create(
        price=price, name="p", unit_price=Decimal(1), published_at=make.NOW
    )
    their_plan = make.Plan.objects.create(legal_entity=southwind, code="p", name="p")
    make.PlanPrice.objects.create(plan=their_plan, price=price)
    make.contract(other, plan=their_plan, end=date(2024, 12, 1))
    call(sender_of(other), "november", at=NOVEMBER_5)

    billed(basil)
    billed(other)

    assert [invoice.number for invoice in invoices_of(basil)] == [
        "INV-2024-000001", "INV-2025-000001", "INV-2025-000002",
    ]  # fmt: skip
    assert first_invoice(other).number == "SW-2024-000001"


@pytest.mark.usefixtures("committed")
def test_numbers_have_no_gap_when_many_are_issued_at_once() -> None:
    buyers = [
        with_calls(make.customer(f"buyer-{number}", f"Buyer {number}")) for number in range(8)
    ]
    drafts = [closed(first_invoice(buyer)) for buyer in buyers]

    at_once(*(partial(issued, draft) for draft in drafts))

    assert list(Invoice.objects.order_by("number").values_list("number", flat=True)) == [
        f"INV-2024-{number:06}" for number in range(1, 9)
    ]
    assert NumberSeries.objects.get().last_number == 8


@pytest.mark.usefixtures("committed")
def test_one_draft_issued_by_two_at_once_is_issued_once() -> None:
    buyer = with_calls(make.basil())
    make.grant(buyer, amount="3.00")
    issue = partial(issued, closed(first_invoice(buyer)))

    errors = errors_at_once(issue, issue, issue)

    assert sorted(type(error).__name__ for error in errors) == ["NoneType", "NotOpen", "NotOpen"]
    assert (JournalEntry.objects.count(), NumberSeries.objects.get().last_number) == (3, 1)


@pytest.mark.usefixtures("committed")
def test_a_number_is_not_lost_with_an_issue_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    basil = with_calls(make.basil())
    draft = closed(first_invoice(basil))

    def die(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(operation, "_buyer", die)
        with pytest.raises(RuntimeError, match="killed"):
            issued(draft)
    assert (first_invoice(basil).state, JournalEntry.objects.count()) == (InvoiceState.DRAFT, 0)

    assert issued(draft).number == "INV-2024-000001"


@pytest.mark.usefixtures("committed")
def test_two_invoices_of_one_wallet_issued_at_once_never_draw_more_than_it_holds() -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2025, 1, 1))
    make.grant(basil, amount="10.00")
    sender = sender_of(basil)
    call(sender, "november", at=NOVEMBER_5, minutes=7)
    call(sender, "december", at="2024-12-05T10:00:00Z", minutes=7)
    refreshed(basil)
    drafts = [closed(invoice) for invoice in invoices_of(basil)]

    at_once(*(partial(issued, draft) for draft in reversed(drafts)))

    assert [invoice.amount_due for invoice in invoices_of(basil)] == [
        Money(0, "USD"), Money(4, "USD"),
    ]  # fmt: skip
    assert wallet(customer_id=basil.pk)[0].posted == 0


def test_a_contract_that_ends_inside_a_month_bills_the_days_before() -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 11, 11))
    sender = sender_of(basil)
    call(sender, "inside", at="2024-11-10T23:59:59Z", minutes=2)
    call(sender, "outside", at="2024-11-11T00:00:00Z", minutes=4)

    billed(basil)

    (invoice,) = invoices_of(basil)
    assert (invoice.total, invoice.issue_date) == (Money(2, "USD"), date(2024, 11, 11))


def test_rates_change_inside_a_period_by_the_events_time() -> None:
    basil = make.basil()
    plan = dollar_a_minute()
    price = plan.items.get().price
    change = datetime(2024, 11, 15, tzinfo=UTC)
    price.versions.update(effective_to=change)
    make.PriceVersion.objects.create(
        price=price, name="calls", unit_price=Decimal(2), effective_from=change,
        published_at=make.NOW,
    )  # fmt: skip
    make.contract(basil, plan=plan, end=date(2024, 12, 1))
    sender = sender_of(basil)
    call(sender, "before", at="2024-11-14T23:59:59.999999Z", minutes=1)
    call(sender, "after", at="2024-11-15T00:00:00Z", minutes=1)

    billed(basil)

    assert [
        (line.quantity, line.unit_price, line.events) for line in first_invoice(basil).lines.all()
    ] == [(Decimal(1), Decimal(1), 1), (Decimal(1), Decimal(2), 1)]
