"""What closing a backfill would do to open invoices, and undoing it while that may be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from invoicing.operations.money_of_change import ChangeEffect, CustomerInHand, money_of_change
from invoicing.queries.backfill_invoiced import is_invoiced
from usage.models import Backfill
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.backfills.undo_backfill import start_undoing
from usage.operations.backfills.undoing_apart import wait_for_issuing
from usage.queries.backfills import customers_of_backfill, existing_events

MOST_PRICED = 10_000
LONGEST_STATEMENT = "20s"
_TOO_MANY = f"More than {MOST_PRICED:,} events are not priced ahead."


class AlreadyInvoiced(RuntimeError):
    """An event of the backfill is in an issued invoice; it can be voided, not undone."""


@dataclass(frozen=True, slots=True)
class BackfillEffect:
    """What closing would come to; `money` is None where `why_not` says why it cannot be told."""

    closed: Backfill | None
    money: ChangeEffect | None
    why_not: str = ""


def effect_of_backfill(*, backfill: Backfill, now: datetime) -> BackfillEffect:
    """
    Return the backfill as it would be once closed, with its counts, and the money.

    It is closed, priced and taken back; not where it stages more than `MOST_PRICED` events,
    or would void as many, nor where a statement takes longer than `LONGEST_STATEMENT`.
    """
    if _is_too_large(backfill, now=now):
        return BackfillEffect(None, None, _TOO_MANY)
    try:
        with transaction.atomic():
            _stop_long_statements()
            effect = _effect(backfill, now=now)
            transaction.set_rollback(True)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return BackfillEffect(None, None, "It takes too long to be priced ahead.")
    return effect


def _is_too_large(backfill: Backfill, *, now: datetime) -> bool:
    if backfill.staged > MOST_PRICED:
        return True
    if not backfill.replaces_existing:
        return False
    limit = MOST_PRICED + 1
    found = existing_events(backfill=backfill, received_by=now, after=None, limit=limit)
    return len(found) > MOST_PRICED


def _stop_long_statements() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [LONGEST_STATEMENT])


def _effect(backfill: Backfill, *, now: datetime) -> BackfillEffect:
    closed: list[Backfill] = []

    def close() -> Collection[int]:
        start_closing(backfill_id=backfill.pk, now=now)
        while close_next(backfill_id=backfill.pk, now=now):
            pass
        closed[:] = [Backfill.objects.get(pk=backfill.pk)]
        return customers_of_backfill(backfill=closed[0])

    try:
        money = money_of_change(change=close, now=now)
    except CustomerInHand as busy:
        return BackfillEffect(closed[0] if closed else None, None, str(busy))
    return BackfillEffect(closed[0], money)


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
