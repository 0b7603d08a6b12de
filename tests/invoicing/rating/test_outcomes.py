"""When results count, and when they are taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.lines import QuarantineReason
from invoicing.rating.outcomes import Outcome, counted_outcomes
from invoicing.rating.terms.outcome import OutcomeRule
from usage.metering.quantity import MeteredEvent
from values.problems import InvalidTerms

START = datetime(2026, 11, 1, tzinfo=UTC)
RULE = OutcomeRule("resolved", ("reopened", "rejected"), "ticket_id", 72)

Named = tuple[str, MeteredEvent]


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def event(name: str, hours: int, ticket: Any = "T1", *, key: str = "") -> Named:
    properties = {} if ticket is None else {"ticket_id": ticket}
    return name, MeteredEvent(at(hours), key or f"{hours:05}-{name}-{ticket}", properties)


def counted(*events: Named) -> list[tuple[str, int, int, int | None]]:
    """Return value, hours of the success, of the close and of the reversal."""
    return [_hours(one) for one in counted_outcomes(events, rule_at=lambda _: RULE).counted]


def _hours(outcome: Outcome) -> tuple[str, int, int, int | None]:
    times = [outcome.success.occurred_at, outcome.counts_at]
    success, close = ((time - START) // timedelta(hours=1) for time in times)
    reversal = outcome.reversal
    taken_back = (reversal.occurred_at - START) // timedelta(hours=1) if reversal else None
    return outcome.value, success, close, taken_back


def test_a_success_counts_when_its_window_has_passed() -> None:
    assert counted(event("resolved", 5)) == [("T1", 5, 77, None)]


def test_several_successes_of_one_ticket_inside_the_window_are_one() -> None:
    events = [event("resolved", hours) for hours in (0, 10, 71)]

    assert counted(*events) == [("T1", 0, 72, None)]


def test_the_window_runs_from_the_first_success_and_its_end_is_outside() -> None:
    events = [event("resolved", hours) for hours in (0, 71, 72, 144)]

    assert counted(*events) == [("T1", 0, 72, None), ("T1", 72, 144, None), ("T1", 144, 216, None)]


@pytest.mark.parametrize("reversal", ["reopened", "rejected"])
def test_a_reversal_inside_the_window_leaves_nothing(reversal: str) -> None:
    assert counted(event("resolved", 0), event(reversal, 71)) == []


def test_a_success_after_a_reversal_opens_a_window_of_its_own() -> None:
    events = [event("resolved", 0), event("reopened", 10), event("resolved", 20)]

    assert counted(*events) == [("T1", 20, 92, None)]


def test_a_reversal_at_the_close_comes_after_the_window() -> None:
    assert counted(event("resolved", 0), event("reopened", 72)) == [("T1", 0, 72, 72)]


def test_an_outcome_is_taken_back_once() -> None:
    events = [event("resolved", 0), event("reopened", 100), event("rejected", 110)]

    assert counted(*events) == [("T1", 0, 72, 100)]


def test_a_later_success_is_another_outcome_with_its_own_reversal() -> None:
    events = [
        event("resolved", 0),
        event("reopened", 100),
        event("resolved", 110),
        event("rejected", 300),
    ]

    assert counted(*events) == [("T1", 0, 72, 100), ("T1", 110, 182, 300)]


def test_a_reversal_takes_back_only_the_latest_result() -> None:
    events = [event("resolved", 0), event("resolved", 100), event("reopened", 110)]

    assert counted(*events, event("rejected", 120)) == [("T1", 0, 72, None)]


def test_tickets_do_not_know_of_each_other() -> None:
    events = [event("resolved", 0), event("resolved", 1, "T2"), event("reopened", 2, "T2")]

    assert counted(*events) == [("T1", 0, 72, None)]


def test_values_compare_as_text() -> None:
    assert counted(event("resolved", 0, 2), event("reopened", 1, "2")) == []


def test_other_events_and_reversals_of_nothing_change_nothing() -> None:
    events = [event("reopened", 0), event("viewed", 1), event("resolved", 2), event("viewed", 3)]

    assert counted(*events) == [("T1", 2, 74, None)]


def test_outcomes_stand_by_the_close_of_their_windows_then_by_key() -> None:
    events = [event("resolved", 0, "B", key="1"), event("resolved", 0, "A", key="2")]

    assert [value for value, *_ in counted(*events)] == ["B", "A"]


def test_a_window_of_no_hours_passes_at_once() -> None:
    rule = OutcomeRule("resolved", ("reopened",), "ticket_id", 0)
    events = [event("resolved", 0, key="a"), event("reopened", 0, key="b")]

    (outcome,) = counted_outcomes(events, rule_at=lambda _: rule).counted

    assert (outcome.counts_at, outcome.reversal) == (at(0), events[1][1])


@pytest.mark.parametrize("name", ["resolved", "reopened"])
@pytest.mark.parametrize(
    "ticket,reason",
    [(None, QuarantineReason.MISSING_PROPERTY), (["T1"], QuarantineReason.BAD_VALUE)],
)
def test_an_event_without_its_correlation_is_held_back(
    name: str, ticket: object, reason: QuarantineReason
) -> None:
    outcomes = counted_outcomes([event(name, 0, ticket)], rule_at=lambda _: RULE)

    assert outcomes.counted == ()
    assert [(it.event_name, it.reason) for it in outcomes.uncorrelated] == [(name, reason)]


def test_no_success_counts_where_no_rule_is_in_force() -> None:
    events = [event("resolved", 0), event("resolved", 50, "T2"), event("reopened", 80)]

    outcomes = counted_outcomes(events, rule_at=lambda time: RULE if time < at(10) else None)

    assert [_hours(it) for it in outcomes.counted] == [("T1", 0, 72, 80)]


def test_an_outcome_keeps_the_rule_of_its_success() -> None:
    shorter = OutcomeRule("closed", ("reopened", "complaint"), "ticket_id", 24)
    events = [
        event("resolved", 0),
        event("closed", 101, "T2"),
        event("complaint", 110),  # no reversal when T1 was resolved
        event("complaint", 120, "T2"),
        event("resolved", 121, "T3"),  # no success any more
    ]

    outcomes = counted_outcomes(
        events, rule_at=lambda time: RULE if time < at(100) else shorter
    ).counted

    assert [_hours(it) for it in outcomes] == [("T1", 0, 72, None)]


def test_a_reversal_that_names_its_ticket_in_one_of_two_ways_is_enough() -> None:
    by_case = OutcomeRule("resolved", ("reopened",), "case_id", 24)
    reopened = MeteredEvent(at(100), "late", {"case_id": "C1"})
    resolved = MeteredEvent(at(50), "case", {"case_id": "C1"})
    events = [event("resolved", 0), ("resolved", resolved), ("reopened", reopened)]

    outcomes = counted_outcomes(events, rule_at=lambda time: RULE if time < at(10) else by_case)

    assert [_hours(it) for it in outcomes.counted] == [("T1", 0, 72, None), ("C1", 50, 74, 100)]
    assert outcomes.uncorrelated == ()


@pytest.mark.parametrize(
    "rule,problem",
    [
        (("", (), "t", 1), "success_event: must not be empty"),
        (("s", (), " ", 1), "correlation_property: must not be empty"),
        (("s", ("r", " "), "t", 1), "reversal_event[1]: must not be empty"),
        (("s", ("r", "r"), "t", 1), "reversal_event[1]: 'r' stands twice"),
        (("s", ("s",), "t", 1), "reversal_event: is the success event too"),
        (("s", (), "t", -1), "window_hours: must not be negative"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(rule: Any, problem: str) -> None:
    with pytest.raises(InvalidTerms) as caught:
        OutcomeRule(*rule)

    assert str(caught.value) == problem


HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.sampled_from(["resolved", "resolved", "reopened", "rejected", "viewed"]),
        st.sampled_from(["T1", "T2"]),
    ),
    max_size=14,
)


def in_order(history: list[tuple[int, str, str]]) -> list[Named]:
    events = [
        event(name, hours, ticket, key=f"{number:03}")
        for number, (hours, name, ticket) in enumerate(history)
    ]
    return sorted(events, key=lambda named: (named[1].occurred_at, named[1].key))


def plainly(history: list[tuple[int, bool]]) -> list[tuple[int, int | None]]:
    """Return (success, reversal) of one ticket's (hours, is success), by looking ahead."""
    successes = [place for place, (_, success) in enumerate(history) if success]
    if not successes:
        return []
    first, rest = history[successes[0]][0], history[successes[0] + 1 :]
    ends = [place for place, (hours, good) in enumerate(rest) if not good or hours >= first + 72]
    if not ends:
        return [(first, None)]
    hours, good = rest[ends[0]]
    if good:
        return [(first, None), *plainly(rest[ends[0] :])]
    outcome = [(first, hours)] if hours >= first + 72 else []
    return [*outcome, *plainly(rest[ends[0] + 1 :])]


@given(HISTORIES)
def test_outcomes_are_those_of_each_tickets_own_history(
    history: list[tuple[int, str, str]],
) -> None:
    events = in_order(history)
    expected = []
    for ticket in ("T1", "T2"):
        own = [
            ((it.occurred_at - START) // timedelta(hours=1), name == "resolved")
            for name, it in events
            if it.properties["ticket_id"] == ticket and name != "viewed"
        ]
        expected += [(ticket, first, first + 72, back) for first, back in plainly(own)]

    assert sorted(counted(*events), key=str) == sorted(expected, key=str)


@given(HISTORIES, st.integers(0, 500))
def test_what_counts_by_a_time_is_known_at_that_time(
    history: list[tuple[int, str, str]], now: int
) -> None:
    events = in_order(history)
    known = [named for named in events if named[1].occurred_at < at(now)]

    def before(found: list[tuple[str, int, int, int | None]]) -> list[tuple[str, int, int]]:
        return [(value, first, close) for value, first, close, _ in found if close <= now]

    assert before(counted(*known)) == before(counted(*events))
