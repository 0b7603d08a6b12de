import copy
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pghistory.models import Events

from accounts.models import Brand, Customer, LegalEntity, Subject, TaxRegistration
from catalog.models import Plan, PlanPrice, PriceVersion, RateCardVersion, RateEntry
from contracts.models import Contract, ContractOverride, OverrideEntry
from invoicing.models import Grant, Invoice
from plan_file.changes import Change, Changes, Verdict
from plan_file.format.document import Document
from plan_file.format.reading import read_document
from plan_file.operations.apply_plan_file import apply_plan_file
from tests import factories
from tests.plan_file.book import EXAMPLE, Book, Parsed
from usage.models import Meter, UsageArrival
from values.calendar import local_midnight
from values.problems import InvalidTerms

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SELLER = {"name": "Northwind Voice", "country": "US", "state": "IL"}

Applied = Callable[[Book], Changes]
Refused = Callable[[Book], list[str]]


@pytest.fixture
def book(book: Book) -> Book:
    return {**book, "seller": SELLER}


@pytest.fixture
def applied(parsed: Parsed) -> Applied:
    return lambda book: apply_plan_file(document=parsed(book), now=NOW)


@pytest.fixture
def refused(applied: Applied) -> Refused:
    """Return the problems with which a book is refused, a line each."""

    def apply(book: Book) -> list[str]:
        with pytest.raises(InvalidTerms) as refusal:
            applied(book)
        return [problem.text() for problem in refusal.value.problems]

    return apply


def _version(book: Book, **fields: Any) -> dict[str, Any]:
    version: dict[str, Any] = book["rate_cards"][0]["versions"][0]
    return {**copy.deepcopy(version), **fields}


def _changed(changes: Changes) -> list[tuple[str, str, list[str]]]:
    return [
        (change.kind, change.code, [difference.text() for difference in change.differences])
        for change in changes.items
        if change.verdict is not Verdict.UNCHANGED
    ]


def test_a_file_makes_everything_that_it_states(applied: Applied) -> None:
    changes = apply_plan_file(document=read_document(EXAMPLE), now=NOW)

    assert changes.summary() == "10 created, 0 changed, 0 unchanged"
    assert [(change.kind, change.code) for change in changes.items] == [
        ("seller", "northwind-voice"),
        ("meter", "AI_CALL"),
        ("rate card", "ai-call-rates"),
        ("price", "ai-call"),
        ("plan", "ai-call-center"),
        ("customer", "acme"),
        ("customer", "basil"),
        ("contract", "acme: ai-call-center from 2024-11-01"),
        ("contract", "basil: ai-call-center from 2024-11-01"),
        ("credit", "acme: grant-1"),
    ]
    contract = Contract.objects.get(customer__external_id="acme")
    assert contract.activated_at == NOW
    assert (contract.payment_days, str(contract.last_date)) == (45, "2026-10-31")
    assert RateEntry.objects.filter(version__published_at=NOW).count() == 9
    assert Invoice.objects.filter(contract=contract).exists()
    assert Grant.objects.get().entries.get().amount.amount == Decimal(10000)


def test_a_new_seller_waits_for_its_decision_on_tax_and_has_a_brand(
    applied: Applied, book: Book
) -> None:
    changes = applied(book)

    seller = LegalEntity.objects.get()
    assert (seller.code, seller.name, seller.country, seller.state) == (
        *("northwind-voice", "Northwind Voice"),
        *("US", "IL"),
    )
    assert seller.tax_registration == TaxRegistration.UNDECIDED
    assert Brand.objects.get().name == "Northwind Voice"
    assert changes.notes == (
        (
            "legal entity 'northwind-voice' is new; its tax registration is undecided: "
            "invoices wait until you decide it in the admin"
        ),
    )


def test_applied_again_a_file_changes_nothing(applied: Applied) -> None:
    document = read_document(EXAMPLE)
    apply_plan_file(document=document, now=NOW)
    UsageArrival.objects.all().delete()

    again = apply_plan_file(document=document, now=NOW)

    assert again.summary() == "0 created, 0 changed, 10 unchanged"
    assert not UsageArrival.objects.exists()


def test_a_dry_run_says_the_same_and_keeps_nothing(parsed: Parsed, book: Book) -> None:
    dry = apply_plan_file(document=parsed(book), now=NOW, dry_run=True)

    assert not LegalEntity.objects.exists()
    assert dry == apply_plan_file(document=parsed(book), now=NOW)


def test_what_the_file_does_not_name_is_left_alone(applied: Applied, book: Book) -> None:
    applied(book)
    Customer.objects.filter(external_id="acme").update(email="billing@acme.example")
    del book["customers"]

    changes = applied(book)

    assert changes.counts()["changed"] == 0
    assert Customer.objects.get(external_id="acme").email == "billing@acme.example"


def test_names_addresses_and_terms_may_change(applied: Applied, book: Book) -> None:
    applied(book)
    book["plans"][0] |= {"name": "Basic", "net_terms_days": 30}
    book["meters"][0]["display_name"] = "Call minutes"
    book["customers"][0] |= {
        "name": "Acme",
        "addresses": {"billing": {"country": "US", "city": "Chicago"}},
    }

    changes = applied(book)

    assert _changed(changes) == [
        ("meter", "CALLS", ["display_name: none → Call minutes"]),
        ("plan", "basic", ["name: none → Basic", "net_terms_days: none → 30"]),
        (
            "customer",
            "acme",
            [
                "name: none → Acme",
                'addresses: none → {"billing": {"country": "US", "city": "Chicago"}}',
            ],
        ),
    ]
    assert Customer.objects.get(external_id="acme").addresses.get().city == "Chicago"


def test_the_seller_that_the_file_names_is_brought_in_line(applied: Applied, book: Book) -> None:
    applied(book)
    book |= {"invoice_rounding": "half_even", "seller": {**SELLER, "state": "NY"}}

    assert _changed(applied(book)) == [
        (
            "seller",
            "northwind-voice",
            ["seller.state: IL → NY", "invoice_rounding: half_up → half_even"],
        )
    ]


def test_a_file_of_another_seller_leaves_the_only_one_as_it_is(
    applied: Applied, refused: Refused, book: Book
) -> None:
    factories.brand()
    book["seller"] = {"name": "Someone Else", "country": "CA"}

    assert applied(book).notes == (
        (
            "the file's seller is Someone Else; its contents are applied to Northwind Voice, "
            "the only legal entity, which stays as it is"
        ),
    )
    assert LegalEntity.objects.get().country == "US"
    book["invoice_rounding"] = "half_even"
    assert refused(book) == [
        (
            "invoice_rounding: is half_even, but invoices of Northwind Voice are rounded half_up; "
            "name the seller to change that"
        )
    ]


def test_one_of_several_sellers_is_chosen_by_name_or_code(parsed: Parsed, book: Book) -> None:
    factories.brand()
    factories.brand(factories.northwind(code="southwind", name="Southwind", invoice_prefix="SW"))

    changes = apply_plan_file(document=parsed(book), now=NOW)
    del book["seller"], book["customers"]
    with pytest.raises(InvalidTerms, match="must name one of the legal entities"):
        apply_plan_file(document=parsed(book), now=NOW)
    with pytest.raises(InvalidTerms, match="there is no legal entity 'eastwind'"):
        apply_plan_file(document=parsed(book), now=NOW, legal_entity_code="eastwind")
    apply_plan_file(document=parsed({**book, "seller": SELLER}), now=NOW)

    assert changes.items[0] == Change("seller", "northwind", Verdict.UNCHANGED)


def test_without_a_seller_the_first_file_is_refused(refused: Refused, book: Book) -> None:
    del book["seller"]

    assert refused(book) == ["seller: is required: there is no legal entity yet"]


def test_a_version_is_added_when_the_one_before_ends(applied: Applied, book: Book) -> None:
    applied(book)
    UsageArrival.objects.all().delete()
    newer = _version(book, effective_from="2025-06-01")
    newer["entries"][0]["rate"] = "0.25"
    book["rate_cards"][0]["versions"][0]["effective_to"] = "2025-06-01"
    book["rate_cards"][0]["versions"].append(newer)

    changes = applied(book)

    assert _changed(changes) == [
        (
            "rate card",
            "rates",
            [
                "version from 2024-11-01.effective_to: none → 2025-06-01",
                "version from 2025-06-01: none → 1 entries",
            ],
        )
    ]
    first, second = RateCardVersion.objects.order_by("effective_from")
    assert (first.effective_to, second.published_at) == (second.effective_from, NOW)
    assert set(UsageArrival.objects.values_list("customer__external_id", flat=True)) == {
        *("acme", "basil")
    }


def test_a_published_version_does_not_change(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    book["rate_cards"][0]["versions"][0]["entries"][0]["rate"] = "0.25"
    book["prices"][0]["fallback_rate"] = "0.50"

    assert refused(book) == [
        (
            "rate_cards[0].versions[0]: published and different from the file (entries[0].rate is "
            "0.2, not 0.25); add a version with a new effective_from"
        ),
        (
            "prices[0]: published and different from the file (fallback_rate is 0.4, not 0.5); "
            "add a version with a new effective_from"
        ),
    ]
    assert RateEntry.objects.get().rate == Decimal("0.2")


def test_an_end_that_is_set_does_not_move(applied: Applied, refused: Refused, book: Book) -> None:
    book["rate_cards"][0]["versions"][0]["effective_to"] = "2025-06-01"
    applied(book)
    book["rate_cards"][0]["versions"][0]["effective_to"] = "2025-07-01"

    assert refused(book) == [
        (
            "rate_cards[0].versions[0]: published and different from the file (effective_to is "
            "2025-06-01, not 2025-07-01); add a version with a new effective_from"
        )
    ]


def test_a_version_may_not_overlap_a_published_one(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    book["rate_cards"][0]["versions"] = [_version(book, effective_from="2025-06-01")]
    book["prices"][0]["effective_from"] = "2025-06-01"

    assert refused(book) == [
        (
            "rate_cards[0].versions[0]: (from 2025-06-01 on) overlaps the published version "
            "(from 2024-11-01 on)"
        ),
        "prices[0]: (from 2025-06-01 on) overlaps the published version (from the beginning on)",
    ]


def test_problems_name_the_place_where_a_version_stands_in_the_file(
    applied: Applied, refused: Refused, book: Book
) -> None:
    book["rate_cards"][0]["versions"][0]["effective_to"] = "2025-06-01"
    later = _version(book, effective_from="2025-06-01", effective_to=None)
    book["rate_cards"][0]["versions"].insert(0, later)
    applied(book)
    later["entries"][0]["rate"] = "0.30"

    assert refused(book)[0].startswith("rate_cards[0].versions[0]: published and different")


def test_a_rate_by_a_property_that_is_no_group_key_is_kept(applied: Applied, book: Book) -> None:
    book["rate_cards"][0]["versions"][0]["entries"].append(
        {"match": {"model": "fast"}, "rate": "0.10", "priority": 1}
    )
    book["customers"][0]["contracts"][0]["overrides"] = {
        "call": {"entries": [{"match": {"model": "slow"}, "rate": "0.05", "priority": 2}]}
    }

    applied(book)

    assert RateEntry.objects.get(match={"model": "fast"}).rate == Decimal("0.10")
    assert OverrideEntry.objects.get(match={"model": "slow"}).rate == Decimal("0.05")


def test_what_a_meter_counts_is_fixed_once_it_counted(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    meter = Meter.objects.get()
    meter.dimension_sets.create(values={"region": "US"}, digest=b"1")
    book["meters"][0] |= {"property": "seconds", "display_name": "Seconds"}

    assert refused(book) == [
        (
            "meters[0].property: cannot change from minutes to seconds: the meter has counted "
            "events; make a new one"
        )
    ]
    meter.dimension_sets.all().delete()
    assert applied(book).counts()["changed"] == 1


def test_a_group_key_by_which_rates_are_published_stays(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    for section in ("rate_cards", "prices", "plans", "customers"):
        del book[section]
    book["meters"][0]["group_keys"] = ["outcome"]

    assert refused(book) == [
        "meters[0].group_keys: cannot lose region: rates of 'rates' are by it; make a new meter"
    ]


def test_the_history_says_that_a_file_did_it(applied: Applied, book: Book) -> None:
    applied(book)

    (made,) = Events.objects.tracks(Meter.objects.get())

    assert made.pgh_context == {"reason": "plan file"}


def test_a_plan_in_use_keeps_its_period_and_prices(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    book["prices"].append({**book["prices"][0], "code": "second"})
    book["plans"][0] |= {"billing_period": "year", "prices": ["call", "second"]}

    assert refused(book) == [
        "plans[0].billing_period: the plan is in use; make a new one for new contracts",
        "plans[0].prices: the plan is in use; make a new one for new contracts",
    ]


def test_a_plan_that_nobody_is_on_may_change_its_prices(applied: Applied, book: Book) -> None:
    del book["customers"]
    applied(book)
    book["prices"].insert(0, {**book["prices"][0], "code": "second", "product": "Voice"})
    book["plans"][0]["prices"] = ["second", "call"]

    applied(book)

    items = PlanPrice.objects.filter(plan__code="basic").order_by("position")
    assert [item.price.code for item in items] == ["second", "call"]
    assert items[0].price.product is not None
    assert items[0].price.product.name == "Voice"


def test_an_active_contract_does_not_change(applied: Applied, refused: Refused, book: Book) -> None:
    applied(book)
    book["customers"][0]["contracts"][0] |= {"end": "2026-11-01", "net_terms_days": 45}

    assert refused(book) == [
        (
            "customers[0].contracts[0].end: the terms of an activated contract do not change: end "
            "is not set, not 2026-11-01"
        ),
        (
            "customers[0].contracts[0].net_terms_days: the terms of an activated contract do not "
            "change: net_terms_days is not set, not 45"
        ),
    ]


def test_a_draft_is_brought_in_line_and_activated(applied: Applied, book: Book) -> None:
    del book["customers"][0]["contracts"]
    applied(book)
    acme = Customer.objects.get(external_id="acme")
    draft = Contract.objects.create(
        customer=acme,
        plan=Plan.objects.get(),
        starts_at=datetime(2024, 11, 1, tzinfo=UTC),
        net_terms_days=10,
    )
    ContractOverride.objects.create(
        contract=draft, price=draft.plan.items.get().price, fallback_rate=Decimal(1)
    )
    book["customers"][0]["contracts"] = [{"plan": "basic", "start": "2024-11-01"}]

    changes = applied(book)

    assert _changed(changes) == [
        (
            "contract",
            "acme: basic from 2024-11-01",
            [
                "net_terms_days: 10 → none",
                'overrides: {"call": {"fallback_rate": "1"}} → none',
                "state: draft → activated",
            ],
        )
    ]
    draft.refresh_from_db()
    assert (draft.activated_at, draft.net_terms_days) == (NOW, None)
    assert not draft.overrides.exists()


def test_a_contract_that_would_bill_the_same_usage_twice_is_refused(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    running = Contract.objects.get(customer__external_id="acme")
    book["customers"] = [
        {"external_id": "acme", "contracts": [{"plan": "basic", "start": "2025-11-01"}]}
    ]

    assert refused(book) == [
        (
            f"customers[0].contracts[0]: contract {running.public_id} of this customer prices "
            "meter 'CALLS' in a part of the same time"
        )
    ]
    assert Contract.objects.count() == 2


def test_a_grant_does_not_change(applied: Applied, refused: Refused, book: Book) -> None:
    credit = {"code": "grant-1", "amount": "10000.00", "kind": "prepaid"}
    book["customers"][0]["credits"] = [credit]
    assert applied(book).items[-1] == Change("credit", "acme: grant-1", Verdict.CREATED)
    credit["amount"] = "20000.00"

    assert refused(book) == [
        (
            "customers[0].credits[0]: a grant does not change (amount is 10000.00, not 20000.00); "
            "add one with a new code"
        )
    ]


def test_the_zone_by_which_contracts_are_billed_stays(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    book["customers"] = [{"external_id": "acme", "timezone": "Europe/Berlin"}]

    assert refused(book) == [
        "customers[0].timezone: is UTC and does not change: contracts are billed by it"
    ]


def test_a_number_moves_from_one_customer_to_the_next(applied: Applied, book: Book) -> None:
    number = {"id": "+13125550100", "from": "2024-11-01"}
    book["customers"][0]["subjects"] = [number]
    applied(book)
    book["customers"][0]["subjects"] = [{**number, "to": "2025-03-01"}]
    book["customers"][1]["subjects"] = [{**number, "from": "2025-03-01"}]

    changes = applied(book)

    assert _changed(changes) == [
        ("subject", "+13125550100 of acme", ["to: none → 2025-03-01"]),
        ("subject", "+13125550100 of basil", []),
    ]
    holders = Subject.objects.order_by("held_from").values_list("customer__external_id", flat=True)
    assert list(holders) == ["acme", "basil"]


def test_a_number_that_somebody_holds_is_refused(
    applied: Applied, refused: Refused, book: Book
) -> None:
    book["customers"][0]["subjects"] = [{"id": "+13125550100"}]
    applied(book)
    del book["customers"][0]
    book["customers"][0]["subjects"] = [{"id": "+13125550100", "from": "2025-01-01"}]

    assert refused(book) == [
        "customers[0].subjects[0]: '+13125550100' is held in that time by customer 'acme'"
    ]


def test_a_number_that_a_sandbox_holds_is_free_for_a_live_customer(
    applied: Applied, book: Book
) -> None:
    since = datetime(2024, 1, 1, tzinfo=UTC)
    sandbox = factories.customer("tried-out", "Tried out", is_sandbox=True)
    Subject.objects.create(
        customer=sandbox, kind="number", identifier="+13125550100", held_from=since
    )
    book["customers"][0]["subjects"] = [{"id": "+13125550100"}]

    applied(book)

    assert set(Subject.objects.values_list("customer__external_id", "is_sandbox")) == {
        ("tried-out", True), ("acme", False),
    }  # fmt: skip


def test_columns_that_are_too_short_for_a_value_are_named(refused: Refused, book: Book) -> None:
    book["customers"][0] |= {"external_id": "cus_1", "vat_id": "9" * 40}
    book["plans"][0]["name"] = "n" * 201
    book["rate_cards"][0]["versions"][0]["entries"][0]["rate"] = "1" + "0" * 12
    book["prices"][0]["tax_code"] = "t" * 65

    assert refused(book) == [
        "rate_cards[0].versions[0].entries[0].rate: must be under 1,000,000,000,000",
        "prices[0].tax_code: Ensure this value has at most 64 characters (it has 65).",
        "plans[0].name: Ensure this value has at most 200 characters (it has 201).",
        "customers[0].external_id: may not begin with cus_, as our own ids do",
        "customers[0].vat_id: Ensure this value has at most 32 characters (it has 40).",
    ]


def test_a_refused_file_writes_nothing_of_what_was_right(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    book["plans"].append({"code": "second", "prices": ["call"]})
    book["prices"][0]["fallback_rate"] = "9"

    refused(book)

    assert not Plan.objects.filter(code="second").exists()
    assert PriceVersion.objects.count() == 1


def test_a_partner_touches_no_customer_but_its_own(parsed: Parsed, book: Book) -> None:
    carla = factories.carla()
    callwave = factories.partner(factories.basil())
    book["customers"] = [
        {"external_id": "basil", "name": "Basil's"},
        {"external_id": "dora"},
    ]
    apply_plan_file(document=parsed(book), now=NOW, partner=callwave)
    assert set(callwave.customers.values_list("external_id", flat=True)) == {"basil", "dora"}
    book["customers"] = [{"external_id": "carla", "name": "Mine"}]

    with pytest.raises(InvalidTerms) as refusal:
        apply_plan_file(document=parsed(book), now=NOW, partner=callwave)

    assert str(refusal.value) == (
        "customers[0].external_id: belongs to a customer of somebody else"
    )
    carla.refresh_from_db()
    assert carla.name == "Carla's Clinic"


def test_dates_of_a_customer_are_midnights_of_its_zone(applied: Applied, book: Book) -> None:
    book["customers"][0]["timezone"] = "America/New_York"

    applied(book)

    contract = Contract.objects.get(customer__external_id="acme")
    assert contract.starts_at == local_midnight(contract.start_date, "America/New_York")


def test_the_number_of_queries_does_not_grow_with_the_price_book(
    parsed: Parsed, book: Book
) -> None:
    def queries(document: Document) -> int:
        with CaptureQueriesContext(connection) as seen:
            apply_plan_file(document=document, now=NOW, dry_run=True)
        return len(seen)

    del book["customers"]
    one = queries(parsed(book))
    for number in range(20):
        book["prices"].append({**book["prices"][0], "code": f"call-{number}"})
        book["rate_cards"].append({**book["rate_cards"][0], "code": f"rates-{number}"})
        book["plans"].append({"code": f"plan-{number}", "prices": [f"call-{number}"]})

    assert queries(parsed(book)) == one
