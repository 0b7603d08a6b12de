"""The keys of a call price."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from invoicing.rating.price_format.bundles import bundle_as_json, read_bundle
from invoicing.rating.price_format.call_bands import band_as_json, read_band
from invoicing.rating.price_format.call_rates import rate_as_json, read_rate
from invoicing.rating.price_format.rates_file import RatesFile, read_rates_file
from invoicing.rating.terms.call_rate import MOST_SECONDS
from invoicing.rating.terms.calls import (
    MOST_DECIMALS,
    BandPolicy,
    CallRounding,
    Calls,
    DurationBasis,
)
from values.fields import Place, Section
from values.problems import InvalidTerms, Problem

_DECIMALS = 4
_UNMATCHED = ("quarantine",)


def read_calls(
    section: Section, *, zone: str, read_file: Callable[[str], str] | None = None
) -> Calls | None:
    """
    Return the terms, None where they have problems.

    Plain dates of bundles are midnights in `zone`. `read_file` returns the text of a file
    beside the document, for `rates_file`; its rows follow those of `rates`.
    """
    section.word_or("on_unmatched", _UNMATCHED)
    rates = [read_rate(item) for item in section.items("rates")]
    bands = [read_band(item) for item in section.items("bands")]
    bundles = [read_bundle(item, zone=zone) for item in section.items("bundles")]
    file_place = section.get("rates_file")
    file = read_rates_file(file_place, read_file) if file_place else None
    decimals = section.whole_or("decimals", _DECIMALS, most=MOST_DECIMALS)
    call_rounding = section.choice_or("call_rounding", CallRounding.HALF_UP)
    duration_basis = section.choice_or("duration_basis", DurationBasis.ANSWER)
    least = section.whole_or("min_billable_seconds", 0, most=MOST_SECONDS)
    band_policy = section.choice_or("band_policy", BandPolicy.INCREMENT_START)
    default_band = section.text_or("default_band", None)
    lines_by = section.texts("lines_by")
    return _build(
        section,
        file,
        lambda: Calls(
            rates=(
                *(row for row in rates if row is not None),
                *(row for _, row in (file.rows if file else ())),
            ),
            decimals=decimals,
            call_rounding=call_rounding,
            duration_basis=duration_basis,
            min_billable_seconds=least,
            band_policy=band_policy,
            default_band=default_band,
            bands=tuple(band for band in bands if band is not None),
            bundles=tuple(bundle for bundle in bundles if bundle is not None),
            lines_by=lines_by,
            rates_file=file.name if file else None,
            file_lines=tuple(line for line, _ in file.rows) if file else (),
        ),
    )


def calls_as_json(model: Calls, *, zone: str | None = None) -> dict[str, object]:
    """
    Return the keys that `read_calls` reads, in the order of the plan file.

    Rows of the `rates_file` are not among the `rates`: they stand in the file. Local midnights
    of `zone` are written as dates; without one the times of bundles are times in UTC.
    """
    inline = model.rates[: len(model.rates) - len(model.file_lines)]
    written: dict[str, object] = {
        "decimals": None if model.decimals == _DECIMALS else model.decimals,
        "call_rounding": _unusual(model.call_rounding, CallRounding.HALF_UP),
        "duration_basis": _unusual(model.duration_basis, DurationBasis.ANSWER),
        "min_billable_seconds": model.min_billable_seconds or None,
        "band_policy": _unusual(model.band_policy, BandPolicy.INCREMENT_START),
        "default_band": model.default_band,
        "bands": [band_as_json(band) for band in model.bands] or None,
        "rates": [rate_as_json(row) for row in inline] or None,
        "rates_file": model.rates_file,
        "bundles": [bundle_as_json(bundle, zone=zone) for bundle in model.bundles] or None,
        "lines_by": list(model.lines_by) or None,
    }
    return {key: value for key, value in written.items() if value is not None}


def _build(section: Section, file: RatesFile | None, make: Callable[[], Calls]) -> Calls | None:
    """Return the terms; what is wrong with a row of the file is named by its line there."""
    place = section.place
    if len(place.problems) > section.problems_before:
        return None
    try:
        return make()
    except InvalidTerms as error:
        inline = len(section.items("rates"))
        for problem in error.problems:
            _note(place, problem, inline, file)
        return None


def _note(place: Place, problem: Problem, inline: int, file: RatesFile | None) -> None:
    """Note a problem at its place; rows of the file are named by their lines there."""
    if file is None:
        place.problems.append(problem.under(*place.path))
        return
    told = file.told(problem, after=inline, other=lambda at: f"{place.path_text()}.rates[{at}]")
    is_of_file = told.path != problem.path
    place.problems.append(told if is_of_file else told.under(*place.path))


def _unusual(word: StrEnum, default: StrEnum) -> str | None:
    return None if word is default else word.value
