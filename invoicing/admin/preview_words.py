"""A preview as pages show it: lines with their reasons, the entries that matched, the calls."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from djmoney.money import Money

from accounts.admin.pages.words import money_words, rate_words
from invoicing.assembly.preview import Preview
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.sample_usage import OUTSIDE, UNKNOWN_ACTION, UNMETERED
from invoicing.assembly.terms import ContractTerms
from invoicing.documents.explained_line import explained_line
from invoicing.documents.formats import short_quantity
from invoicing.rating.calls.rated_call import CallStatus, RatedCall
from invoicing.rating.lines import Line, Quarantined, QuarantineReason
from invoicing.rating.trace import RateSource, Trace
from usage.metering.quantity import Dimensions
from values.exact import plain
from values.money import fine_text
from values.number import Number

SHOWN_CALLS = 200

_REASONS = {
    UNMETERED: "no meter takes it",
    OUTSIDE: "it lies outside the period",
    UNKNOWN_ACTION: "its action takes no known credits",
    QuarantineReason.MISSING_PROPERTY: "a property is missing",
    QuarantineReason.BAD_VALUE: "a value cannot be read",
    QuarantineReason.NO_RATE: "no rate matches, and the price says not to bill it",
}
_CALL_WORDS = {
    CallStatus.RATED: ("rated", "good"),
    CallStatus.NOT_BILLABLE: ("not billable", "plain"),
    CallStatus.BELOW_MINIMUM: ("below the minimum", "plain"),
    CallStatus.QUARANTINED: ("in quarantine", "waiting"),
}


def amount_words(amount: Any, currency: str) -> str:
    """Return ``9,978.65 USD``."""
    return money_words(Money(amount, currency))


def shown_line(
    line: Line, result: InvoiceResult, terms: ContractTerms, *, seller_zone: str
) -> dict[str, Any]:
    """Return a line with its sentence and steps, in the words of the invoice line's page."""
    why = explained_line(
        line,
        meters=terms.meters,
        unmatched=result.unmatched,
        zone=terms.zone,
        seller_zone=seller_zone,
    )
    return {
        "description": line.description,
        "quantity": _quantity(line.quantity, line.unit),
        "rate": "" if line.unit_price is None else fine_text(line.unit_price, line.currency),
        "amount": amount_words(line.amount, line.currency),
        "is_fallback": line.trace.source is RateSource.FALLBACK,
        "why": why,
        "entries": list(_entries(line.trace)),
    }


def shown_calls(calls: Sequence[tuple[str, RatedCall]], currency: str) -> dict[str, Any]:
    """Return the rated calls as rows, and how many more there are."""
    return {
        "rows": [_call(call, currency) for _, call in calls[:SHOWN_CALLS]],
        "more": max(0, len(calls) - SHOWN_CALLS),
    }


def notes(preview: Preview) -> list[str]:
    """Return what was not priced as intended, a sentence each."""
    result = preview.result
    found = []
    for item in result.unmatched:
        meant = "".join(f", did you mean {key}: {v}?" for key, v in (item.hint or {}).items())
        what = f"{item.price}, {_values(item.dimensions)}"
        found.append(f"{what}: no entry matches, the fallback rate is used{meant}")
    for held in result.quarantined:
        what = ", ".join(held.keys) if held.keys else _values(held.dimensions)
        found.append(f"{held.price}, {what}: {_because(held)}")
    found += [f"{item.meter}: no price is in force at that time" for item in result.unpriced]
    found += [f"{each.event.key}: {_REASONS[each.reason]}" for each in preview.set_aside]
    return found


def _because(held: Quarantined) -> str:
    if held.reason is QuarantineReason.NO_RATE and not held.keys:
        meant = "".join(f", did you mean {key}: {v}?" for key, v in (held.hint or {}).items())
        return f"no rate matches, and the card says not to bill it{meant}"
    return _REASONS[held.reason]


def _entries(trace: Trace) -> Iterator[dict[str, Any]]:
    """Yield the entry that gave the rate, and those that match too, by their ranks."""
    if trace.entry is None:
        return
    for entry in (trace.entry, *trace.passed_over):
        priority, fixed = entry.rank
        yield {
            "text": entry.text(),
            "rate": rate_words(entry.rate),
            "priority": priority,
            "fixed": fixed,
            "is_taken": entry is trace.entry,
            "is_agreed": entry.agreed,
        }


def _call(call: RatedCall, currency: str) -> dict[str, Any]:
    word, tone = _CALL_WORDS[call.status]
    return {
        "key": call.key,
        "word": word,
        "tone": tone,
        "prefix": call.prefix or "",
        "raw": call.raw_seconds,
        "billed": call.billed_seconds,
        "bundle": call.bundle_seconds,
        "bands": ", ".join(f"{name}: {seconds}" for name, seconds in call.bands.items()),
        "charge": f"{call.charge:f} {currency}",
    }


def _quantity(quantity: Number, unit: str | None) -> str:
    return short_quantity(Decimal(plain(quantity)), unit or "")


def _values(dimensions: Dimensions) -> str:
    return " / ".join(value for _, value in dimensions) or "no properties"
