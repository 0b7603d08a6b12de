"""Writing all rates of calls of a draft at once, 50,000 of them too."""

from collections.abc import Sequence

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from catalog.models import CallRate, Price, PriceVersion
from catalog.operations.publish_price_version import AlreadyPublished
from catalog.queries.call_rate_fit import refuse_call_rate_misfits
from catalog.queries.price_columns import call_rate_rows
from invoicing.rating.terms import call_rate as terms

_FIELDS = tuple(field for field in CallRate._meta.concrete_fields if field.name != "id")
_JSON = ("match", "steps")


@transaction.atomic
def replace_call_rates(*, version: PriceVersion, rates: Sequence[terms.CallRate]) -> None:
    """
    Let exactly these rows stand in a draft, in this order.

    :raises AlreadyPublished:
    :raises InvalidTerms: two rows tie, or one names an unknown band or holds too much; paths
        begin with ``rates``.
    """
    Price.objects.select_for_update().get(pk=version.price_id)
    draft = PriceVersion.objects.select_related("price__legal_entity").get(pk=version.pk)
    if draft.published_at is not None:
        raise AlreadyPublished("a published version does not change; add a new one")
    refuse_call_rate_misfits(rates)
    agreed = draft.with_call_rates(rates) if rates else None
    draft.call_rates.all().delete()
    if agreed is None:
        return
    columns = ", ".join(f'"{field.column}"' for field in _FIELDS)
    statement = f"COPY {CallRate._meta.db_table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in call_rate_rows(draft, agreed):
            copy.write_row(
                [
                    Jsonb(getattr(row, field.attname))
                    if field.name in _JSON
                    else getattr(row, field.attname)
                    for field in _FIELDS
                ]
            )
