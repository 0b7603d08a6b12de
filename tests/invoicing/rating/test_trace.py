import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.calls.rated_call import CallStatus
from invoicing.rating.lines import QuarantineReason
from invoicing.rating.match import ANY, Alternatives
from invoicing.rating.rate_card import RateEntry
from invoicing.rating.trace import RateSource, StepKind, Trace, TraceStep
from tests.invoicing.ai_call_centre import NOV_1
from tests.invoicing.rating.matches import matches
from values.money import Rounding

TRACE = Trace(
    price="ai-call",
    price_version=None,
    source=RateSource.ENTRY,
    rate_card="ai-call-rates",
    rate_version=NOV_1,
    entry=RateEntry({"region": "US", "call_outcome": "resolved"}, Decimal("0.20")),
    passed_over=(RateEntry({"region": ANY}, Decimal("0.35"), agreed=True),),
    label="US / resolved",
    quantity=Decimal(13),
    unit="minute",
    rate=Decimal("0.20"),
    currency="USD",
    exact_amount=Fraction(13, 5),
    rounding=Rounding.HALF_UP,
    amount=Decimal("2.60"),
)


def test_a_trace_reads_as_the_calculation() -> None:
    assert TRACE.sentence() == (
        "13 minutes \N{MULTIPLICATION SIGN} 0.20 USD = 2.60 USD "
        "(rate of US / resolved, in force from 2024-11-01)"
    )


@pytest.mark.parametrize(
    "changes,reason",
    [
        ({"source": RateSource.OVERRIDE}, "agreed rate of US / resolved"),
        (
            {"source": RateSource.FALLBACK, "entry": None, "label": "us / resolved"},
            "fallback rate, no entry of ai-call-rates matches us / resolved",
        ),
        ({"source": RateSource.UNIT_PRICE, "entry": None}, "unit price"),
        (
            {"entry": RateEntry({"region": Alternatives(("EU", "US")), "x": ANY}, Decimal(1))},
            "rate of [EU, US] / *",
        ),
        ({"entry": RateEntry({}, Decimal(1))}, "rate of anything"),
    ],
)
def test_a_trace_says_where_the_rate_comes_from(changes: dict[str, object], reason: str) -> None:
    sentence = replace(TRACE, **changes).sentence()  # type: ignore[arg-type]

    assert sentence.endswith(f"({reason}, in force from 2024-11-01)")


@pytest.mark.parametrize(
    "changes,beginning",
    [
        ({"quantity": Decimal(1)}, "1 minute {x} 0.20 USD"),
        ({"unit": None}, "13 {x} 0.20 USD"),
        ({"unit": "seconds"}, "13 seconds {x} 0.20 USD"),
        ({"rate": Decimal("0.0125")}, "13 minutes {x} 0.0125 USD"),
        (
            {"exact_amount": Fraction("2.595")},
            "13 minutes {x} 0.20 USD = 2.595 USD, rounded half up to 2.60 USD (",
        ),
        (
            {"currency": "JPY", "rate": Decimal(20), "exact_amount": Fraction(260)},
            "13 minutes {x} 20 JPY = 260 JPY",
        ),
    ],
)
def test_a_trace_prints_exact_numbers_with_the_digits_of_money(
    changes: dict[str, object], beginning: str
) -> None:
    amount = Decimal(260) if "currency" in changes else Decimal("2.60")
    sentence = replace(TRACE, amount=amount, **changes).sentence()  # type: ignore[arg-type]

    assert sentence.startswith(beginning.format(x="\N{MULTIPLICATION SIGN}"))


def test_a_trace_names_the_day_in_the_readers_zone_and_nothing_where_it_always_held() -> None:
    local = replace(TRACE, rate_version=datetime(2024, 11, 1, 4, tzinfo=UTC))

    assert "from 2024-11-01)" in local.sentence(zone="America/New_York")
    assert replace(TRACE, rate_version=None).sentence().endswith("(rate of US / resolved)")


@given(matches(), st.fractions(0, 100), st.none() | st.just(NOV_1))
def test_a_trace_survives_storage(
    match: dict[str, object], exact: Fraction, since: datetime | None
) -> None:
    entry = RateEntry(match, Decimal("0.35"), 2)  # type: ignore[arg-type]
    trace = replace(TRACE, entry=entry, exact_amount=exact, rate_version=since)

    assert Trace.from_json(json.loads(json.dumps(trace.as_json()))) == trace


TIER = TraceStep(StepKind.TIER, {"number": "2", "above": "500", "up_to": "1000", "rate": "0.2"})


def test_a_tier_says_which_units_it_prices() -> None:
    tier = replace(TRACE, source=RateSource.TIER, entry=None, model="graduated", steps=(TIER,))
    volume = replace(tier, model="volume", rate_version=None)

    assert tier.sentence().endswith("(units above 500 up to 1000, in force from 2024-11-01)")
    assert volume.sentence().endswith("(all units, as for above 500 up to 1000)")


def test_a_fee_has_no_reason_but_its_version() -> None:
    fee = replace(TRACE, source=RateSource.TERMS, entry=None, rate=None, quantity=Decimal(1))

    assert fee.sentence().endswith("(in force from 2024-11-01)")
    assert not replace(fee, rate_version=None).sentence().endswith(")")


def test_steps_survive_storage() -> None:
    trace = replace(TRACE, source=RateSource.TIER, entry=None, model="volume", steps=(TIER,))

    stored = json.loads(json.dumps(trace.as_json()))

    assert stored["steps"] == [{"step": "tier", **TIER.values}]
    assert Trace.from_json(stored) == trace


STORED_STEPS = [
    *("counted", "rounded_quantity", "converted", "included", "tier", "flat_fee", "packages"),
    *("percentage", "markup", "calls", "bundle", "days", "limit", "measure", "reversed"),
]


def test_the_words_of_the_stored_form_stay() -> None:
    assert [source.value for source in RateSource] == [
        *("entry", "override", "fallback", "unit_price", "tier", "terms")
    ]
    assert [kind.value for kind in StepKind] == STORED_STEPS
    assert [reason.value for reason in QuarantineReason] == [
        *("no_rate", "missing_property", "bad_value")
    ]
    assert [status.value for status in CallStatus] == [
        *("rated", "not_billable", "below_minimum", "quarantined")
    ]
