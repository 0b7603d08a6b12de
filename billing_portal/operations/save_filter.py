"""Keeping a list of the admin, with its filters, under a name."""

from urllib.parse import parse_qsl, urlencode

from accounts.models import User
from billing_portal.models import SavedFilter

LONGEST_QUERY = 1000
# Where somebody stood in the list, and what Django says to itself.
_PASSING = frozenset({"p", "e", "all", "_popup", "_to_field", "_changelist_filters"})


class FilterRefused(ValueError):
    """There is nothing to keep under that name; the text says why."""


def save_filter(*, user: User, model: str, name: str, query: str, is_shared: bool) -> SavedFilter:
    """
    Return the filter of this person, list and name, with this query; an earlier one is replaced.

    `model` is such as ``invoicing.invoice``. The query is kept without its page.

    :raises FilterRefused:
    """
    words = name.replace("\x00", "").strip()
    if not words or len(words) > 80:
        raise FilterRefused("Give the filter a name of at most 80 characters.")
    kept = clean_query(query)
    if not kept:
        raise FilterRefused(
            "Filter, search or sort the list first; then there is something to keep."
        )
    saved, _ = SavedFilter.objects.update_or_create(
        user=user, model=model, name=words, defaults={"query": kept, "is_shared": is_shared}
    )
    return saved


def clean_query(query: str) -> str:
    """
    Return a query as addresses carry it, without pages and without what no column can hold.

    :raises FilterRefused: it is longer than can be kept.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise FilterRefused("These are too many filters to keep.") from error
    kept = urlencode([(k, v) for k, v in pairs if k not in _PASSING and "\x00" not in k + v])
    if len(kept) > LONGEST_QUERY:
        raise FilterRefused("These filters are too long to keep.")
    return kept
