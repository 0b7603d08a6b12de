"""How an event came and what touched it, as rows of its page."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.admin.pages.tables import may_see
from accounts.admin.pages.words import instant_words, span_words
from usage.models import Event, StagedEvent
from usage.queries.corrections import Correction
from usage.queries.event_story import EventStory, NamedBy, event_story

Fact = tuple[str, str | SafeString]

_BECAME = {
    "accepted": "brought it",
    "replaced": "brought it in place of another one",
    "duplicate": "sent it again, without a difference",
    "conflict": "sent it again with another body",
    "quarantined": "brought it; it waited",
}


def story_facts(event: Event, correction: Correction, *, user: Any) -> list[Fact]:
    """Return what is known of an event beside itself, with links to what the person may see."""
    story = event_story(event=event, correction=correction)
    return [
        ("Attributed by", _attributed(story, user)),
        *_came(story, user),
        *_waited(story, user),
        *_backfilled(story, user),
        *_moved(story, user),
    ]


def _attributed(story: EventStory, user: Any) -> str | SafeString:
    if story.subject is None or story.named_by is not NamedBy.SUBJECT:
        named = f" “{story.reference}”" if story.reference else ""
        return f"{story.named_by.value}{named}"
    address = reverse("admin:accounts_subject_change", args=[story.subject.pk])
    return format_html(
        "{} {}, held {}",
        story.subject.get_kind_display().lower(),
        _link(story.subject.identifier, address, user, "accounts.subject"),
        span_words(story.subject.held_from, story.subject.held_to, "UTC"),
    )


def _came(story: EventStory, user: Any) -> Iterator[Fact]:
    if not story.channels:
        return
    ways = " and ".join(str(channel.label) for channel in story.channels)
    others = f", with {story.items - 1:,} more at once" if story.items > 1 else ", by itself"
    files = format_html_join(
        ", ",
        "{}",
        (
            (
                _link(
                    file.name,
                    reverse("admin:usage_usagefile_change", args=[file.pk]),
                    user,
                    "usage.usagefile",
                ),
            )
            for file in story.files
        ),
    )
    yield "Came by", format_html("{}{}{}{}", ways, ": " if files else "", files, others)
    yield "Sent again", "A repeat changes nothing; it is counted with its request, not by event."


def _waited(story: EventStory, user: Any) -> Iterator[Fact]:
    if story.waited is None:
        return
    page = reverse("admin:usage_quarantinedevent_change", args=[story.waited.pk])
    words = (
        f"from {instant_words(story.waited.received_at)} to "
        f"{instant_words(story.waited.resolved_at)}: {story.waited.get_reason_display()}"
    )
    yield "Was in quarantine", _link(words, page, user, "usage.quarantinedevent")


def _backfilled(story: EventStory, user: Any) -> Iterator[Fact]:
    for staged in story.staged:
        page = reverse("admin:usage_backfill_change", args=[staged.backfill_id])
        link = _link(staged.backfill.public_id, page, user, "usage.backfill")
        yield "Backfill", format_html("{} {}: {}", link, _became(staged), staged.backfill.reason)
    for backfill in story.voided_by:
        page = reverse("admin:usage_backfill_change", args=[backfill.pk])
        link = _link(backfill.public_id, page, user, "usage.backfill")
        yield "Backfill", format_html("{} made it void: {}", link, backfill.reason)


def _became(staged: StagedEvent) -> str:
    return _BECAME.get(staged.outcome, f"met it ({staged.outcome})")


def _moved(story: EventStory, user: Any) -> Iterator[Fact]:
    for move in story.moves:
        page = reverse("admin:usage_subjectmove_change", args=[move.pk])
        words = f"{move.identifier}, {instant_words(move.requested_at)}"
        yield "Move of its subject", _link(words, page, user, "usage.subjectmove")


def _link(words: str, address: str, user: Any, shows: str) -> str | SafeString:
    if not may_see(user, shows):
        return words
    return format_html('<a href="{}">{}</a>', address, words)
