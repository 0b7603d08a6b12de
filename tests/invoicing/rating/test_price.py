from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from invoicing.rating.price import (
    PriceTerms,
    PriceVersion,
    matched_properties,
    price_cuts,
)
from invoicing.rating.rate_card import OnUnmatched
from invoicing.rating.terms.allowance import Included
from invoicing.rating.terms.fixed import Recurring
from invoicing.rating.terms.per_unit import PerUnit
from tests.invoicing.ai_call_centre import CARD, NOV_1, PRICE
from values.problems import InvalidTerms


@pytest.mark.parametrize(
    "terms,problem",
    [
        ({}, "needs a unit_price or a rate_card"),
        (
            {"rate_card": CARD},
            (
                "fallback_rate: is missing: rate card 'ai-call-rates' "
                "falls back where no entry matches"
            ),
        ),
        (
            {"unit_price": Decimal(1), "rate_card": CARD, "fallback_rate": Decimal(1)},
            "unit_price: stands beside rate_card, write one of them",
        ),
        (
            {"unit_price": Decimal(1), "fallback_rate": Decimal(1)},
            "fallback_rate: belongs to a rate_card",
        ),
        ({"unit_price": Decimal(-1)}, "unit_price: a rate must not be negative"),
        (
            {"rate_card": CARD, "fallback_rate": Decimal("1E-13")},
            "fallback_rate: a rate has at most 12 digits after the point",
        ),
    ],
)
def test_a_price_that_cannot_be_rated_is_refused(terms: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidTerms) as caught:
        PerUnit(**terms)

    assert [found.text() for found in caught.value.problems] == [problem]


def test_a_card_that_quarantines_needs_no_fallback() -> None:
    model = PerUnit(rate_card=replace(CARD, on_unmatched=OnUnmatched.QUARANTINE))

    assert model.fallback_rate is None


def test_overlapping_versions_of_a_price_are_refused_naming_both() -> None:
    model = PerUnit(unit_price=Decimal(1))
    with pytest.raises(InvalidTerms) as caught:
        PriceTerms(
            "calls",
            "CALLS",
            (PriceVersion(None, None, "Calls", model), PriceVersion(NOV_1, None, "Calls", model)),
        )

    assert str(caught.value) == (
        "versions[1]: (from 2024-11-01 on) overlaps versions[0] (from the beginning on)"
    )


def test_a_rate_card_of_another_meter_is_refused() -> None:
    with pytest.raises(InvalidTerms, match="'ai-call-rates' is for meter 'AI_CALL', not 'SMS'"):
        replace(PRICE, meter="SMS")


def test_a_price_is_cut_where_a_version_of_it_or_its_card_begins_or_ends() -> None:
    december = datetime(2024, 12, 1, tzinfo=UTC)
    price = replace(PRICE, versions=(replace(PRICE.versions[0], effective_to=december),))

    assert price_cuts(price) == {NOV_1, december}


def test_the_matched_properties_are_those_of_all_entries() -> None:
    assert matched_properties(PRICE) == {"region", "call_outcome"}


def test_amounts_that_cannot_limit_a_price_are_refused() -> None:
    with pytest.raises(InvalidTerms) as caught:
        PriceVersion(
            None,
            None,
            "Calls",
            PerUnit(unit_price=Decimal(1)),
            minimum_amount=Decimal(-1),
            maximum_amount=Decimal(-2),
        )

    assert [problem.text() for problem in caught.value.problems] == [
        "minimum_amount: must not be negative",
        "maximum_amount: must not be negative",
        "maximum_amount: is less than minimum_amount",
    ]


def test_only_a_usage_price_has_an_allowance_and_limits() -> None:
    with pytest.raises(InvalidTerms) as caught:
        PriceVersion(
            None,
            None,
            "Fee",
            Recurring(Decimal(9)),
            included=Included(Decimal(1)),
            minimum_amount=Decimal(0),
        )

    assert [problem.text() for problem in caught.value.problems] == [
        "included: belongs to a usage price",
        "minimum_amount: belongs to a usage price",
    ]


def test_a_meter_is_there_where_usage_is_counted_and_only_there() -> None:
    usage = PriceVersion(None, NOV_1, "Calls", PerUnit(unit_price=Decimal(1)))
    fee = PriceVersion(NOV_1, None, "Fee", Recurring(Decimal(9)))

    with pytest.raises(InvalidTerms, match=r"versions\[0\].meter: is required"):
        PriceTerms("calls", None, (usage,))
    with pytest.raises(InvalidTerms, match=r"versions\[0\].meter: a recurring price counts no"):
        PriceTerms("fee", "CALLS", (fee,))
    with pytest.raises(InvalidTerms, match=r"versions\[1\].kind: all versions are of one kind"):
        PriceTerms("both", "CALLS", (usage, fee))


def test_a_version_ends_after_it_begins() -> None:
    usage = PriceVersion(NOV_1, NOV_1, "Calls", PerUnit(unit_price=Decimal(1)))

    with pytest.raises(InvalidTerms) as caught:
        PriceTerms("calls", "CALLS", (usage, usage))

    assert [problem.text() for problem in caught.value.problems] == [
        "versions[0].effective_to: must be after effective_from",
        "versions[1].effective_to: must be after effective_from",
    ]
