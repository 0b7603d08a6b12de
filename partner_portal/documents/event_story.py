"""How an event of the partner came and what touched it, in words for its people."""

from collections.abc import Iterator

from partner_portal.documents.times import exact_instant
from usage.models import StagedEvent
from usage.queries.event_story import EventStory, NamedBy

_BECAME = {
    "accepted": "brought it",
    "replaced": "brought it in place of another one",
    "duplicate": "sent it again, without a difference",
    "conflict": "sent it again with another body",
    "quarantined": "brought it; it waited",
}


def story_facts(story: EventStory) -> Iterator[tuple[str, str]]:
    """Yield (words, value) of what is known of a stored event beside itself and its meters."""
    yield "Found its customer by", _attributed(story)
    if story.channels:
        ways = " and ".join(str(channel.label) for channel in story.channels)
        names = "".join(f", {file.name}" for file in story.files)
        others = f"with {story.items - 1:,} more at once" if story.items > 1 else "by itself"
        yield "Came by", f"{ways}{names}, {others}"
    if story.waited is not None and story.waited.resolved_at is not None:
        since, until = map(exact_instant, (story.waited.received_at, story.waited.resolved_at))
        reason = story.waited.get_reason_display()
        yield "Was in quarantine", f"from {since} to {until} UTC: {reason}"
    for staged in story.staged:
        yield "Backfill", f"{staged.backfill.public_id} {_became(staged)}"
    for backfill in story.voided_by:
        yield "Backfill", f"{backfill.public_id} made it void"


def _attributed(story: EventStory) -> str:
    if story.subject is not None and story.named_by is NamedBy.SUBJECT:
        kind = story.subject.get_kind_display().lower()
        return f"the {kind} {story.subject.identifier}, which it held then"
    named = f" “{story.reference}”" if story.reference else ""
    return f"{story.named_by.value}{named}"


def _became(staged: StagedEvent) -> str:
    return _BECAME.get(staged.outcome, f"met it ({staged.outcome})")
