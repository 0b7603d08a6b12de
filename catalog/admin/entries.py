"""Entries that are not edited: of published versions, and where they are too many for a form."""

from typing import Any

from django.db.models import QuerySet

from accounts.admin.pages.tables import Table, number, text
from accounts.admin.pages.words import rate_words
from invoicing.rating.match_format import match_text, parse_match

MOST_EDITED = 100
MOST_SHOWN = 500


def entries_table(entries: QuerySet[Any]) -> Table:
    """Return the entries in their order, at most 500 of them."""
    rows = [
        (
            text(match_text(parse_match(entry.match))),
            number(rate_words(entry.rate)),
            number(str(entry.priority)),
        )
        for entry in entries[:MOST_SHOWN]
    ]
    note = ""
    if len(rows) > MOST_EDITED:
        note = f"More than {MOST_EDITED} entries are changed by plan file; {len(rows)} are shown."
    return Table("Entries", ("Match", "Rate", "Priority"), rows, note=note)
