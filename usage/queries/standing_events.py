"""What stands for an event by now: itself, or what was stored in its place."""

from collections.abc import Collection
from uuid import UUID

from usage.queries.corrections import corrections_of


def standing_for(*, keys: Collection[UUID]) -> dict[UUID, UUID]:
    """
    Return for each key the last event that was stored in its place, itself where none was.

    That one may be void, where nothing replaced it, or wait in quarantine.
    """
    standing = {key: key for key in keys}
    open_ends = set(keys)
    while open_ends:
        following = {
            key: said.replaced_by
            for key, said in corrections_of(keys=sorted(open_ends)).items()
            if said.replaced_by is not None
        }
        for key, end in standing.items():
            standing[key] = following.get(end, end)
        open_ends = set(following.values())
    return standing
