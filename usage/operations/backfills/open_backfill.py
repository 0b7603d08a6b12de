"""Opening a backfill, and throwing one away."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import ApiKey, Customer, User
from usage.models import Backfill, BackfillState, Source
from usage.operations.discard_event import given_reason
from values.period import Period


class AnotherIsOpen(RuntimeError):
    """Another backfill of the source is open for a part of that time and filter."""


class NotInThatState(RuntimeError):
    """The backfill's state does not allow this."""


def open_backfill(
    *,
    source: Source,
    customer: Customer | None,
    span: Period,
    event_name: str,
    replaces_existing: bool,
    reason: str,
    now: datetime,
    opened_by: User | None = None,
    opened_with: ApiKey | None = None,
) -> Backfill:
    """
    Open a backfill of this time, of one customer and event name or (None, empty) of all.

    :raises AnotherIsOpen:
    :raises ReasonNeeded:
    """
    reason = given_reason(reason)
    try:
        with transaction.atomic():
            return Backfill.objects.create(
                source=source,
                customer=customer,
                starts_at=span.start,
                ends_at=span.end,
                event_name=event_name,
                replaces_existing=replaces_existing,
                reason=reason,
                opened_at=now,
                changed_at=now,
                opened_by=opened_by,
                opened_with=opened_with,
            )
    except IntegrityError as error:
        raise AnotherIsOpen(
            "Another backfill of this source is open for a part of that time and filter."
        ) from error


@transaction.atomic
def discard_backfill(*, backfill_id: int, now: datetime) -> Backfill:
    """
    Throw an open backfill away with what is staged; discarded before, it stays so.

    :raises NotInThatState: it is closed, or about to be.
    """
    backfill = locked(backfill_id)
    if backfill.state == BackfillState.DISCARDED:
        return backfill
    expect(backfill, BackfillState.OPEN)
    backfill.events.all().delete()
    return changed(backfill, BackfillState.DISCARDED, now=now)


def locked(backfill_id: int) -> Backfill:
    """Return the backfill, its row held until the transaction ends."""
    return (
        Backfill.objects.select_for_update(of=("self",))
        .select_related("source__partner")
        .get(pk=backfill_id)
    )


def expect(backfill: Backfill, *states: BackfillState) -> None:
    """:raises NotInThatState: the backfill is in none of these."""
    if backfill.state not in states:
        raise NotInThatState(f"The backfill is {backfill.get_state_display()}.")


def changed(backfill: Backfill, state: BackfillState, *, now: datetime) -> Backfill:
    """Save the backfill in its new state, at the beginning of whatever is walked in it."""
    backfill.state, backfill.changed_at = state, now
    backfill.last_at = backfill.last_key = None
    backfill.save()
    return backfill
