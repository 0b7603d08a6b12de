"""Price models and usage of any kind, for laws."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from invoicing.rating.price import UsageModel
from invoicing.rating.terms.package import Package, PackageRounding
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier, Volume
from tests.invoicing.rating.usage_prices import NOV_1, reading
from usage.metering.quantity import Reading

RATES = st.decimals(0, 5, places=3)
FEES = st.just(Decimal(0)) | st.decimals(0, 20, places=2)
VALUES = st.integers(0, 60).map(Decimal) | st.decimals(0, 60, places=2)
TIMES = st.integers(0, 30 * 24 - 1).map(lambda hours: NOV_1 + timedelta(hours=hours))


@st.composite
def some_tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    bounds = draw(st.lists(st.integers(1, 120).map(Decimal), unique=True, max_size=3).map(sorted))
    return tuple(Tier(bound, draw(RATES), draw(FEES)) for bound in [*bounds, None])


@st.composite
def percentages(draw: st.DrawFn) -> Percentage:
    limits = draw(st.lists(FEES, min_size=2, max_size=2).map(sorted))
    return Percentage(
        percent=draw(st.decimals(0, 30, places=1)),
        fixed_fee=draw(FEES),
        free_events=draw(st.none() | st.integers(0, 4)),
        free_amount=draw(st.none() | st.integers(0, 100).map(Decimal)),
        minimum_per_event=draw(st.none() | st.just(limits[0])),
        maximum_per_event=draw(st.none() | st.just(limits[1])),
    )


packages = st.builds(
    Package,
    package_size=st.integers(1, 40).map(Decimal) | st.just(Decimal("2.5")),
    package_price=FEES,
    free_units=st.just(Decimal(0)) | st.integers(0, 50).map(Decimal),
    round=st.sampled_from(PackageRounding),
)
passthroughs = st.builds(
    Passthrough,
    amount_property=st.just("minutes"),
    markup_percent=st.decimals(0, 50, places=1),
    markup_fixed=FEES,
)
graduated = st.builds(Graduated, tiers=some_tiers(), flat_fee_at_zero=st.booleans())
volumes = st.builds(Volume, tiers=some_tiers(), flat_fee_at_zero=st.booleans())
graduated_percentages = st.builds(
    GraduatedPercentage, tiers=some_tiers(), flat_fee_at_zero=st.booleans()
)
per_unit = st.builds(PerUnit, unit_price=RATES)
but_volume: st.SearchStrategy[UsageModel] = st.one_of(
    per_unit, graduated, packages, percentages(), graduated_percentages, passthroughs
)
models: st.SearchStrategy[UsageModel] = st.one_of(but_volume, volumes)
events = st.lists(st.tuples(TIMES, VALUES), max_size=8).map(sorted)


def readings(
    rows: Sequence[tuple[datetime, Decimal]], cuts: Sequence[datetime] = ()
) -> list[Reading]:
    """Return events in the order given, each in its stretch between the cuts."""
    return [reading(at, value, cuts) for at, value in rows]
