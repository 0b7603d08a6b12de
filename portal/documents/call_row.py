"""A call behind a line, as its customer reads it and as a row of a spreadsheet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from invoicing.documents.formats import exact_price, minutes_and_seconds
from invoicing.queries.line_calls import CallOfLine
from invoicing.queries.stored_usage import properties
from portal.csv_answer import Cell
from portal.documents.event_row import value_words
from portal.documents.times import moment_with_seconds
from usage.models import event_public_id
from values.exact import EXACT

_FACTS = ("direction", "number_type", "line", "leg")


@dataclass(frozen=True, slots=True)
class CallRow:
    """The cells of a row; `facts` are further properties and what rating found."""

    event_id: str
    at: datetime
    when: str
    key: str
    parties: str
    lasted: str
    billed: str
    free: str
    bands: str
    charge: str
    facts: tuple[tuple[str, str], ...]
    sent: str


def call_row(call: CallOfLine, *, currency: str, zone: str) -> CallRow:
    """Return the row, its time in a zone."""
    rated, told = call.rated, properties(call.event.sent)
    return CallRow(
        event_id=event_public_id(call.event.key),
        at=rated.at.astimezone(UTC),
        when=moment_with_seconds(rated.at, zone),
        key=call.event.idempotency_key,
        parties=f"{_number(told, 'from_number')} \N{RIGHTWARDS ARROW} {_number(told, 'to_number')}",
        lasted=_seconds(rated.raw_seconds),
        billed=_seconds(rated.billed_seconds),
        free=_seconds(rated.bundle_seconds) if rated.bundle_seconds else "",
        bands=", ".join(f"{name} {_seconds(used)}" for name, used in rated.bands.items()),
        charge=exact_price(rated.charge, currency),
        facts=tuple(_facts(call, told)),
        sent=call.event.sent,
    )


def _facts(call: CallOfLine, told: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for name in _FACTS:
        if told.get(name) is not None:
            yield name.replace("_", " "), value_words(told[name])
    if call.rated.prefix is not None:
        yield "rated by prefix", call.rated.prefix or "any number"
    if call.rated.bundles:
        yield "free by", ", ".join(call.rated.bundles)


def listed_words(calls: Iterable[CallOfLine], *, currency: str) -> tuple[int, str]:
    """Return how many calls there are, and their charges together."""
    count, charges = 0, Decimal(0)
    for call in calls:
        count, charges = count + 1, EXACT.add(charges, call.rated.charge)
    return count, exact_price(charges, currency)


def csv_header(*, currency: str, zone: str) -> list[str]:
    """Return the names of the columns of `call_cells`."""
    return [
        "answered", f"local time ({zone})", "from", "to", "direction", "number type", "prefix",
        "seconds", "billed seconds", "free seconds", "bands", f"charge ({currency})", "key", "id",
    ]  # fmt: skip


def call_cells(call: CallOfLine, *, zone: str) -> list[Cell]:
    """Return the row for a spreadsheet."""
    rated, told = call.rated, properties(call.event.sent)
    local = rated.at.astimezone(ZoneInfo(zone))
    return [
        rated.at,
        f"{local:%Y-%m-%d %H:%M:%S}",
        *(_text(told, name) for name in ("from_number", "to_number", "direction", "number_type")),
        rated.prefix,
        rated.raw_seconds,
        rated.billed_seconds,
        rated.bundle_seconds,
        "; ".join(f"{name}={used}" for name, used in rated.bands.items()),
        rated.charge,
        call.event.idempotency_key,
        event_public_id(call.event.key),
    ]


def _number(told: Mapping[str, object], name: str) -> str:
    return _text(told, name) or "unknown"


def _text(told: Mapping[str, object], name: str) -> str | None:
    return None if told.get(name) is None else value_words(told[name])


def _seconds(amount: int) -> str:
    return minutes_and_seconds(Decimal(amount))
