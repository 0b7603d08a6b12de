"""What a change of subjects would move, and what that does to open invoices."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Customer
from invoicing.operations.money_of_change import ChangeEffect, CustomerInHand, money_of_change
from usage.models.subject_move import MOST_COUNTED
from usage.operations.move_subject import NamedSpan, merged_spans
from usage.operations.move_usage import move_usage
from usage.queries.subject_usage import displacements

Save = Callable[[], Sequence[NamedSpan]]
"""Saves subjects and returns where their holders may have changed."""

MOST_PRICED = 2_000
"""Events of one subject that the preview of the money moves."""


@dataclass(frozen=True, slots=True)
class UsageMove:
    """How many events would go from one customer to another; None is the quarantine."""

    from_customer: Customer | None
    to_customer: Customer | None
    events: int


@dataclass(frozen=True, slots=True)
class SubjectsEffect:
    """
    The events that would move, and the money; None where nothing moves or it cannot be told.

    `busy` says why it cannot; of more than `MOST_PRICED` events the first ones are priced.
    Counting stops at the first one beyond `MOST_COUNTED`, whatever else would move.
    """

    moves: tuple[UsageMove, ...]
    money: ChangeEffect | None
    busy: str = ""

    @property
    def events(self) -> int:
        """Return how many events would move."""
        return sum(move.events for move in self.moves)

    @property
    def has_more(self) -> bool:
        """Return whether counting stopped before the last one."""
        return self.events > MOST_COUNTED


def effect_of_subjects(*, save: Save, now: datetime) -> SubjectsEffect:
    """Return what would move if the subjects were saved; nothing of it is kept."""
    with transaction.atomic():
        moves = _moves(save(), now=now)
        transaction.set_rollback(True)
    if not moves:
        return SubjectsEffect((), None)

    def save_and_move() -> Collection[int]:
        return _touched(save(), now=now)

    try:
        return SubjectsEffect(moves, money_of_change(change=save_and_move, now=now))
    except CustomerInHand as busy:
        return SubjectsEffect(moves, None, str(busy))


def _moves(spans: Sequence[NamedSpan], *, now: datetime) -> tuple[UsageMove, ...]:
    counted: Counter[tuple[int | None, int | None]] = Counter()
    for identifier, span in merged_spans(spans):
        if counted.total() > MOST_COUNTED:
            break
        rest = MOST_COUNTED - counted.total()
        for found in displacements(identifier=identifier, span=span, now=now, most=rest):
            counted[found.from_customer_id, found.to_customer_id] += found.events
    customers = Customer.objects.in_bulk({pk for pair in counted for pk in pair if pk})
    return tuple(
        UsageMove(customers.get(before or 0), customers.get(after or 0), events)
        for (before, after), events in counted.items()
    )


def _touched(spans: Sequence[NamedSpan], *, now: datetime) -> set[int]:
    customer_ids: set[int] = set()
    for identifier, span in merged_spans(spans):
        customer_ids |= move_usage(identifier=identifier, span=span, now=now, most=MOST_PRICED)
    return customer_ids
