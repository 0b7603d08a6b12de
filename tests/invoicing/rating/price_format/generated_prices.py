"""Hypothesis strategies for versions of prices of every kind, within what may be."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from invoicing.rating.price import Model, PriceKind, PriceVersion, kind_of
from invoicing.rating.price_format.keys import SECTIONS
from invoicing.rating.terms.allowance import (
    AllowancePeriod,
    AllowanceScope,
    Included,
    Rollover,
)
from invoicing.rating.terms.calls import (
    Band,
    BandPolicy,
    Bundle,
    CallRate,
    CallRounding,
    Calls,
    DurationBasis,
    RateStep,
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

RATES = st.decimals(min_value=0, max_value=10**6, places=12)
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
SIGNED = st.decimals(min_value=-(10**6), max_value=10**6, places=3)
WORDS = st.text("abcXYZ_09", min_size=1, max_size=8)
SIZES = st.decimals(min_value=Decimal("0.001"), max_value=10**6, places=3)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    """Return tiers in rising order."""
    bounds = sorted(set(draw(st.lists(SIZES, max_size=4))))
    return tuple(
        Tier(bound, draw(RATES), draw(st.just(Decimal(0)) | AMOUNTS)) for bound in [*bounds, None]
    )


@st.composite
def bands(draw: st.DrawFn) -> tuple[PerformanceBand, ...]:
    """Return bands in rising order, the last with or without an end."""
    bounds: list[Decimal | None] = [*sorted(set(draw(st.lists(SIGNED, max_size=4))))]
    if not bounds or draw(st.booleans()):
        bounds.append(None)
    return tuple(PerformanceBand(bound, draw(SIGNED), draw(SIGNED)) for bound in bounds)


@st.composite
def percentages(draw: st.DrawFn) -> Percentage:
    """Return a percentage whose limits go together."""
    low, high = sorted([draw(AMOUNTS), draw(AMOUNTS)])
    return Percentage(
        percent=draw(RATES),
        fixed_fee=draw(AMOUNTS),
        free_events=draw(st.none() | st.integers(0, 100)),
        free_amount=draw(st.none() | AMOUNTS),
        minimum_per_event=draw(st.none() | st.just(low)),
        maximum_per_event=draw(st.none() | st.just(high)),
    )


TIMINGS = {"timing": st.sampled_from(Timing), "prorate": st.sampled_from(Proration)}
FLAGS = st.booleans()
USAGE_MODELS = st.one_of(
    st.builds(PerUnit, unit_price=RATES),
    st.builds(PerUnit, rate_card=st.just(CARD), fallback_rate=RATES),
    st.builds(Graduated, tiers(), FLAGS),
    st.builds(Volume, tiers(), FLAGS),
    st.builds(GraduatedPercentage, tiers(), FLAGS),
    st.builds(Package, SIZES, RATES, AMOUNTS, st.sampled_from(PackageRounding)),
    percentages(),
    st.builds(Passthrough, WORDS, RATES, RATES),
)
CALL_TERMS = {
    "initial_seconds": st.integers(1, 90),
    "increment_seconds": st.integers(1, 90),
    "connect_fee": AMOUNTS,
    "tax_code": st.none() | WORDS,
    "number_type": st.none() | WORDS,
    "rate_jurisdiction": st.none() | st.just("interstate"),
    "match": st.just({}) | st.just({"model": "fast", "voice": None}),
}
PREFIXES = st.text("0123456789", max_size=5)
ROWS = st.one_of(
    st.builds(
        CallRate, PREFIXES, rate_per_minute=RATES, band=st.none() | st.just("peak"), **CALL_TERMS
    ),
    st.builds(
        CallRate,
        PREFIXES,
        steps=st.just((RateStep(0, Decimal("0.2"), 60, 60), RateStep(60, Decimal("0.1"), 60, 1))),
        connect_fee=AMOUNTS,
    ),
)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001
    lambda time: time.replace(tzinfo=UTC)
)
BUNDLES = st.builds(
    Bundle,
    st.text("abcXYZ09", min_size=1, max_size=8),
    st.integers(0, 10**6),
    directions=st.just(()) | st.just(("inbound",)),
    priority=st.integers(0, 9),
    effective_from=st.none() | INSTANTS,
)
CALLS = st.builds(
    Calls,
    st.lists(ROWS, min_size=1, max_size=4, unique_by=lambda row: row.prefix).map(tuple),
    st.integers(0, 12),
    st.sampled_from(CallRounding),
    st.sampled_from(DurationBasis),
    st.integers(0, 60),
    st.sampled_from(BandPolicy),
    st.none() | st.just("off_peak"),
    st.just((Band("peak", days=frozenset({0, 1})),)),
    st.lists(BUNDLES, max_size=2, unique_by=lambda bundle: bundle.code).map(tuple),
    st.just(()) | st.just(("direction", "prefix")),
)
OTHER_MODELS: st.SearchStrategy[Model] = st.one_of(
    st.builds(Recurring, AMOUNTS, **TIMINGS),
    st.builds(
        Seat,
        st.one_of(
            st.builds(PerUnit, unit_price=RATES),
            st.builds(Graduated, tiers(), FLAGS),
            st.builds(Volume, tiers(), FLAGS),
        ),
        **TIMINGS,
    ),
    st.builds(OneTime, AMOUNTS),
    CALLS,
    st.builds(
        Performance,
        st.builds(Measure, WORDS, st.none() | WORDS),
        st.lists(WORDS, max_size=3, unique=True).map(tuple),
        bands(),
    ),
)
OUTCOMES = st.builds(
    OutcomeRule,
    st.just("solved"),
    st.lists(st.sampled_from(["reopened", "rejected"]), unique=True).map(tuple),
    WORDS,
    st.integers(0, 8784),
)


@st.composite
def allowances(draw: st.DrawFn) -> Included:
    """Return an allowance; a group's has a pool."""
    pool = draw(st.none() | WORDS)
    scope = draw(st.sampled_from(AllowanceScope)) if pool else AllowanceScope.CONTRACT
    return Included(
        quantity=draw(AMOUNTS),
        per=draw(st.none() | WORDS),
        period=draw(st.sampled_from(AllowancePeriod)),
        pool=pool,
        scope=scope,
        rollover=draw(st.none() | st.builds(Rollover, st.integers(1, 1200), st.none() | AMOUNTS)),
    )


@st.composite
def versions(draw: st.DrawFn) -> PriceVersion:
    """Return a version of a price of any kind."""
    model = draw(USAGE_MODELS | OTHER_MODELS)
    counts = kind_of(model) == PriceKind.USAGE
    low, high = sorted([draw(AMOUNTS), draw(AMOUNTS)])
    return PriceVersion(
        effective_from=draw(st.none() | INSTANTS),
        effective_to=draw(st.none() | INSTANTS),
        name=draw(WORDS),
        model=model,
        section=draw(st.sampled_from(SECTIONS)),
        tax_code=draw(st.none() | WORDS),
        included=draw(st.none() | allowances()) if counts else None,
        minimum_amount=draw(st.none() | st.just(low)) if counts else None,
        maximum_amount=draw(st.none() | st.just(high)) if counts else None,
        outcome=draw(st.none() | OUTCOMES) if counts else None,
    )
