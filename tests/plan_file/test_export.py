import copy
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Address, Customer, LegalEntity
from catalog.models import (
    Plan,
    PlanPrice,
    Price,
    PriceVersion,
    RateCard,
    RateCardVersion,
    RateEntry,
)
from contracts.models import Contract
from plan_file.format.reading import parse_document, read_document
from plan_file.format.writing import write_document
from plan_file.operations.apply_plan_file import apply_plan_file
from plan_file.queries.export import NoSuchCustomer, NoSuchSeller, exported_document
from tests import factories
from tests.plan_file.book import EXAMPLE, Book, Parsed
from tests.plan_file.busy_book import BUSY_BOOK
from tests.plan_file.law_books import LAW_BOOKS

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def exported() -> str:
    return write_document(exported_document())


def _forget_everything() -> None:
    """Empty the database of all that a file can state, past every trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE accounts_legalentity CASCADE")


def test_export_apply_export_gives_the_same_bytes(parsed: Parsed) -> None:
    abroad = parsed(LAW_BOOKS["a plan that grants in another currency"])
    for document in (read_document(EXAMPLE), parsed(BUSY_BOOK), abroad):
        apply_plan_file(document=document, now=NOW)
        first = exported()
        assert first.count("currency: EUR, kind:") == (2 if document is abroad else 0)
        _forget_everything()

        apply_plan_file(document=parse_document(first), now=NOW)

        assert exported() == first
        _forget_everything()


def test_applying_the_own_export_changes_nothing(parsed: Parsed) -> None:
    apply_plan_file(document=parsed(BUSY_BOOK), now=NOW)

    changes = apply_plan_file(document=parse_document(exported()), now=NOW)

    assert changes.counts() == {"created": 0, "changed": 0, "unchanged": 14}


def test_a_price_book_made_by_hand_and_by_file_is_exported_as_the_same_bytes() -> None:
    _make_the_example_by_hand()
    by_hand = exported()
    _forget_everything()

    apply_plan_file(document=read_document(EXAMPLE), now=NOW)

    assert exported() == by_hand


def test_drafts_are_not_exported(parsed: Parsed, book: Book) -> None:
    apply_plan_file(document=parsed({**book, "seller": {"name": "N", "country": "US"}}), now=NOW)
    before = exported()
    price = Price.objects.get()
    running = Contract.objects.filter(customer__external_id="acme").get()
    unpublished = Price.objects.create(
        legal_entity=price.legal_entity, code="unpublished", meter=price.meter
    )
    draft_plan = Plan.objects.create(legal_entity=price.legal_entity, code="draft", name="Draft")
    PlanPrice.objects.create(plan=draft_plan, price=price)
    PlanPrice.objects.create(plan=draft_plan, price=unpublished)
    PriceVersion.objects.create(price=price, name="Later", unit_price=Decimal(1))
    RateCardVersion.objects.create(rate_card=RateCard.objects.get(), effective_from=NOW)
    Contract.objects.create(
        customer=running.customer, plan=running.plan, starts_at=datetime(2020, 1, 1, tzinfo=UTC)
    )

    assert exported() == before


def test_one_customer_comes_with_the_price_book_that_it_needs(parsed: Parsed, book: Book) -> None:
    book["seller"] = {"name": "Northwind Voice", "country": "US"}
    for code in ("other", "credited"):
        card = {**copy.deepcopy(book["rate_cards"][0]), "code": f"{code}-rates"}
        book["rate_cards"].append(card)
        book["prices"].append({**book["prices"][0], "code": code, "rate_card": card["code"]})
        book["plans"].append({"code": f"{code}-plan", "prices": [code]})
    book["customers"][0]["credits"] = [
        {"code": "g", "kind": "prepaid", "amount": "5.00", "applies_to": ["credited"]}
    ]
    apply_plan_file(document=parsed(book), now=NOW)
    acme = Customer.objects.get(external_id="acme")

    document = exported_document(customer=acme.public_id)

    assert [each.external_id for each in document.customers] == ["acme"]
    assert [price.terms.code for price in document.prices] == ["call", "credited"]
    assert [card.code for card in document.rate_cards] == ["credited-rates", "rates"]
    assert [plan.code for plan in document.plans] == ["basic"]
    assert document == exported_document(customer="acme")
    assert parse_document(write_document(document)) == document


def test_what_cannot_be_exported_is_named() -> None:
    with pytest.raises(NoSuchSeller, match="there is no legal entity yet"):
        exported_document()
    factories.basil()
    with pytest.raises(NoSuchSeller, match="there is no legal entity 'southwind'"):
        exported_document(legal_entity_code="southwind")
    with pytest.raises(NoSuchCustomer, match="there is no customer 'acme'"):
        exported_document(customer="acme")
    factories.northwind(code="southwind", name="Southwind", invoice_prefix="SW")
    with pytest.raises(NoSuchSeller, match="their codes are northwind, southwind"):
        exported_document()
    assert exported_document(customer="basil").customers[0].name == "Basil's Bakery"


def test_a_partner_sees_its_own_customers_alone() -> None:
    callwave = factories.partner(factories.basil())
    factories.carla()

    document = exported_document(partner=callwave)

    assert [each.external_id for each in document.customers] == ["basil"]
    with pytest.raises(NoSuchCustomer):
        exported_document(partner=callwave, customer="carla")


def test_the_number_of_queries_does_not_grow(parsed: Parsed, book: Book) -> None:
    book["seller"] = {"name": "Northwind Voice", "country": "US"}
    apply_plan_file(document=parsed(book), now=NOW)
    with CaptureQueriesContext(connection) as few:
        exported_document()
    for number in range(5):
        book["rate_cards"].append({**book["rate_cards"][0], "code": f"rates-{number}"})
        book["prices"].append({**book["prices"][0], "code": f"call-{number}"})
        book["customers"].append({**book["customers"][0], "external_id": f"customer-{number}"})
    apply_plan_file(document=parsed(book), now=NOW)

    with CaptureQueriesContext(connection) as many:
        exported_document()

    assert len(many) == len(few)


def _make_the_example_by_hand() -> None:
    """Make the worked example in rows, as the admin's forms do, matches in any key order."""
    seller = factories.northwind()
    document = read_document(EXAMPLE)
    meter = factories.ai_call_meter()
    meter.display_name, meter.event_name = "AI call minutes", "AI_CALL"
    meter.save()
    plan = factories.ai_call_center()
    acme = factories.acme()
    Address.objects.create(
        customer=acme,
        kind="billing",
        line_1="1 Main Street",
        country="US",
        state="IL",
        county="Cook",
        city="Chicago",
        postal_code="60601",
    )
    factories.acme_contract(acme)
    basil = factories.basil(timezone="America/New_York")
    factories.contract(basil, plan=plan, end=None)
    assert seller == LegalEntity.objects.get()
    assert RateEntry.objects.count() == len(document.rate_cards[0].versions[0].entries)
