"""Meters of a file into the database."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from catalog.models import RateEntry
from catalog.queries.meters_in_use import prices_of_meters
from plan_file.changes import Difference
from plan_file.operations.application import Application, by_code, compared
from usage.metering import meter as terms
from usage.metering.credit_units import counts_otherwise
from usage.metering.meter_format import PARTS
from usage.models import DimensionSet, Meter
from values.problems import Path

_HAS_COUNTED = "the meter has counted events; make a new one"
_FIXED = (
    *("event_name", "aggregation", "property", "group_keys"),
    *("filters", "event_rounding", "action_property"),
)
_FIXED_BY_PRICES = ("unit", "quantity_rounding", "unit_conversion")
_COLUMNS = (
    *("display_name", "event_name", "aggregation", "property", "group_keys", "unit", "calls"),
    *PARTS,
)


def apply_meters(application: Application) -> dict[str, Meter]:
    """
    Return the rows of the file's meters by code, made or brought in line.

    What a meter counts is fixed once it counted an event, and what its quantity becomes before
    it is priced once a published price charges by it. One whose events are calls stays so,
    whether or not the file has a call price of it. A meter that the file makes takes
    corrections, as every meter of a file does; one that was there before keeps its own way.
    """
    document = application.document
    known = Meter.objects.filter(
        legal_entity=application.legal_entity,
        code__in=[meter.code for meter in document.meters],
    )
    has_counted = Exists(DimensionSet.objects.filter(meter=OuterRef("pk")))
    counted = set(known.filter(has_counted).values_list("pk", flat=True))
    rows = {row.code: row for row in known}
    prices = prices_of_meters(meters=rows.values())
    stored = by_code(
        application.written("meters", meters=tuple(row.terms() for row in rows.values()))
    )
    stated = by_code(application.written("meters", meters=document.meters))
    new: list[Meter] = []
    changed: list[Meter] = []
    for index, meter in enumerate(document.meters):
        path: Path = ("meters", index)
        row = rows.get(meter.code)
        if row is None:
            row = Meter(
                legal_entity=application.legal_entity,
                code=meter.code,
                allows_negative=meter.allows_negative,
            )
            _fill(row, meter)
            # One that does not fit has a row as well: what names it is judged all the same.
            application.fits(row, path)
            new.append(row)
            application.tell("meter", meter.code, is_new=True)
            continue
        found = compared(stored[meter.code], stated[meter.code])
        becomes_calls = meter.calls and not row.calls
        if row.pk in counted:
            _refuse(application, path, found, fixed=_FIXED, why=_HAS_COUNTED)
            _refuse_counting_otherwise(application, path, row, meter)
        if row.pk in prices:
            _refuse(application, path, found, fixed=_FIXED_BY_PRICES, why=_in_use(prices[row.pk]))
        _refuse_matched(application, path, row, meter)
        if found or becomes_calls:
            _fill(row, meter)
            if application.fits(row, path):
                changed.append(row)
        application.tell("meter", meter.code, found)
    if not application.problems:
        Meter.objects.bulk_create(new)
        Meter.objects.bulk_update(changed, _COLUMNS)
    return rows | {row.code: row for row in new}


def _in_use(price: str) -> str:
    return f"the published price '{price}' charges by this meter; make a new one"


def _refuse(
    application: Application,
    path: Path,
    found: tuple[Difference, ...],
    *,
    fixed: Collection[str],
    why: str,
) -> None:
    for difference in found:
        if difference.path[0] in fixed:
            application.refuse(
                (*path, *difference.path),
                f"cannot change from {difference.old or 'none'} to {difference.new or 'none'}: "
                f"{why}",
            )


def _refuse_counting_otherwise(
    application: Application, path: Path, row: Meter, meter: terms.Meter
) -> None:
    if meter.calls and not row.calls:
        application.refuse(path, f"cannot count calls now: {_HAS_COUNTED}")
    if counts_otherwise(row.terms().credit_units, meter.credit_units, until=application.now):
        application.refuse(
            (*path, "credit_units"),
            "cannot change what was counted by: add a version that is yet to begin",
        )


def _refuse_matched(application: Application, path: Path, row: Meter, meter: terms.Meter) -> None:
    """Name a published rate that looks at a group key which the file takes away."""
    removed = [key for key in row.group_keys if key not in meter.group_keys]
    if not removed:
        return
    entry = (
        RateEntry.objects.filter(version__rate_card__meter=row, match__has_any_keys=removed)
        .exclude(version__published_at=None)
        .select_related("version__rate_card")
        .first()
    )
    if entry is not None:
        card = entry.version.rate_card.code
        application.refuse(
            (*path, "group_keys"),
            f"cannot lose {', '.join(removed)}: rates of '{card}' are by it; make a new meter",
        )


def _fill(row: Meter, meter: terms.Meter) -> None:
    row.display_name = meter.display_name
    row.event_name = meter.event_name
    row.aggregation = meter.aggregation.value
    row.property = meter.property or ""
    row.group_keys = list(meter.group_keys)
    row.unit = meter.unit or ""
    row.calls = row.calls or meter.calls
    row.take_parts(meter)
