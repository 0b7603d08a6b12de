"""A file that publishes what activated contracts do not fit is refused, naming them."""

import copy
from datetime import UTC, datetime

import pytest

from accounts.models import Partner
from catalog.models import RateCardVersion
from contracts.models import Contract
from plan_file.operations.apply_plan_file import apply_plan_file
from tests import factories
from tests.plan_file.book import Book, Parsed
from values.problems import InvalidTerms

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def book(book: Book) -> Book:
    """Return a book on which Acme agreed on one rate for whatever is US."""
    book["seller"] = {"name": "Northwind Voice", "country": "US", "state": "IL"}
    book["meters"][0]["group_keys"] = ["region", "outcome"]
    book["rate_cards"][0]["versions"][0]["entries"] = [
        {"match": {"region": "EU", "outcome": "resolved"}, "rate": "0.20"}
    ]
    own = [{"match": {"region": "US"}, "rate": "0.10"}]
    book["customers"][0]["contracts"][0]["overrides"] = {"call": {"entries": own}}
    return book


def _applied(parsed: Parsed, book: Book, sender: Partner | None = None) -> None:
    apply_plan_file(document=parsed(book), now=NOW, partner=sender)


def _refused(parsed: Parsed, book: Book, sender: Partner | None = None) -> list[str]:
    with pytest.raises(InvalidTerms) as refusal:
        _applied(parsed, book, sender)
    return [problem.text() for problem in refusal.value.problems]


def _with_tie(book: Book) -> Book:
    """Return the price book alone, with a version that ties with Acme's own rate."""
    later = copy.deepcopy(book)
    del later["customers"]
    versions = later["rate_cards"][0]["versions"]
    versions[0]["effective_to"] = "2025-01-01"
    versions.append(
        {
            "effective_from": "2025-01-01",
            "entries": [{"match": {"outcome": "resolved"}, "rate": "0.30"}],
        }
    )
    return later


def test_a_card_that_ties_with_an_agreed_rate_is_refused(parsed: Parsed, book: Book) -> None:
    _applied(parsed, book)
    held = Contract.objects.get(customer__external_id="acme")

    assert _refused(parsed, _with_tie(book)) == [
        (
            f"rate_cards[0]: contract {held.public_id} of acme: overrides.call.entries[0]: "
            "(region: US) ties with entries[0] of 'rates' (outcome: resolved): "
            "one event can match both at the same rank, give one of them a priority"
        )
    ]
    assert RateCardVersion.objects.count() == 1


def test_a_price_that_leaves_its_card_is_refused(parsed: Parsed, book: Book) -> None:
    _applied(parsed, book)
    held = Contract.objects.get(customer__external_id="acme")
    del book["customers"]
    book["prices"][0]["effective_to"] = "2025-01-01"
    rest = {key: book["prices"][0][key] for key in ("code", "name", "kind", "meter", "model")}
    book["prices"].append({**rest, "effective_from": "2025-01-01", "unit_price": "1"})

    assert _refused(parsed, book) == [
        (
            f"prices[1]: contract {held.public_id} of acme: overrides.call.entries: "
            "the price has a unit price, not a rate card"
        )
    ]


def test_a_partner_learns_nothing_of_contracts_that_are_not_its_own(
    parsed: Parsed, book: Book
) -> None:
    _applied(parsed, book)

    assert _refused(parsed, _with_tie(book), factories.partner()) == [
        "rate_cards[0]: a contract of another partner's customer has own rates that do not fit this"
    ]


def test_a_file_that_changes_no_price_is_taken_as_before(parsed: Parsed, book: Book) -> None:
    _applied(parsed, book)
    _applied(parsed, book)
    assert RateCardVersion.objects.count() == 1
