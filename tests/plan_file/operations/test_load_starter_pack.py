"""Loading starter packs into a database."""

from datetime import UTC, date, datetime

import pytest

from accounts.columns import exact
from accounts.models import Customer, LegalEntity
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from plan_file.changes import Verdict
from plan_file.format.reading import parse_document
from plan_file.operations.load_starter_pack import LoadedPack, NameTaken, load_starter_pack
from plan_file.queries.starter_packs import StarterPack, pack_events, starter_pack, starter_packs
from plan_file.simulation import simulate
from tests import factories as make
from usage.models import QuarantinedEvent

pytestmark = pytest.mark.django_db

NOVEMBER_20 = datetime(2026, 11, 20, tzinfo=UTC)
PACKS = starter_packs()
EVERY_PACK = pytest.mark.parametrize("pack", PACKS, ids=[pack.code for pack in PACKS])


def loaded(pack: StarterPack, now: datetime = NOVEMBER_20) -> LoadedPack:
    brand = make.brand()
    seller = LegalEntity.objects.get(pk=brand.legal_entity_id)
    return load_starter_pack(pack=pack, legal_entity=seller, brand=brand, now=now)


def lines(invoice: Invoice) -> list[tuple[str, str, str]]:
    return [
        (line.section, line.description, f"{exact(line.amount):.2f}")
        for line in invoice.lines.all()
    ]


@EVERY_PACK
def test_a_loaded_pack_has_its_customer_as_a_sandbox_and_all_of_its_usage(
    pack: StarterPack,
) -> None:
    done = loaded(pack)

    events = pack_events(pack, first_month=date(2026, 9, 1), zone="America/Chicago")
    assert done.first_month == date(2026, 9, 1)
    assert dict(done.events) == {"accepted": len(events)}
    assert QuarantinedEvent.objects.count() == 0
    assert list(Customer.objects.values_list("is_sandbox", flat=True)) == [True]


@EVERY_PACK
def test_a_pack_that_is_loaded_again_a_month_later_changes_nothing(pack: StarterPack) -> None:
    first = loaded(pack)

    again = loaded(pack, now=datetime(2026, 12, 20, tzinfo=UTC))

    assert again.first_month == first.first_month
    assert {change.verdict for change in again.changes.items} == {Verdict.UNCHANGED}
    assert dict(again.events) == {"duplicate": first.events["accepted"]}


@EVERY_PACK
def test_a_loaded_pack_is_billed_as_it_is_simulated(pack: StarterPack) -> None:
    loaded(pack)
    customer = Customer.objects.get()
    refresh_customer(customer_id=customer.pk, now=NOVEMBER_20)

    bill_customer(customer_id=customer.pk, as_of=NOVEMBER_20, now=NOVEMBER_20)

    document = parse_document(pack.plan_text(), name="plan.yaml")
    events = pack_events(pack, first_month=date(2026, 9, 1), zone=document.timezone)
    expected = [
        [
            (line.section, line.description, f"{line.amount:.2f}")
            for part in invoice.parts
            for line in part.result.lines
        ]
        for invoice in simulate(document, events).invoices
        if invoice.issue_date <= NOVEMBER_20.date()
    ]
    issued = Invoice.objects.filter(state=InvoiceState.ISSUED).order_by("issue_date")
    assert [lines(invoice) for invoice in issued] == expected
    assert all(invoice.number and "TEST" in invoice.number for invoice in issued)


def test_a_customer_who_is_billed_in_earnest_is_left_alone() -> None:
    make.customer("prairie-legal", "Prairie Legal")

    with pytest.raises(NameTaken, match="prairie-legal is a customer already"):
        loaded(starter_pack(code="ucaas"))


def test_the_seller_stays_as_it_is() -> None:
    brand = make.brand()
    LegalEntity.objects.update(name="Somebody else", invoice_rounding="half_even")

    load_starter_pack(
        pack=starter_pack(code="ucaas"),
        legal_entity=LegalEntity.objects.get(),
        brand=brand,
        now=NOVEMBER_20,
    )

    seller = LegalEntity.objects.get()
    assert (seller.name, seller.invoice_rounding) == ("Somebody else", "half_even")
