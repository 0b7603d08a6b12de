"""What events in quarantine wait for, cause by cause, and what to do about each."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.pages.tables import Cell, Table, number, text
from accounts.admin.pages.words import NOTHING, instant_words, quoted
from usage.models import QuarantineReason, Source
from usage.queries.near_misses import near_misses
from usage.queries.quarantine_causes import MOST_CAUSES, Cause, naming_field, waiting_causes

MOST_HINTS = 20
"""Hints cost a query or two each; the causes of most events have them."""


def causes_table(request: HttpRequest, *, reason: QuarantineReason | None = None) -> Table:
    """Return the causes for which most events wait, of one kind or all, each with its remedy."""
    causes = waiting_causes(reason=reason)
    sources = Source.objects.select_related("partner").in_bulk({c.source_id for c in causes})
    may_replay = request.user.has_perm("usage.change_quarantinedevent")
    rows = [
        _row(cause, sources[cause.source_id], place=place, may_replay=may_replay)
        for place, cause in enumerate(causes)
    ]
    return Table(
        "What events wait for" if reason is None else f"Waiting: {reason.label}",
        ("Source", "Waits for", "Named", "Events", "First seen", "Last seen", "Remedy", "Replay"),
        rows,
        empty="Nothing waits here: every event found its customer and its meter."
        if reason is None
        else "Nothing waits for this.",
        stacks=True,
        note=f"The {MOST_CAUSES} with most events." if len(causes) == MOST_CAUSES else "",
    )


def _row(cause: Cause, source: Source, *, place: int, may_replay: bool) -> Sequence[Cell]:
    meant = near_misses(cause=cause, source=source) if place < MOST_HINTS else []
    remedy, address = _remedy(cause)
    hint = f"Did you mean {', '.join(map(quoted, meant))}?" if meant else ""
    return (
        text(source),
        text(cause.reason.label),
        text(
            format_html('<span class="as-sent">{}</span>', quoted(cause.named)),
            link=_events_address(cause),
        ),
        number(f"{cause.events:,}"),
        text(instant_words(cause.first_seen_at)),
        text(instant_words(cause.last_seen_at)),
        text(remedy, link=address, detail=hint),
        text("Replay\N{NO-BREAK SPACE}…", link=replay_address(cause))
        if may_replay
        else text(NOTHING),
    )


def _remedy(cause: Cause) -> tuple[str, str]:
    """Return what is missing and the address where it is made."""
    match cause.reason:
        case QuarantineReason.UNKNOWN_CUSTOMER:
            given = urlencode({"identifier": cause.named[:200]})
            return "Add the subject", f"{reverse('admin:accounts_subject_add')}?{given}"
        case QuarantineReason.UNKNOWN_EVENT_NAME:
            given = urlencode({"event_name": cause.named[:200]})
            return "Add a meter", f"{reverse('admin:usage_meter_add')}?{given}"
        case QuarantineReason.UNKNOWN_ACTION:
            return "Give the action credits", reverse("admin:usage_meter_changelist")
        case QuarantineReason.BAD_VALUE:
            return "Discard them; their sender sends them right, with new keys", ""


def _events_address(cause: Cause) -> str:
    # Not the search: it takes blanks away, and another source may name the same.
    wanted = {
        "source__exact": cause.source_id,
        "reason__exact": cause.reason.value,
        f"{naming_field(reason=cause.reason)}__exact": cause.named,
    }
    return f"{reverse('admin:usage_quarantinedevent_changelist')}?{urlencode(wanted)}"


def causes_address(reason: str = "") -> str:
    """Return the address of the page of causes, of one kind or all."""
    page = reverse("admin:usage_quarantinedevent_causes")
    return f"{page}?{urlencode({'reason': reason})}" if reason else page


def replay_address(cause: Cause) -> str:
    """Return the address of the page that says what a replay would add, and starts it."""
    asked = {"source": cause.source_id, "reason": cause.reason.value, "named": cause.named}
    return f"{reverse('admin:usage_replayjob_start')}?{urlencode(asked)}"
