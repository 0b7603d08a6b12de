"""The tables of a source's day: its numbers, the events behind one, the receipts behind one."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.admin.pages.tables import Cell, Table, may_see, number, text
from accounts.admin.pages.words import (
    day_words,
    instant_words,
    quoted,
    state_badge,
    utc_text,
)
from usage.models import EventState, SourceDay, UsageFile, UsageReceipt
from usage.operations.count_source_day import day_of_receipt
from usage.queries.day_events import ListedEvent
from usage.queries.day_receipts import Came

ACCEPTED = "accepted"
"""What was accepted as it came, whatever its state by now; beside the states, in addresses."""

NO_ROWS = (
    "What came again, in conflict or was refused has no row of its own: it is counted with the "
    "request or the part of a file that brought it. The rows of a file with their errors stand on "
    "the file's page."
)
_TONES = {
    EventState.RATED: "good",
    EventState.AWAITING: "waiting",
    EventState.QUARANTINED: "bad",
    EventState.UNPRICED: "bad",
}
_CAME = {
    Came.RECEIVED: "received by API and file",
    Came.CORRECTIONS: "stored by corrections and backfills",
    Came.DUPLICATES: "duplicates",
    Came.CONFLICTS: "conflicts",
    Came.REJECTED: "rejected",
}


def came_words(came: Came) -> str:
    """Return what a number of receipts is called."""
    return _CAME[came]


def came_table(day: SourceDay, *, corrected: int, user: Any) -> Table:
    """Return what came and what became of it; `corrected` of it nobody sent."""
    sees_events, sees_waiting = (
        may_see(user, f"usage.{model}") for model in ("event", "quarantinedevent")
    )
    rows = [
        _receipts_row(day, Came.RECEIVED, day.received - corrected),
        _receipts_row(day, Came.CORRECTIONS, corrected),
        _row("accepted", day.accepted, _events(day, ACCEPTED) if sees_events else ""),
        _row("quarantined", day.quarantined, _waiting(day) if sees_waiting else ""),
        *(
            _receipts_row(day, came, getattr(day, came.value))
            for came in (Came.DUPLICATES, Came.CONFLICTS, Came.REJECTED)
        ),
    ]
    return Table(
        "What came", ("Outcome", "Items"), rows,
        note=f"The first two are together what the others come to: {day.received:,}. Counted "
        "once an hour while the day goes on; “Count again” counts it now.",
    )  # fmt: skip


def states_table(day: SourceDay, *, user: Any) -> Table:
    """Return where the stored events stand."""
    sees = may_see(user, "usage.event")
    rows = [_state_row(day, state, is_linked=sees) for state in EventState]
    return Table("Where it stands now", ("State", "Events"), rows)


def events_table(day: SourceDay, events: Sequence[ListedEvent], *, user: Any) -> Table:
    """Return events with what names them."""
    sees_customers = may_see(user, "accounts.customer")
    rows = [
        (
            text(each.public_id, link=_page(each)),
            text(instant_words(each.occurred_at)),
            _customer(each, is_linked=sees_customers),
            text(each.event_name),
            text(format_html('<span class="as-sent">{}</span>', each.idempotency_key)),
        )
        for each in events
    ]
    return Table(
        f"{day.source}, received on {day_words(day.day)}",
        ("Event", "Happened", "Customer", "Name", "Idempotency key"),
        rows,
        empty="None.",
        stacks=True,
    )


def receipts_table(
    day: SourceDay,
    receipts: Sequence[UsageReceipt],
    files: Mapping[int, Sequence[UsageFile]],
    *,
    user: Any,
) -> Table:
    """Return receipts with their counts; those of files lead to the files."""
    sees_files = may_see(user, "usage.usagefile")
    rows = [
        (
            text(f"{each.received_at:%H:%M:%S}"),
            text(_way(each, files.get(each.pk, ()) if sees_files else ())),
            *(
                number(f"{count:,}")
                for count in (
                    each.received, each.accepted, each.quarantined, each.duplicates,
                    each.conflicts, each.rejected,
                )
            ),
        )
        for each in receipts
    ]  # fmt: skip
    return Table(
        f"{day.source}, received on {day_words(day.day)}: requests and parts of files",
        (
            "Time (UTC)", "By", "Items", "Accepted", "Quarantined", "Duplicates", "Conflicts",
            "Rejected",
        ),
        rows,
        empty="None.",
        note=NO_ROWS,
        stacks=True,
    )  # fmt: skip


def _row(name: str, count: int, address: str) -> tuple[Cell, Cell]:
    return text(name), number(f"{count:,}", link=address if count else "")


def _receipts_row(day: SourceDay, came: Came, count: int) -> tuple[Cell, Cell]:
    address = reverse("admin:usage_sourceday_receipts", args=[day.pk, came.value])
    return _row(_CAME[came], count, address)


def _state_row(day: SourceDay, state: EventState, *, is_linked: bool) -> tuple[Cell, Cell]:
    count = day.states.get(state.value, 0)
    # Those in files are not listed.
    is_listed = count and is_linked and state is not EventState.ARCHIVED
    badge = state_badge(state.label, _TONES.get(state, "plain"))
    address = _events(day, state.value) if is_listed else ""
    return text(badge), number(f"{count:,}", link=address)


def _events(day: SourceDay, state: str) -> str:
    return reverse("admin:usage_sourceday_events", args=[day.pk, state])


def _waiting(day: SourceDay) -> str:
    """Return the address of what went to quarantine as it came, whatever became of it since."""
    received_in = day_of_receipt(day.day)
    wanted = {
        "source__exact": day.source_id,
        "received_at__gte": utc_text(received_in.start),
        "received_at__lt": utc_text(received_in.end),
        "state": "all",
    }
    return f"{reverse('admin:usage_quarantinedevent_changelist')}?{urlencode(wanted)}"


def _customer(event: ListedEvent, *, is_linked: bool) -> Cell:
    if event.customer is None:
        return text(format_html('<span class="as-sent">{}</span>', quoted(event.reference)))
    page = reverse("admin:accounts_customer_change", args=[event.customer.pk])
    return text(event.customer, link=page if is_linked else "")


def _page(event: ListedEvent) -> str:
    if event.customer is None:
        return reverse("admin:usage_quarantinedevent_change", args=[event.key])
    return reverse("admin:usage_event_change", args=[quote(event.public_id)])


def _way(receipt: UsageReceipt, files: Sequence[UsageFile]) -> str | SafeString:
    words = str(receipt.get_channel_display())
    if not files:
        return words
    pages = ((reverse("admin:usage_usagefile_change", args=[file.pk]), file.name) for file in files)
    return format_html("{}: {}", words, format_html_join(", ", '<a href="{}">{}</a>', pages))
