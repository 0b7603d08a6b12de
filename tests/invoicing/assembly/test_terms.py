from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from invoicing.assembly.terms import ContractTerms, cuts, performances, rated_properties
from invoicing.rating.overrides import PriceOverride, overridden
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.rate_card import RateEntry
from invoicing.rating.terms.fixed import Recurring
from invoicing.rating.terms.performance import Measure, Performance, PerformanceBand
from tests.invoicing.ai_call_centre import GRANT, METER, NOV_1, NOVEMBER, PRICE, TERMS
from values.problems import InvalidTerms


def test_terms_that_cannot_be_billed_are_refused_with_all_their_mistakes() -> None:
    with pytest.raises(InvalidTerms) as caught:
        ContractTerms("XXXX", (PRICE, PRICE, replace(PRICE, code="x")), {})

    assert [problem.text() for problem in caught.value.problems] == [
        "currency: unknown currency 'XXXX'",
        "prices[0].meter: there is no meter 'AI_CALL'",
        "prices[1].meter: there is no meter 'AI_CALL'",
        "prices[1]: 'ai-call' stands twice",
        "prices[2].meter: there is no meter 'AI_CALL'",
    ]


def looking_at(code: str, *of: str) -> PriceTerms:
    model = Performance(Measure("AI_CALL"), of, (PerformanceBand(None),))
    return PriceTerms(code, None, (PriceVersion(None, None, code, model),))


def test_performance_that_looks_at_itself_is_refused() -> None:
    round_about = (looking_at("a", "b"), PRICE, looking_at("b", "a", "ai-call"))
    with pytest.raises(InvalidTerms) as caught:
        replace(TERMS, prices=round_about)
    with pytest.raises(
        InvalidTerms, match=r"prices\[1\].of: performance looks at itself: x-1 -> x-1"
    ):
        replace(TERMS, prices=(PRICE, looking_at("x-1", "x-1")))

    assert [problem.text() for problem in caught.value.problems] == [
        "prices[0].of: performance looks at itself: a -> b -> a"
    ]


def test_performance_stands_after_what_it_looks_at() -> None:
    terms = replace(
        TERMS,
        prices=(looking_at("c", "b", "ai-call"), looking_at("b", "a"), PRICE, looking_at("a")),
    )

    assert [price.code for price in performances(terms)] == ["a", "b", "c"]


def test_a_period_is_cut_where_versions_and_grants_begin_or_end_inside_it() -> None:
    nov_9, nov_21 = (datetime(2024, 11, day, tzinfo=UTC) for day in (9, 21))
    version = replace(PRICE.versions[0], effective_from=nov_9)
    terms = replace(TERMS, prices=(replace(PRICE, versions=(version,)),))
    grants = [replace(GRANT, expires_at=nov_21), replace(GRANT, effective_from=nov_9)]

    assert cuts(terms, grants, NOVEMBER) == (nov_9, nov_21)
    assert cuts(TERMS, [GRANT], NOVEMBER) == ()
    around = replace(GRANT, effective_from=NOVEMBER.start, expires_at=NOVEMBER.end)
    assert cuts(TERMS, [around], NOVEMBER) == ()
    fee = PriceTerms("fee", None, (PriceVersion(nov_9, None, "Fee", Recurring(Decimal(1))),))
    assert cuts(replace(TERMS, prices=(fee,)), [], NOVEMBER) == ()
    assert NOVEMBER.start == NOV_1


def test_quantities_are_kept_apart_by_what_rates_look_at() -> None:
    override = PriceOverride(entries=(RateEntry({"agent": "x"}, Decimal(1)),))
    terms = replace(TERMS, prices=(overridden(PRICE, override),))

    assert rated_properties(TERMS, METER.code) == ("region", "call_outcome")
    assert rated_properties(terms, METER.code) == ("region", "call_outcome", "agent")
