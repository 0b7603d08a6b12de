"""Contracts: a customer on a plan from a date."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from invoicing.assembly.terms import DatedQuantity
from invoicing.rating.overrides import PriceOverride
from plan_file.format.context import Context
from plan_file.format.midnights import read_midnight
from plan_file.format.overrides import PriceBook, read_overrides
from plan_file.format.phases import KEYS as PHASE_KEYS
from plan_file.format.phases import Phase, Stretch, stretches
from plan_file.format.plans import LONGEST_TERMS_DAYS, Plan
from plan_file.format.quantities import read_quantities
from values.calendar import BillingInterval, local_date
from values.fields import Keys, Place, Section
from values.instants import BadInstant, always_since, parse_date

KEYS = Keys(
    now=(
        *("plan", "start", "end", "anchor_day", "anchor_date", "net_terms_days"),
        *("overrides", "quantities", "phases"),
    ),
    later=(
        *("trial_to", "add_ons", "discounts", "commitments", "pauses", "cancel"),
        *("renewal", "late_usage", "purchase_order"),
    ),
)


@dataclass(frozen=True)
class Contract:
    """
    A contract as the file states it; ``net_terms_days`` is None where the plan's hold.

    ``anchor_date`` is a first day of a quarter or year, None where ``start`` says it.
    ``quantities`` are by name, ``phases`` in the order of time.
    """

    plan: str
    start: datetime
    end: datetime | None
    anchor_day: int
    net_terms_days: int | None = None
    overrides: Mapping[str, PriceOverride] = field(default_factory=dict)
    anchor_date: date | None = None
    quantities: Mapping[str, tuple[DatedQuantity, ...]] = field(default_factory=dict)
    phases: tuple[Phase, ...] = ()

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The parts of its time, with the plan and the overrides that hold in each."""
        return stretches(Stretch(self.start, self.end, self.plan, self.overrides), self.phases)

    def runs_at(self, instant: datetime) -> bool:
        """Return whether the contract runs at the instant."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: "Contract") -> bool:
        """Return whether both run at some instant."""
        return (other.end is None or self.start < other.end) and (
            self.end is None or other.start < self.end
        )


def default_anchor_day(start: datetime, *, interval: BillingInterval | None, zone: str) -> int:
    """Return the day of the month, or of the week from Monday as 1, on which periods begin."""
    return _anchor_day_of(local_date(start, zone), interval)


def read_contract(
    place: Place, *, zone: str, context: Context, plans: Mapping[str, Plan], book: PriceBook
) -> Contract | None:
    """Return the contract, None where it has problems; dates are midnights in the zone."""
    section = place.section(KEYS)
    plan = plans.get(context.known(section.need("plan"), "plans"))
    start = read_midnight(section.need("start"), zone)
    end = read_midnight(section.get("end"), zone)
    if start and end and end <= start:
        section.places["end"].problem("must be after start")
    net_terms_days = section.whole_or("net_terms_days", None, most=LONGEST_TERMS_DAYS)
    anchor_date = section.read_or("anchor_date", None, _read_date)
    # What is wrong with the plan or the start hides nothing that needs neither.
    begins = always_since(zone) if start is None else start
    interval = None if plan is None else plan.billing_period
    anchor_day = _read_anchor_day(section, interval, begins, anchor_date, zone)
    quantities_place = section.get("quantities")
    quantities = (
        read_quantities(quantities_place, starts_at=begins, zone=zone)
        if quantities_place and quantities_place.value != []
        else {}
    )
    if plan is None or start is None:
        return None
    reader = _PhaseReader(zone, context, plans, book)
    phases = reader.phases(section, plan, start, end)
    in_turn = [plans[each.plan] for each in phases if each.plan is not None]
    overrides = reader.overrides(section.get("overrides"), [plan, *in_turn])
    return section.build(
        lambda: Contract(
            plan=plan.code,
            start=start,
            end=end,
            anchor_day=anchor_day,
            net_terms_days=net_terms_days,
            overrides=overrides,
            anchor_date=anchor_date,
            quantities=quantities,
            phases=phases,
        )
    )


def _read_date(place: Place) -> date | None:
    try:
        return parse_date(place.value)
    except BadInstant as error:
        place.problem(str(error))
        return None


def _read_anchor_day(
    section: Section,
    interval: BillingInterval | None,
    start: datetime,
    anchor_date: date | None,
    zone: str,
) -> int:
    if anchor_date is not None:
        if beside := section.get("anchor_day"):
            beside.problem("stands beside anchor_date, write one of them")
        return _anchor_day_of(anchor_date, interval)
    return section.whole_or(
        "anchor_day",
        default_anchor_day(start, interval=interval, zone=zone),
        least=1,
        most=7 if interval is BillingInterval.WEEK else 31,
    )


def _anchor_day_of(day: date, interval: BillingInterval | None) -> int:
    return day.isoweekday() if interval is BillingInterval.WEEK else day.day


@dataclass(frozen=True)
class _PhaseReader:
    """Reads the phases and overrides of one contract."""

    zone: str
    context: Context
    plans: Mapping[str, Plan]
    book: PriceBook

    def phases(
        self, section: Section, plan: Plan, start: datetime, end: datetime | None
    ) -> tuple[Phase, ...]:
        """Return the phases without problems in the order of time."""
        places = section.items("phases")
        dated = [(self._starts_at(item, start, end), item) for item in places]
        in_order = sorted(
            ((starts_at, item) for starts_at, item in dated if starts_at is not None),
            key=lambda pair: pair[0],
        )
        return tuple(self._in_turn(in_order, plan))

    def overrides(self, place: Place | None, plans: Sequence[Plan]) -> dict[str, PriceOverride]:
        """Return the overrides of prices of the plans."""
        return read_overrides(
            place,
            zone=self.zone,
            plans={plan.code: plan.prices for plan in plans},
            context=self.context,
            book=self.book,
        )

    def _starts_at(self, place: Place, start: datetime, end: datetime | None) -> datetime | None:
        section = place.section(PHASE_KEYS)
        from_place = section.need("from")
        starts_at = read_midnight(from_place, self.zone)
        if starts_at is None or from_place is None:
            return None
        if starts_at < start or (end is not None and starts_at >= end):
            from_place.problem("must lie in the contract's time")
        return starts_at

    def _in_turn(self, in_order: Sequence[tuple[datetime, Place]], plan: Plan) -> Iterator[Phase]:
        earlier: tuple[datetime, Place] | None = None
        for starts_at, place in in_order:
            entries = dict(place.entries())
            if earlier is not None and earlier[0] == starts_at:
                entries["from"].problem(f"{earlier[1].path_text()} begins on this day too")
            earlier = starts_at, place
            named = self._named_plan(entries.get("plan"), plan)
            plan = named or plan
            overrides_place = entries.get("overrides")
            if overrides_place is not None and overrides_place.value is None:
                overrides_place = None
            overrides = self.overrides(overrides_place, [plan])
            yield Phase(starts_at, named.code if named else None, overrides)

    def _named_plan(self, place: Place | None, current: Plan) -> Plan | None:
        """Return the plan that a phase names; it is billed as the contract's first."""
        if place is None or place.value is None:
            return None
        plan = self.plans.get(self.context.known(place, "plans"))
        if plan is None:
            return None
        for key, one, other in (
            ("currency", current.currency, plan.currency),
            ("billing_period", current.billing_period, plan.billing_period),
        ):
            if one != other:
                place.problem(f"'{plan.code}' has {key} {other}, the plan before it {one}")
        return plan
