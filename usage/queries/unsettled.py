"""Changes of a customer's usage that are under way: a part of its events is dealt with, not all."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q

from accounts.history import rows_ever
from accounts.models import Customer, KeyMode, Subject
from usage.models import Backfill, BackfillState, EventVoid, Source, SubjectMove
from usage.queries.backfills import TOUCHED

# The history has a row for whoever ever held it.
_History = rows_ever(Subject)


def unsettled_by(*, customer: Customer, before: datetime) -> Backfill | SubjectMove | None:
    """
    Return what changes usage of the customer and is not done, the oldest one, None if nothing does.

    A backfill that is being undone, or closed where it replaces what there is; or a move, of
    events before this time, of a subject that the customer holds or ever held. What only adds
    events leaves no usage half changed. Two queries where nothing is under way, else up to five.
    """
    return _backfill_of(customer) or _move_of(customer, before)


def unsettled_words(change: Backfill | SubjectMove) -> str:
    """Return what is under way, as staff read it, without a full stop."""
    if isinstance(change, SubjectMove):
        return f"usage of {change.identifier} is being moved to who holds it ({change.public_id})"
    if change.state == BackfillState.UNDOING:
        return f"backfill {change.public_id} of the customer's usage is being undone"
    return f"backfill {change.public_id}, which replaces usage of the customer, is being closed"


def _backfill_of(customer: Customer) -> Backfill | None:
    at_work = list(
        Backfill.objects.filter(state__in=[BackfillState.CLOSING, BackfillState.UNDOING])
        .exclude(state=BackfillState.CLOSING, replaces_existing=False)
        .order_by("pk")
    )
    closing = [each for each in at_work if each.state == BackfillState.CLOSING]
    undoing = [each for each in at_work if each.state == BackfillState.UNDOING]
    return _closed_for(customer, closing) or _undone_for(customer, undoing)


def _closed_for(customer: Customer, closing: Sequence[Backfill]) -> Backfill | None:
    if not closing:
        return None
    mode = KeyMode.TEST if customer.is_sandbox else KeyMode.LIVE
    sources = Source.objects.filter(mode=mode, partner__customers=customer)
    source_ids = set(sources.values_list("pk", flat=True))
    for backfill in closing:
        is_of_all = backfill.customer_id is None and backfill.source_id in source_ids
        if is_of_all or backfill.customer_id == customer.pk:
            return backfill
    # Of one whom the source may not name any more, or under whose key it says another's event.
    reasons = {backfill.void_reason: backfill for backfill in closing}
    voids = EventVoid.objects.filter(customer_id=customer.pk, reason__in=reasons)
    found = list(voids.order_by().values_list("reason", flat=True)[:1])
    return reasons[found[0]] if found else None


def _undone_for(customer: Customer, undoing: Sequence[Backfill]) -> Backfill | None:
    if not undoing:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(backfill_id) FROM ({TOUCHED}) AS touched WHERE customer_id = %(customer)s",
            {"backfills": [backfill.pk for backfill in undoing], "customer": customer.pk},
        )
        (found,) = cursor.fetchone()
    return next((backfill for backfill in undoing if backfill.pk == found), None)


def _move_of(customer: Customer, before: datetime) -> SubjectMove | None:
    held = Subject.objects.filter(customer=customer).values("identifier")
    once = _History.objects.filter(customer=customer).values("identifier")
    moves = SubjectMove.objects.filter(
        Q(identifier__in=held) | Q(identifier__in=once), finished_at=None, starts_at__lt=before
    )
    return moves.order_by("pk").first()
