"""`manage.py bill`, as an operator types it."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Customer
from catalog.models import Plan
from invoicing.models import Invoice, JournalEntry, JournalEntryKind
from tests import factories as make
from tests.invoicing.agreements import call, dollar_a_minute, first_invoice, sender_of
from tests.invoicing.documents import invoices
from tests.refusals import damage

pytestmark = pytest.mark.django_db


@pytest.fixture
def basil() -> Customer:
    """Basil, who called in November 2024."""
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2025, 1, 1))
    call(sender_of(basil), "november", at="2024-11-05T10:00:00Z")
    return basil


def output(*words: str) -> str:
    out = StringIO()
    call_command("bill", *words, stdout=out)
    return out.getvalue()


def test_what_is_due_is_billed_sent_and_reported(basil: Customer) -> None:
    assert output() == ("1 customers due: 2 drafts made, 1 invoices issued, 0 stopped, 0 failed.\n")
    invoice = first_invoice(basil)
    assert bytes(invoice.document.content).startswith(b"%PDF")
    assert [message.to for message in mail.outbox] == [["billing@basil.example"]]


def test_as_of_leaves_later_periods_alone(basil: Customer) -> None:
    output("--as-of", "2024-12-01T00:00:00Z")

    assert list(Invoice.objects.order_by("period_start").values_list("state", flat=True)) == [
        "issued", "upcoming",
    ]  # fmt: skip


def test_nothing_due_is_said(basil: Customer) -> None:
    assert output("--as-of", "2024-11-30T00:00:00+00:00") == "Nothing is due.\n"


@pytest.mark.parametrize(
    "words", ["yesterday", "2024-12-01", "2024-12-01T00:00:00", "2024-13-01T00:00:00Z", ""]
)
def test_a_time_is_written_with_its_offset(words: str) -> None:
    with pytest.raises(CommandError, match="--as-of"):
        output("--as-of", words)


def test_the_future_is_refused() -> None:
    tomorrow = timezone.now() + timedelta(days=1)

    with pytest.raises(CommandError, match="lies in the future"):
        output("--as-of", tomorrow.isoformat())


def test_a_failure_is_an_error_for_the_shell(basil: Customer) -> None:
    with damage():
        JournalEntry.objects.create(
            legal_entity=basil.legal_entity,
            customer=basil,
            kind=JournalEntryKind.INVOICE,
            invoice=first_invoice(basil),
            posted_at=timezone.now(),
        )

    with pytest.raises(CommandError, match="journal_source_posts_once"):
        output()


def test_a_sandbox_clock_may_stand_ahead_of_the_real_time() -> None:
    acme = make.acme(clock_at=datetime(2040, 1, 1, tzinfo=UTC))
    make.contract(acme, plan=dollar_a_minute(), start=date(2039, 11, 1), end=date(2039, 12, 1))

    assert output().startswith("1 customers due: 1 drafts made, 0 invoices issued")


def test_an_invoice_that_cannot_be_sent_keeps_no_other_waiting(basil: Customer) -> None:
    carla = make.carla()
    make.contract(carla, plan=Plan.objects.get(), end=date(2025, 1, 1))
    call(sender_of(carla), "november", at="2024-11-05T10:00:00Z")
    invoices.brand(logo=b"GIF89a")
    out = StringIO()

    with pytest.raises(CommandError, match="2 invoices are issued and not sent"):
        call_command("bill", stdout=out)

    assert out.getvalue() == (
        "2 customers due: 4 drafts made, 2 invoices issued, 0 stopped, 0 failed.\n"
    )
    assert mail.outbox == []
