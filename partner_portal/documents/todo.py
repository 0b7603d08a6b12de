"""What a partner's people should do next, the most pressing first."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from accounts.models import KeyMode
from invoicing.documents.formats import quantity
from partner_portal.documents.key_row import expires_soon, time_left
from partner_portal.queries.overview import Overview
from partner_portal.viewer import PartnerViewer
from portal.documents.todo import Todo
from usage.documents.alarm_words import alarm_words
from usage.models import AlarmKind


def todos(
    *,
    viewer: PartnerViewer,
    overview: Overview,
    mode: KeyMode,
    has_second_factor: bool,
    now: datetime,
) -> list[Todo]:
    """Return what this person of the partner should look at."""
    return [
        *_alarms(viewer, overview, mode),
        *_keys(viewer, overview, now),
        *_waiting(viewer, overview, mode),
        *_sign_in(viewer, has_second_factor),
    ]


def _keys(viewer: PartnerViewer, overview: Overview, now: datetime) -> Iterator[Todo]:
    replaced = {key.replaces_id for key in overview.keys}
    for key in overview.keys:
        if expires_soon(key, now=now) and key.pk not in replaced:
            words = f"The key “{key.name}” ({key}) ends in {time_left(key, now=now)}."
            if viewer.may_make_keys:
                link = reverse("partner:rotate_key", args=[viewer.partner.public_id, key.pk])
                yield Todo("waiting", words, link, "Replace it")
            else:
                link = reverse("partner:keys", args=[viewer.partner.public_id])
                yield Todo("waiting", words, f"{link}?mode={key.mode}", "See the keys")


def _alarms(viewer: PartnerViewer, overview: Overview, mode: KeyMode) -> Iterator[Todo]:
    for alarm in overview.alarms:
        words = alarm_words(alarm)
        grows = alarm.kind == AlarmKind.QUARANTINE_GROWS
        link = reverse(
            "partner:quarantine" if grows else "partner:sources", args=[viewer.partner.public_id]
        )
        yield Todo(
            "bad",
            f"{words.title}. {words.detail}",
            f"{link}?mode={mode}",
            "See why" if grows else "See what came",
        )


def _waiting(viewer: PartnerViewer, overview: Overview, mode: KeyMode) -> Iterator[Todo]:
    if overview.waiting:
        link = reverse("partner:quarantine", args=[viewer.partner.public_id])
        events = quantity(Decimal(overview.waiting), "event")
        wait = "waits" if overview.waiting == 1 else "wait"
        words = f"{events} {wait} in quarantine and cannot be billed yet."
        yield Todo("waiting", words, f"{link}?mode={mode}", "See why")


def _sign_in(viewer: PartnerViewer, has_second_factor: bool) -> Iterator[Todo]:
    if viewer.may_make_keys and not has_second_factor:
        yield Todo(
            "info",
            "You may make API keys: protect your sign-in with a second step.",
            reverse("mfa_index"),
            "Set it up",
        )
