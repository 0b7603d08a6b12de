"""Writing all rates of a draft at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from catalog.models import RateCard, RateCardVersion, RateEntry
from catalog.operations.publish_rate_card_version import AlreadyPublished
from invoicing.rating import entries as terms
from invoicing.rating.match import canonical


@dataclass(frozen=True, slots=True)
class EntryChanges:
    """How many entries were added, got another rate, and were taken away."""

    added: int
    changed: int
    removed: int

    def words(self) -> str:
        """Return ``2 added, 1 changed, 0 removed``."""
        return f"{self.added} added, {self.changed} changed, {self.removed} removed"


@transaction.atomic
def replace_entries(
    *, version: RateCardVersion, entries: Sequence[terms.RateEntry]
) -> EntryChanges:
    """
    Let exactly these entries stand in a draft.

    One of equal match and priority stays at its place, with its new rate; new ones come last.

    :raises AlreadyPublished:
    :raises InvalidTerms: two of them tie.
    """
    RateCard.objects.select_for_update().get(pk=version.rate_card_id)
    draft = RateCardVersion.objects.get(pk=version.pk)
    if draft.published_at is not None:
        raise AlreadyPublished("a published version does not change; add a new one")
    stored = {_key(row.terms()): row for row in draft.entries.all()}
    following = max((row.position for row in stored.values()), default=-1) + 1
    wanted = {_key(entry): entry for entry in entries}
    fresh = [
        RateEntry(
            version=draft, position=following + place, match=entry.as_json()["match"],
            rate=entry.rate, priority=entry.priority,
        )
        for place, entry in enumerate(entry for key, entry in wanted.items() if key not in stored)
    ]  # fmt: skip
    changed = [row for key, row in stored.items() if key in wanted and row.rate != wanted[key].rate]
    for row in changed:
        row.rate = wanted[_key(row.terms())].rate
    kept = [row for key, row in stored.items() if key in wanted]
    draft.terms([*kept, *fresh])
    gone = [row.pk for key, row in stored.items() if key not in wanted]
    draft.entries.filter(pk__in=gone).delete()
    RateEntry.objects.bulk_update(changed, ["rate"])
    RateEntry.objects.bulk_create(fresh)
    return EntryChanges(len(fresh), len(changed), len(gone))


def _key(entry: terms.RateEntry) -> tuple[object, int]:
    return canonical(entry.match), entry.priority
