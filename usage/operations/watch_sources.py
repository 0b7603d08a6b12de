"""Raising alarms on sources that are not as usual, and ending those that are over."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.documents.addresses import staff_address
from accounts.documents.message import rendered_message
from accounts.documents.usable_brand import UnusableBrand
from accounts.models import MessageKind, User
from accounts.operations.queue_message import queue_message
from accounts.queries.partner_brand import partner_brand
from usage.documents.alarm_words import alarm_words
from usage.models import AlarmKind, UsageAlarm
from usage.queries.unusual_sources import alarms_over, growing_quarantines, silent_sources

RIGHT = "change_quarantinedevent"
"""Told are staff who may do something about it."""

log = structlog.get_logger()


def watch_sources(*, now: datetime) -> list[UsageAlarm]:
    """
    Open an alarm for what is not as usual, close those that are over; return the new ones.

    One is open for each source, kind and reason, and staff are told once, with its row: whoever
    looks at the same time, or again, changes nothing.
    """
    open_alarms = list(UsageAlarm.objects.filter(closed_at=None))
    over = [alarm.pk for alarm in alarms_over(alarms=open_alarms, now=now)]
    UsageAlarm.objects.filter(pk__in=over, closed_at=None).update(closed_at=now)
    return [alarm for alarm in map(_opened, _unusual(now)) if alarm is not None]


def _unusual(now: datetime) -> Iterable[UsageAlarm]:
    for grown in growing_quarantines(now=now):
        yield UsageAlarm(
            source_id=grown.source_id, kind=AlarmKind.QUARANTINE_GROWS, reason=grown.reason,
            found=grown.found, usual=grown.usual, since=grown.since,
            opened_at=now,
        )  # fmt: skip
    for silent in silent_sources(now=now):
        yield UsageAlarm(
            source_id=silent.source_id, kind=AlarmKind.SOURCE_SILENT,
            found=(now - silent.since) // timedelta(minutes=1),
            usual=silent.longest_quiet // timedelta(minutes=1), since=silent.since, opened_at=now,
        )  # fmt: skip


@transaction.atomic
def _opened(noticed: UsageAlarm) -> UsageAlarm | None:
    """Return the alarm, stored, with its messages; None where one is open for it already."""
    told = ("found", "usual", "since", "opened_at")
    alarm, is_new = UsageAlarm.objects.select_related("source__partner").get_or_create(
        source_id=noticed.source_id,
        kind=noticed.kind,
        reason=noticed.reason,
        closed_at=None,
        defaults={name: getattr(noticed, name) for name in told},
    )
    if not is_new:
        return None
    try:
        _tell_staff(alarm)
    except UnusableBrand as error:
        # The alarm stands on the desk all the same.
        log.warning("alarm_not_mailed", alarm=alarm.public_id, reason=str(error))
    return alarm


def _tell_staff(alarm: UsageAlarm) -> None:
    words, brand = alarm_words(alarm), partner_brand(partner=alarm.source.partner)
    if brand._state.adding:  # E-mails go out under a brand, and there is none yet.
        return
    page = reverse("admin:usage_usagealarm_change", args=[alarm.pk])
    message = rendered_message(
        template=MessageKind.USAGE_ALARM,
        brand=brand,
        context={
            "title": words.title,
            "detail": words.detail,
            "advice": words.advice,
            "link": staff_address(path=page),
        },
    )
    for email in _who_may_help():
        queue_message(
            kind=MessageKind.USAGE_ALARM,
            key=f"usage_alarm:{alarm.public_id}:{email}"[:200],
            partner=alarm.source.partner,
            brand=brand,
            to=email,
            subject=message.subject,
            text=message.text,
            html=message.html,
            now=alarm.opened_at,
        )


def _who_may_help() -> list[str]:
    right = {"content_type__app_label": "usage", "codename": RIGHT}
    of_person = {f"user_permissions__{name}": value for name, value in right.items()}
    of_group = {f"groups__permissions__{name}": value for name, value in right.items()}
    people = User.objects.filter(
        Q(is_superuser=True) | Q(**of_person) | Q(**of_group), is_staff=True, is_active=True
    )
    return list(people.order_by("email").values_list("email", flat=True).distinct())
