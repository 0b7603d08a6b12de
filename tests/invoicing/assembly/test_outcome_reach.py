"""Outcomes of a period by the events within reach: those of the whole history, and no more read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from invoicing.assembly.period_outcomes import PeriodOutcomes, contract_outcomes, outcomes_in
from invoicing.assembly.terms import ContractTerms
from invoicing.assembly.usage_reader import About
from invoicing.rating.terms.outcome import OutcomeRule
from tests.invoicing.assembly.outcome_contract import (
    RULE,
    START,
    Named,
    at,
    billed,
    contract,
    event,
    lines,
    usage_of,
    version,
)
from usage.metering.quantity import MeteredEvent, Quantity
from values.period import Period

BY_CASE = OutcomeRule("closed", ("reopened", "refunded"), "case_id", 100)
ONE_RULE = contract()
TWO_RULES = contract(version(ends=at(12, 10)), version(begins=at(12, 10), outcome=BY_CASE))


@dataclass
class Watched:
    """A reader that keeps only what was asked about, and remembers what it gave out."""

    terms: ContractTerms
    all: Sequence[Named]
    read: list[str] = field(default_factory=list)

    def quantities(
        self, meter: str, period: Period, cuts: Sequence[datetime]
    ) -> Sequence[Quantity]:
        raise AssertionError("outcomes are counted one by one")

    def events(self, meter: str, span: Period) -> Iterable[MeteredEvent]:
        return usage_of(self.terms, self.all).events(meter, span)

    def named(
        self, event_names: Sequence[str], span: Period, *, about: About | None = None
    ) -> Iterable[Named]:
        for name, one in usage_of(self.terms, self.all).named(event_names, span):
            if about is None or any(one.properties.get(key) in about[key] for key in about):
                self.read.append(one.key)
                yield name, one


def by_reach(terms: ContractTerms, month: int, events: Sequence[Named]) -> PeriodOutcomes:
    usage = Watched(terms, events)
    return outcomes_in(terms=terms, price=terms.prices[0], billed=billed(terms, month), usage=usage)


def by_all(terms: ContractTerms, month: int, events: Sequence[Named]) -> PeriodOutcomes:
    """Return the same from every event since the contract began."""
    covered = billed(terms, month).covered
    found = contract_outcomes(
        terms=terms,
        price=terms.prices[0],
        usage=usage_of(terms, events),
        span=Period(START, covered.end),
        ends_at=covered.end,
    )
    back = [it for it in found.counted if it.reversal and covered.contains(it.reversal.occurred_at)]
    return PeriodOutcomes(
        counted=tuple(it for it in found.counted if covered.contains(it.counts_at)),
        reversed=tuple(sorted(back, key=lambda it: (it.reversal.occurred_at, it.reversal.key))),  # type: ignore[union-attr]
        uncorrelated=tuple(
            it for it in found.uncorrelated if covered.contains(it.event.occurred_at)
        ),
    )


def read_for(month: int, events: Sequence[Named]) -> set[str]:
    usage = Watched(ONE_RULE, events)
    price = ONE_RULE.prices[0]
    outcomes_in(terms=ONE_RULE, price=price, billed=billed(ONE_RULE, month), usage=usage)
    return set(usage.read)


def keys(*events: Named) -> set[str]:
    return {one.key for _, one in events}


def test_what_happened_two_windows_before_the_period_is_not_read() -> None:
    old = [event("resolved", at(11, day), f"old-{day}") for day in range(1, 25)]
    near = event("resolved", at(11, 26), "near")
    new = event("resolved", at(12, 5), "new")

    assert read_for(12, [*old, near, new]) == keys(near, new)


def test_of_a_ticket_that_is_taken_back_late_the_past_is_read_and_of_no_other() -> None:
    old = [event("resolved", at(11, day), f"old-{day}") for day in range(1, 25)]
    late = event("reopened", at(12, 5), "old-3")

    assert read_for(12, [*old, late]) == keys(old[2], late)
    assert lines(ONE_RULE, 12, [*old, late]) == [
        ("Resolved tickets - credit for Nov 2026", "-1", "-1.00")
    ]


def test_of_a_ticket_that_succeeds_again_and_again_the_past_is_read() -> None:
    """Each window depends on the one before: the 16th opens one or lies in that of the 13th."""
    again = [event("resolved", at(11, day), "T1") for day in range(2, 31, 2)]
    other = event("resolved", at(11, 3), "other")

    assert read_for(12, [*again, other]) == keys(*again)
    assert lines(ONE_RULE, 12, [*again, other]) == [("Resolved tickets", "1", "1.00")]


HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 24 * 91),
        st.sampled_from(
            ["resolved", "resolved", "closed", "closed", "reopened", "rejected", "refunded"]
        ),
        st.sampled_from(["T1", "T1", "T2", "T3", None]),
        st.sampled_from(["T1", "C1", "C2", None]),
    ),
    max_size=40,
)
EVERY_RULE = st.sampled_from([ONE_RULE, TWO_RULES])


def history(items: Iterable[tuple[int, str, str | None, str | None]]) -> list[Named]:
    found = []
    for number, (hours, name, ticket, case) in enumerate(items):
        stated = {"ticket_id": ticket, "case_id": case}
        properties = {key: value for key, value in stated.items() if value is not None}
        when = START + timedelta(hours=hours)
        found.append((name, MeteredEvent(when, f"{number:03}", properties)))
    return found


@settings(max_examples=400)
@given(HISTORIES, EVERY_RULE, st.sampled_from([11, 12, 13]))
@example([(700 - 72 * n, "resolved", "T1", None) for n in range(9)], ONE_RULE, 12)
@example([(700 - 40 * n, "resolved", "T1", None) for n in range(17)], ONE_RULE, 12)
@example([(hours, "resolved", "T1", None) for hours in (560, 600, 648)], ONE_RULE, 12)
@example([(10, "resolved", "T1", "C1"), (60 * 24, "refunded", None, "C1")], TWO_RULES, 13)
@example([(10, "resolved", "T1", "C1"), (65 * 24, "rejected", None, None)], TWO_RULES, 13)
@example([(10, "resolved", "T1", None), (30 * 24, "reopened", "T1", None)], ONE_RULE, 12)
def test_a_period_has_the_outcomes_of_the_whole_history(
    items: list[tuple[int, str, str | None, str | None]], terms: ContractTerms, month: int
) -> None:
    # A rule that nothing ever happened under is known to the one and not to the other.
    events = history([(1, "resolved", "T9", "C9"), *items])

    assert by_reach(terms, month, events) == by_all(terms, month, events)


def test_the_rule_of_those_tests_has_windows_of_three_days() -> None:
    assert RULE.window_hours == 72
