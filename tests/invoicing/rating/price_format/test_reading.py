from datetime import UTC, datetime
from decimal import Decimal

import pytest

from invoicing.rating.price import Model
from invoicing.rating.terms.allowance import (
    AllowancePeriod,
    AllowanceScope,
    Included,
    Rollover,
)
from invoicing.rating.terms.fixed import OneTime, Proration, Recurring, Seat, Timing
from invoicing.rating.terms.outcome import OutcomeRule
from invoicing.rating.terms.package import Package, PackageRounding
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.performance import Measure, Performance, PerformanceBand
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier, Volume
from tests.invoicing.ai_call_centre import CARD
from tests.invoicing.rating.price_format.keys_of_prices import (
    GRADUATED,
    PER_UNIT,
    Keys,
    problems_of,
    read,
    version_of,
)

D = Decimal
TIERS = [{"up_to": "5", "unit_price": "10", "flat_fee": 1}, {"up_to": None, "unit_price": 8}]
READ_TIERS = (Tier(D(5), D(10), D(1)), Tier(None, D(8)))


@pytest.mark.parametrize(
    "keys,model",
    [
        ({"kind": "recurring", "amount": "99.50"}, Recurring(D("99.50"))),
        (
            {"kind": "recurring", "amount": 5, "timing": "arrears", "prorate": "none"},
            Recurring(D(5), Timing.ARREARS, Proration.NONE),
        ),
        ({"kind": "one_time", "amount": "5", "at": "start"}, OneTime(D(5))),
        ({"kind": "one_time", "amount": "5"}, OneTime(D(5))),
        ({"kind": "seat", "unit_price": 5}, Seat(PerUnit(D(5)))),
        ({"kind": "seat", "model": "per_unit", "unit_price": 5}, Seat(PerUnit(D(5)))),
        (
            {"kind": "seat", "model": "graduated", "tiers": TIERS, "timing": "arrears"},
            Seat(Graduated(READ_TIERS), Timing.ARREARS),
        ),
        (
            {"kind": "seat", "model": "volume", "tiers": TIERS, "prorate": "none"},
            Seat(Volume(READ_TIERS), prorate=Proration.NONE),
        ),
        (PER_UNIT, PerUnit(D("0.10"))),
        (
            {
                "kind": "usage",
                "model": "per_unit",
                "rate_card": CARD.code,
                "fallback_rate": "0.40",
            },
            PerUnit(rate_card=CARD, fallback_rate=D("0.40")),
        ),
        (
            {"kind": "usage", "model": "graduated", "tiers": TIERS, "flat_fee_at_zero": True},
            Graduated(READ_TIERS, flat_fee_at_zero=True),
        ),
        ({"kind": "usage", "model": "volume", "tiers": TIERS}, Volume(READ_TIERS)),
        (
            {"kind": "usage", "model": "volume", "tiers": [{"flat_fee": 3}]},
            Volume((Tier(None, D(0), D(3)),)),
        ),
        (
            {"kind": "usage", "model": "package", "package_size": 100, "package_price": "3"},
            Package(D(100), D(3)),
        ),
        (
            {
                "kind": "usage",
                "model": "package",
                "package_size": 100,
                "package_price": "3",
                "free_units": "10",
                "round": "down",
            },
            Package(D(100), D(3), D(10), PackageRounding.DOWN),
        ),
        ({"kind": "usage", "model": "percentage", "percent": "2.9"}, Percentage(D("2.9"))),
        (
            {
                "kind": "usage",
                "model": "percentage",
                "percent": "2.9",
                "fixed_fee": "0.30",
                "free_events": 2,
                "free_amount": 10,
                "minimum_per_event": "0.5",
                "maximum_per_event": 5,
            },
            Percentage(D("2.9"), D("0.30"), 2, D(10), D("0.5"), D(5)),
        ),
        (
            {
                "kind": "usage",
                "model": "graduated_percentage",
                "tiers": [{"up_to": 100, "percent": 2}, {"percent": 1, "flat_fee": "0.5"}],
            },
            GraduatedPercentage((Tier(D(100), D(2)), Tier(None, D(1), D("0.5")))),
        ),
        (
            {"kind": "usage", "model": "passthrough", "amount_property": "cost"},
            Passthrough("cost"),
        ),
        (
            {
                "kind": "usage",
                "model": "passthrough",
                "amount_property": "cost",
                "markup_percent": 20,
                "markup_fixed": "0.01",
            },
            Passthrough("cost", D(20), D("0.01")),
        ),
        (
            {
                "kind": "performance",
                "measure": {"divide": "GOOD", "by": "ALL"},
                "of": ["calls", "fee"],
                "bands": [{"up_to": "0.8", "percent": "-5"}, {"percent": 5, "amount": "10"}],
            },
            Performance(
                Measure("GOOD", "ALL"),
                ("calls", "fee"),
                (PerformanceBand(D("0.8"), D(-5)), PerformanceBand(None, D(5), D(10))),
            ),
        ),
        (
            {"kind": "performance", "measure": "CSAT", "of": [], "bands": [{"amount": "-3"}]},
            Performance(Measure("CSAT"), (), (PerformanceBand(None, D(0), D(-3)),)),
        ),
    ],
)
def test_every_model_is_read(keys: Keys, model: Model) -> None:
    assert version_of(keys).model == model


def test_what_every_price_has_is_read() -> None:
    version = version_of(
        {
            **PER_UNIT,
            "code": "ignored",
            "product": "ignored",
            "meter": "ignored",
            "name": "AI calls",
            "tax_code": "SAAS",
            "section": "premium",
            "effective_from": "2024-11-01",
            "effective_to": "2025-11-01T00:00:00Z",
        },
        zone="America/New_York",
    )

    assert (version.name, version.tax_code, version.section) == ("AI calls", "SAAS", "premium")
    assert version.effective_from == datetime(2024, 11, 1, 4, tzinfo=UTC)
    assert version.effective_to == datetime(2025, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "keys,section",
    [
        ({"kind": "recurring", "amount": 1}, "platform"),
        ({"kind": "seat", "unit_price": 1}, "platform"),
        ({"kind": "one_time", "amount": 1}, "one_time"),
        (PER_UNIT, "usage"),
        ({"kind": "performance", "measure": "X", "of": [], "bands": [{"percent": 1}]}, "usage"),
    ],
)
def test_a_price_stands_in_the_section_of_its_kind(keys: Keys, section: str) -> None:
    version = version_of(keys)

    assert (version.section, version.name) == (section, "calls")


def test_an_allowance_and_limits_are_read() -> None:
    version = version_of(
        {
            **GRADUATED,
            "included": {
                "quantity": "500",
                "per": "seats",
                "period": "year",
                "pool": "minutes",
                "scope": "group",
                "rollover": {"periods": 1, "maximum": "200"},
            },
            "minimum_amount": "10",
            "maximum_amount": 1000,
        }
    )

    assert version.included == Included(
        D(500), "seats", AllowancePeriod.YEAR, "minutes", AllowanceScope.GROUP, Rollover(1, D(200))
    )
    assert (version.minimum_amount, version.maximum_amount) == (D(10), D(1000))


def test_an_allowance_has_defaults_for_what_it_leaves_out() -> None:
    version = version_of({**GRADUATED, "included": {"quantity": 5, "rollover": {"periods": 2}}})

    assert version.included == Included(D(5), rollover=Rollover(2))


@pytest.mark.parametrize(
    "reversals,read_as",
    [(["reopened", "rejected"], ("reopened", "rejected")), ("reopened", ("reopened",)), (None, ())],
)
def test_an_outcome_is_read(reversals: object, read_as: tuple[str, ...]) -> None:
    rule = {
        "success_event": "resolved",
        "reversal_event": reversals,
        "correlation_property": "ticket_id",
        "window_hours": 72,
    }

    assert version_of({**PER_UNIT, "outcome": rule}).outcome == OutcomeRule(
        "resolved", read_as, "ticket_id", 72
    )


@pytest.mark.parametrize(
    "keys,problems",
    [
        ({}, ["kind: is required"]),
        (
            {"kind": "recuring"},
            [
                (
                    "kind: must be one of recurring, seat, one_time, usage, call, performance, "
                    "did you mean 'recurring'?"
                )
            ],
        ),
        ({"kind": "usage"}, ["model: is required"]),
        (
            {"kind": "usage", "model": "tiered"},
            [
                (
                    "model: must be one of per_unit, graduated, volume, package, percentage, "
                    "graduated_percentage, passthrough"
                )
            ],
        ),
        (
            {"kind": "seat", "model": "package"},
            ["model: must be one of per_unit, graduated, volume"],
        ),
        ({**PER_UNIT, "secton": "usage"}, ["secton: unknown key, did you mean 'section'?"]),
        (
            {**PER_UNIT, "section": "plattform"},
            [
                (
                    "section: must be one of platform, usage, included, overage, premium, "
                    "telephony, one_time, true_up, did you mean 'platform'?"
                )
            ],
        ),
        ({"kind": "recurring"}, ["amount: is required"]),
        ({"kind": "recurring", "amount": "-1"}, ["amount: a rate must not be negative"]),
        (
            {"kind": "recurring", "amount": 1, "timing": "later", "prorate": "week"},
            ["timing: must be one of advance, arrears", "prorate: must be one of day, none"],
        ),
        ({"kind": "one_time", "at": "end"}, ["amount: is required", "at: must be one of start"]),
        ({"kind": "seat"}, ["unit_price: is required"]),
        ({"kind": "seat", "model": "volume"}, ["tiers: is required"]),
        ({"kind": "usage", "model": "per_unit"}, ["needs a unit_price or a rate_card"]),
        (
            {**PER_UNIT, "rate_card": "ai-call-rate"},
            ["rate_card: unknown rate card 'ai-call-rate', did you mean 'ai-call-rates'?"],
        ),
        (
            {**PER_UNIT, "rate_card": CARD.code, "fallback_rate": 1},
            ["unit_price: stands beside rate_card, write one of them"],
        ),
        ({"kind": "usage", "model": "graduated"}, ["tiers: is required"]),
        (
            {"kind": "usage", "model": "graduated", "tiers": []},
            ["tiers: needs at least one tier"],
        ),
        (
            {"kind": "usage", "model": "volume", "tiers": {"up_to": None}},
            ["tiers: must be a list"],
        ),
        (
            {"kind": "usage", "model": "volume", "tiers": [{"up_to": None}, "x"]},
            ["tiers[0]: needs a unit_price or a flat_fee", "tiers[1]: must be a mapping"],
        ),
        (
            {
                "kind": "usage",
                "model": "graduated_percentage",
                "tiers": [{"unit_price": 1, "percent": 1}],
            },
            ["tiers[0].unit_price: unknown key"],
        ),
        (
            {
                "kind": "usage",
                "model": "graduated",
                "tiers": [{"up_to": 5, "unit_price": 1}, {"up_to": 4, "unit_price": "-1"}],
            },
            [
                "tiers[1].unit_price: a rate must not be negative",
                "tiers[1].up_to: must be null: the last tier has no end",
                "tiers[1].up_to: must be more than 5, where it begins",
            ],
        ),
        (
            {"kind": "usage", "model": "package", "round": "sideways"},
            [
                "package_size: is required",
                "package_price: is required",
                "round: must be one of up, down",
            ],
        ),
        (
            {"kind": "usage", "model": "package", "package_size": 0, "package_price": 1},
            ["package_size: must be more than 0"],
        ),
        (
            {"kind": "usage", "model": "percentage", "free_events": "many"},
            [
                "percent: is required",
                "free_events: must be a whole number from 0 to 1000000000000000",
            ],
        ),
        (
            {
                "kind": "usage",
                "model": "percentage",
                "percent": 1,
                "minimum_per_event": 2,
                "maximum_per_event": 1,
            },
            ["maximum_per_event: is less than minimum_per_event"],
        ),
        (
            {"kind": "usage", "model": "passthrough", "markup_percent": "x"},
            [
                "amount_property: is required",
                "markup_percent: 'x' is not a number such as 12 or 0.25",
            ],
        ),
        (
            {"kind": "performance"},
            ["measure: is required", "of: is required", "bands: is required"],
        ),
        (
            {
                "kind": "performance",
                "measure": {"divide": "A"},
                "of": ["a", "a"],
                "bands": [{"upto": 1}],
            },
            [
                "measure.by: is required",
                "of[1]: 'a' stands here twice",
                "bands[0].upto: unknown key, did you mean 'up_to'?",
            ],
        ),
        (
            {"kind": "performance", "measure": "", "of": [], "bands": [{"percent": 1}]},
            ["measure: must be text that is not empty"],
        ),
        (
            {"kind": "performance", "measure": "A", "of": [], "bands": []},
            ["bands: needs at least one band"],
        ),
        (
            {**PER_UNIT, "included": {"per": "seats", "rollover": {"maximum": "x"}}},
            [
                "included.quantity: is required",
                "included.rollover.periods: is required",
                "included.rollover.maximum: 'x' is not a number such as 12 or 0.25",
            ],
        ),
        (
            {**PER_UNIT, "included": {"quantity": "-1", "scope": "group"}},
            [
                "included.quantity: must not be negative",
                "included.pool: is required where a group shares it",
            ],
        ),
        (
            {**PER_UNIT, "minimum_amount": "5", "maximum_amount": "4"},
            ["maximum_amount: is less than minimum_amount"],
        ),
        (
            {**PER_UNIT, "outcome": {"success_event": "a", "window_hours": -1}},
            [
                "outcome.correlation_property: is required",
                "outcome.window_hours: must be a whole number from 0 to 8784",
            ],
        ),
    ],
)
def test_every_problem_of_a_price_is_named_with_its_path(keys: Keys, problems: list[str]) -> None:
    assert problems_of(keys) == problems


def test_a_rate_card_that_is_wrong_itself_is_no_second_mistake() -> None:
    keys = {"kind": "usage", "model": "per_unit", "rate_card": "broken"}

    assert read(keys) == (None, [])


def test_problems_of_all_parts_are_named_at_once() -> None:
    assert problems_of(
        {
            "kind": "usage",
            "name": "",
            "effective_from": "soon",
            "model": "graduated",
            "tiers": [{"up_to": "x", "unit_price": 1}],
            "included": {},
            "minimum_amount": "much",
            "outcome": {"success_event": "a", "correlation_property": "b"},
        }
    ) == [
        "name: must be text that is not empty",
        (
            "effective_from: must be a date (2024-11-01) or a time with an offset "
            "(2024-11-01T09:30:00Z)"
        ),
        "tiers[0].up_to: 'x' is not a number such as 12 or 0.25",
        "included.quantity: is required",
        "minimum_amount: 'much' is not a number such as 12 or 0.25",
        "outcome.window_hours: is required",
    ]
