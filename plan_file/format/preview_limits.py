"""How much a preview takes: what one request may keep a worker busy with."""

from collections import Counter
from collections.abc import Iterator

from values.fields import Place

_WITH_OWN_LIMIT = ("usage", "events")
MOST_ITEMS = {
    **dict.fromkeys(("tiers", "bands", "steps", "bundles"), 1_000),
    **dict.fromkeys(("meters", "prices", "rate_cards", "versions", "grants"), 200),
    **dict.fromkeys(("entries", "rates"), 2_000),
}
"""Of all lists of a request together, by the key that they stand under."""


def refuse_long_lists(place: Place) -> bool:
    """Name the list of each key with which the request has too many, if there is one."""
    items: Counter[str] = Counter()
    is_refused = False
    for key, each in _lists(place):
        before = items[key]
        items[key] += len(each.items())
        if before <= MOST_ITEMS[key] < items[key]:
            each.problem(f"{MOST_ITEMS[key]:,} {key} are taken in a preview at most, all together")
            is_refused = True
    return is_refused


def _lists(place: Place) -> Iterator[tuple[str, Place]]:
    """Yield the lists below a place that have a limit here, with their keys."""
    if isinstance(place.value, list):
        for item in place.items():
            yield from _lists(item)
    elif isinstance(place.value, dict):
        for key, item in place.entries():
            if key in MOST_ITEMS and isinstance(item.value, list):
                yield key, item
            if place.path or key not in _WITH_OWN_LIMIT:
                yield from _lists(item)
