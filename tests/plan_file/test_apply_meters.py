"""Meters of a file, with all their parts, in the database and out of it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from plan_file.changes import Changes
from plan_file.format.writing import written
from plan_file.operations.apply_plan_file import apply_plan_file
from plan_file.queries.export import exported_document
from tests.plan_file.book import Book, Parsed
from usage.models import Meter
from values.problems import InvalidTerms

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PARTS: dict[str, Any] = {
    "filters": {"kind": ["ai", "2"], "minutes": {"gt": "0.5"}},
    "event_rounding": {"mode": "up", "increment": "1", "minimum": "2"},
    "quantity_rounding": {"mode": "down", "places": 3},
    "unit_conversion": {"divide_by": "60", "label": "hour", "round": "up"},
    "action_property": "action",
    "credit_units": [
        {"units": {"email": "1"}},
        {"effective_from": "2024-07-01", "units": {"email": "1.5", "voice": "15"}},
    ],
}

Applied = Callable[[Book], Changes]
Refused = Callable[[Book], list[str]]


@pytest.fixture
def book(book: Book) -> Book:
    book["seller"] = {"name": "Northwind Voice", "country": "US", "state": "IL"}
    book["timezone"] = "America/New_York"
    book["meters"][0] |= deepcopy(PARTS)
    return book


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


def _call_price(book: Book) -> None:
    book["meters"].append({"code": "VOICE", "event_name": "phone", "aggregation": "count"})
    book["prices"].append(
        {
            "code": "voice",
            "name": "Voice",
            "kind": "call",
            "meter": "VOICE",
            "rates": [{"rate_per_minute": "0.06", "initial_seconds": 60, "increment_seconds": 60}],
        }
    )


def _unpriced(book: Book) -> None:
    book |= {"rate_cards": [], "prices": [], "plans": [], "customers": []}


def test_a_meter_goes_in_and_out_with_all_its_parts(applied: Applied, book: Book) -> None:
    applied(book)

    assert written(exported_document())["meters"] == [book["meters"][0]]
    assert applied(book).counts()["changed"] == 0


def test_a_changed_part_is_told_and_kept(applied: Applied, book: Book) -> None:
    applied(book)
    book["meters"][0]["filters"]["minutes"] = {"gt": "1"}
    book["meters"][0]["event_rounding"]["increment"] = "2"

    (change,) = [each for each in applied(book).items if each.kind == "meter"]

    assert [found.text() for found in change.differences] == [
        "filters.minutes.gt: 0.5 → 1",
        "event_rounding.increment: 1 → 2",
    ]
    assert Meter.objects.get().event_rounding == {"mode": "up", "increment": "2", "minimum": "2"}


def test_a_meter_without_prices_takes_another_unit(applied: Applied, book: Book) -> None:
    _unpriced(book)
    applied(book)
    Meter.objects.get().dimension_sets.create(values={}, digest=b"1")
    book["meters"][0]["unit_conversion"] = {"divide_by": "1", "label": "minute"}

    (change,) = [each for each in applied(book).items if each.kind == "meter"]

    assert [found.text() for found in change.differences] == [
        "unit_conversion.divide_by: 60 → 1",
        "unit_conversion.label: hour → minute",
        "unit_conversion.round: up → none",
    ]
    assert Meter.objects.get().unit_conversion == {"divide_by": "1", "label": "minute"}


def test_what_prices_are_for_is_fixed_once_one_charges_by_the_meter(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    book["meters"][0] |= {
        "unit": "min",
        "unit_conversion": {"divide_by": "1", "label": "hour", "round": "up"},
        "display_name": "Other words",
    }
    book["meters"][0]["quantity_rounding"]["mode"] = "up"

    why = "the published price 'call' charges by this meter; make a new one"
    assert refused(book) == [
        f"meters[0].unit: cannot change from minute to min: {why}",
        f"meters[0].quantity_rounding.mode: cannot change from down to up: {why}",
        f"meters[0].unit_conversion.divide_by: cannot change from 60 to 1: {why}",
    ]


def test_what_a_meter_counts_is_fixed_once_it_counted(
    applied: Applied, refused: Refused, book: Book
) -> None:
    applied(book)
    Meter.objects.get().dimension_sets.create(values={}, digest=b"1")
    book["meters"][0]["filters"] = {"kind": ["ai", "2"]}
    book["meters"][0]["event_rounding"]["minimum"] = "3"
    book["meters"][0]["credit_units"][0]["units"]["email"] = "2"

    assert refused(book) == [
        (
            'meters[0].filters.minutes: cannot change from {"gt": "0.5"} to none: the meter has '
            "counted events; make a new one"
        ),
        (
            "meters[0].event_rounding.minimum: cannot change from 2 to 3: the meter has counted "
            "events; make a new one"
        ),
        (
            "meters[0].credit_units: cannot change what was counted by: add a version that is yet "
            "to begin"
        ),
    ]


def test_a_meter_that_counted_may_gain_credits(applied: Applied, book: Book) -> None:
    applied(book)
    Meter.objects.get().dimension_sets.create(values={}, digest=b"1")
    book["meters"][0]["credit_units"].append(
        {"effective_from": "2027-01-01", "units": {"email": "3"}}
    )

    assert applied(book).counts()["changed"] == 1


def test_a_meter_of_call_prices_counts_calls_and_goes_on_so(applied: Applied, book: Book) -> None:
    _call_price(book)
    applied(book)
    assert Meter.objects.get(code="VOICE").calls

    book["prices"].pop()
    applied(book)

    assert Meter.objects.get(code="VOICE").calls


def test_a_meter_becomes_one_of_calls_only_before_it_counts(
    applied: Applied, refused: Refused, book: Book
) -> None:
    _call_price(book)
    price = book["prices"].pop()
    applied(book)
    dimensions = Meter.objects.get(code="VOICE").dimension_sets.create(values={}, digest=b"1")
    book["prices"].append(price)

    assert refused(book) == [
        "meters[1]: cannot count calls now: the meter has counted events; make a new one"
    ]
    dimensions.delete()
    applied(book)
    assert Meter.objects.get(code="VOICE").calls


def test_a_new_meter_takes_corrections_and_a_known_one_stays_as_it_was(
    applied: Applied, book: Book
) -> None:
    applied(book)
    assert Meter.objects.get().allows_negative

    Meter.objects.update(allows_negative=False)
    book["meters"][0]["display_name"] = "Minutes"
    applied(book)

    assert not Meter.objects.get().allows_negative


def test_a_meter_that_does_not_fit_is_named_beside_the_prices_that_count_by_it(
    book: Book, refused: Refused
) -> None:
    book["meters"][0]["unit"] = "u" * 80

    assert refused(book) == [
        "meters[0].unit: Ensure this value has at most 50 characters (it has 80)."
    ]
