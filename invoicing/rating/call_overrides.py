"""Rates of calls that a contract agrees otherwise: rows of equal key are replaced, others added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from invoicing.rating.calls.row_ties import tie_message, tying_rows
from invoicing.rating.match import canonical
from invoicing.rating.price import PriceVersion
from invoicing.rating.price_format.calls import calls_as_json, read_calls
from invoicing.rating.price_format.keys import price_section
from invoicing.rating.price_format.overlay import laid_over
from invoicing.rating.price_format.reading import ReadFile
from invoicing.rating.terms.calls import CallRate, Calls
from values.fields import Place
from values.problems import InvalidTerms, Problem, refuse

_Placed = tuple[int, CallRate, bool]


def calls_laid_over(version: PriceVersion, keys: Mapping[str, object]) -> PriceVersion:
    """
    Return the version of a call price with keys replaced, and rows among its `rates`.

    A row replaces those of equal key (all that it matches by) at their place; other rows are
    added at the end.

    :raises InvalidTerms: the keys that result are no price, or rows tie; with paths relative
        to the override.
    """
    model = version.model
    assert isinstance(model, Calls)
    stated = {key: value for key, value in keys.items() if key != "rates" or value}
    changed = laid_over(replace(version, model=_with_one_rate(model)), stated, rate_cards={})
    calls = changed.model
    assert isinstance(calls, Calls)
    placed = _merged(model.rates, calls.rates if "rates" in stated else ())
    rates = tuple(rate for _, rate, _ in placed)
    refuse(_tie(placed[first], placed[second]) for first, second in tying_rows(rates))
    try:
        return replace(changed, model=replace(calls, rates=rates))
    except InvalidTerms as error:
        # The override's own rows have been read above: these are rows of the price.
        found = [Problem(("rates",), problem.message) for problem in error.problems]
        raise InvalidTerms(found) from error


def settled_keys(
    place: Place,
    keys: Mapping[str, object],
    *,
    model: Calls,
    zone: str,
    read_file: ReadFile | None,
) -> dict[str, object] | None:
    """
    Return keys of a call price that mean the same wherever they are read; None with problems.

    The rows of a `rates_file` stand among the `rates` then, and plain dates, midnights in
    `zone`, are instants. `place` is the override's.
    """
    if not {"rates", "rates_file", "bundles"} & keys.keys():
        return dict(keys)
    laid = {**calls_as_json(_with_one_rate(model)), **keys}
    if "rates_file" in keys and "rates" not in keys:
        del laid["rates"]
    section = price_section(Place(laid, place.path, place.problems))
    calls = read_calls(section, zone=zone, read_file=read_file)
    if calls is None:
        return None
    written = calls_as_json(replace(calls, rates_file=None, file_lines=()))
    settled = {key: value for key, value in keys.items() if key != "rates_file"}
    if keys.get("rates") or keys.get("rates_file"):
        settled["rates"] = written["rates"]
    if keys.get("bundles"):
        settled["bundles"] = written["bundles"]
    return settled


def _with_one_rate(model: Calls) -> Calls:
    """Return terms that are quickly written and read: a deck may have 50,000 rows."""
    return replace(model, rates=model.rates[:1], rates_file=None, file_lines=())


def _merged(rates: tuple[CallRate, ...], agreed: tuple[CallRate, ...]) -> list[_Placed]:
    """Return the rows that apply, each with its index in the price or in the override."""
    replacing = {_key(rate): (index, rate, True) for index, rate in enumerate(agreed)}
    merged = [
        replacing.pop(_key(rate), (position, rate, False)) for position, rate in enumerate(rates)
    ]
    return [*merged, *replacing.values()]


def _key(rate: CallRate) -> tuple[object, ...]:
    return (
        rate.direction,
        rate.number_type,
        rate.prefix,
        rate.band,
        rate.rate_jurisdiction,
        canonical(rate.match),
    )


def _tie(first: _Placed, second: _Placed) -> Problem:
    # A row that replaces another ties with nothing new: the second is one that was added.
    index, rate, is_agreed = first
    place = f"rates[{index}]" if is_agreed else f"rates[{index}] of the price"
    return Problem(("rates", second[0]), tie_message(second[1], rate, place))
