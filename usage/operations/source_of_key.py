"""The space of idempotency keys in which an API key's events are unique."""

from accounts.models import ApiKey
from accounts.prepared import run_prepared
from accounts.queries.written_rows import WrittenRows
from usage.models import Source

_SOURCES = WrittenRows(Source, alias="s")
_FOUND = "SELECT {columns} FROM usage_source AS s WHERE s.partner_id = %s AND s.mode = %s"


def source_of_key(*, key: ApiKey) -> Source:
    """Return the source of the key's partner and mode, made with the first event."""
    statement = _FOUND.format(columns=_SOURCES.columns)
    row = run_prepared(statement, [key.partner_id, key.mode]).fetchone()
    if row is not None:
        return _SOURCES.instance(row)
    source, _ = Source.objects.get_or_create(partner_id=key.partner_id, mode=key.mode)
    return source
