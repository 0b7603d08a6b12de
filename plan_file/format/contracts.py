"""Contracts: a customer on a plan from a date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from invoicing.rating.overrides import PriceOverride
from plan_file.format.context import Context
from plan_file.format.overrides import read_overrides
from plan_file.format.plans import LONGEST_TERMS_DAYS, Plan
from plan_file.format.prices import CatalogPrice
from values.calendar import BillingInterval, date_or_time, local_date
from values.fields import Keys, Place

KEYS = Keys(
    now=("plan", "start", "end", "anchor_day", "net_terms_days", "overrides"),
    later=(
        *("anchor_date", "quantities", "phases", "trial_to", "add_ons", "discounts"),
        *("commitments", "pauses", "cancel", "renewal", "late_usage", "purchase_order"),
    ),
)


@dataclass(frozen=True)
class Contract:
    """A contract as the file states it; ``net_terms_days`` is None where the plan's hold."""

    plan: str
    start: datetime
    end: datetime | None
    anchor_day: int
    net_terms_days: int | None = None
    overrides: Mapping[str, PriceOverride] = field(default_factory=dict)

    def runs_at(self, instant: datetime) -> bool:
        """Return whether the contract runs at the instant."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: "Contract") -> bool:
        """Return whether both run at some instant."""
        return (other.end is None or self.start < other.end) and (
            self.end is None or other.start < self.end
        )


def default_anchor_day(start: datetime, *, interval: BillingInterval, zone: str) -> int:
    """Return the day of the month, or of the week from Monday as 1, on which periods begin."""
    day = local_date(start, zone)
    return day.isoweekday() if interval is BillingInterval.WEEK else day.day


def read_contract(
    place: Place,
    *,
    zone: str,
    context: Context,
    plans: Mapping[str, Plan],
    prices: Mapping[str, CatalogPrice],
) -> Contract | None:
    """Return the contract, None where it has problems; dates are midnights in the zone."""
    section = place.section(KEYS)
    plan = plans.get(context.known(section.need("plan"), "plans"))
    start = _midnight(section.need("start"), zone)
    end = _midnight(section.get("end"), zone)
    if start and end and end <= start:
        section.places["end"].problem("must be after start")
    net_terms_days = section.whole_or("net_terms_days", None, most=LONGEST_TERMS_DAYS)
    if plan is None or start is None:
        return None
    weekly = plan.billing_period is BillingInterval.WEEK
    anchor_day = section.whole_or(
        "anchor_day",
        default_anchor_day(start, interval=plan.billing_period, zone=zone),
        least=1,
        most=7 if weekly else 31,
    )
    overrides_place = section.get("overrides")
    overrides = (
        read_overrides(overrides_place, plan=plan, context=context, prices=prices)
        if overrides_place and overrides_place.value != []
        else {}
    )
    return section.build(
        lambda: Contract(
            plan=plan.code,
            start=start,
            end=end,
            anchor_day=anchor_day,
            net_terms_days=net_terms_days,
            overrides=overrides,
        )
    )


def _midnight(place: Place | None, zone: str) -> datetime | None:
    if place is None:
        return None
    instant = place.instant(zone)
    if instant.tzinfo is not None and "T" in date_or_time(instant, zone):
        place.problem(f"must be a date: periods begin and end at midnight in {zone}")
    return instant if instant.tzinfo is not None else None
