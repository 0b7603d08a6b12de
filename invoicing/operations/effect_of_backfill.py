"""What closing a backfill would do to open invoices, and undoing it while that may be."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from invoicing.operations.brief_hold import BriefHold, HeldTooLong
from invoicing.operations.money_of_change import ChangeEffect, CustomerInHand, money_of_change
from invoicing.queries.backfill_invoiced import is_invoiced
from usage.models import Backfill
from usage.operations.backfills.close_backfill import foresee_closing
from usage.operations.backfills.undo_backfill import start_undoing
from usage.operations.issuing_apart import wait_for_issuing
from usage.queries.backfills import customers_of_backfill, existing_events

MOST_PRICED = 10_000


class AlreadyInvoiced(RuntimeError):
    """An event of the backfill is in an issued invoice; it can be voided, not undone."""


@dataclass(frozen=True, slots=True)
class BackfillEffect:
    """What closing would come to; `money` is None where `why_not` says why it cannot be told."""

    closed: Backfill | None
    money: ChangeEffect | None
    why_not: str = ""


def effect_of_backfill(
    *, backfill: Backfill, now: datetime, clock: Callable[[], float]
) -> BackfillEffect:
    """
    Return the backfill as it would be once closed, with its counts, and the money.

    It is closed, priced and taken back, twice; not where it stages more than `MOST_PRICED` events
    or as many are there in its time, nor where either takes longer by the clock (in seconds) than
    others should wait for what it holds. Then `why_not` says how many these are.
    """
    there = _already_there(backfill, now=now)
    if max(backfill.staged, there) > MOST_PRICED:
        why_not = f"More than {MOST_PRICED:,} events are not priced ahead; "
        return BackfillEffect(None, None, why_not + _counts(backfill, there))
    hold = BriefHold(clock=clock)
    closed: list[Backfill] = []

    def close() -> Collection[int]:
        hold.begin()
        closed[:] = [foresee_closing(backfill_id=backfill.pk, now=now)]
        return customers_of_backfill(backfill=closed[0])

    try:
        with transaction.atomic(), hold.kept():
            money = money_of_change(change=close, now=now)
            transaction.set_rollback(True)
    except CustomerInHand as busy:
        return BackfillEffect(closed[0] if closed else None, None, str(busy))
    except HeldTooLong:
        why_not = "It is too large to be priced ahead without holding up others; "
        return BackfillEffect(
            closed[0] if closed else None, None, why_not + _counts(backfill, there)
        )
    return BackfillEffect(closed[0], money)


def _already_there(backfill: Backfill, *, now: datetime) -> int:
    """Return how many events it would replace or make void, or leave: at most one too many."""
    if not backfill.replaces_existing:
        return 0
    limit = MOST_PRICED + 1
    return len(existing_events(backfill=backfill, received_by=now, after=None, limit=limit))


def _counts(backfill: Backfill, there: int) -> str:
    staged = f"events staged: {backfill.staged:,}"
    if not backfill.replaces_existing:
        return f"{staged}."
    many = f"more than {MOST_PRICED:,}" if there > MOST_PRICED else f"{there:,}"
    return f"{staged}, of its time there already: {many}."


@transaction.atomic
def undo_backfill(*, backfill_id: int, now: datetime) -> Backfill:
    """
    Begin to undo a closed backfill.

    Nobody issues an invoice between the look and the beginning; from then on those of the
    customers that it touches wait for its end.

    :raises AlreadyInvoiced:
    :raises NotInThatState: it is not closed.
    """
    backfill = Backfill.objects.select_for_update(of=("self",)).get(pk=backfill_id)
    wait_for_issuing()
    if is_invoiced(backfill=backfill):
        raise AlreadyInvoiced(
            "An issued invoice holds an event of this backfill: void events by themselves instead."
        )
    return start_undoing(backfill_id=backfill_id, now=now)
