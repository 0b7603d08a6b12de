"""Days put together so that a chart stays readable: days, weeks, or months."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from babel.dates import format_date

from charts.stacked_bars import MOST_SERIES, Series
from invoicing.documents.formats import LOCALE, day
from values.exact import EXACT

MOST_DAYS = 62
MOST_WEEKS = 200
REST = "Other"


@dataclass(frozen=True, slots=True)
class Buckets:
    """Spans of days in order: what one is called, their names, and the place of each day."""

    word: str
    names: tuple[str, ...]
    short_names: tuple[str, ...]
    places: Mapping[date, int]


def buckets(days: Sequence[date]) -> Buckets:
    """Return a bucket for each day, from 63 days on for each week, from 201 on for each month."""
    if len(days) <= MOST_DAYS:
        spans = [[each] for each in days]
        return _made("Day", spans, [day(each) for each in days], "MMM d")
    if len(days) <= MOST_WEEKS:
        spans = _split(days, lambda each: each - timedelta(days=each.weekday()))
        return _made("Week", spans, [_week_name(span) for span in spans], "MMM d")
    spans = _split(days, lambda each: each.replace(day=1))
    names = [format_date(span[0], "MMM y", locale=LOCALE) for span in spans]
    return _made("Month", spans, names, "MMM")


def summed(
    wanted: Buckets, parts: Iterable[tuple[str, date, Decimal]], *, order: Sequence[str] = ()
) -> list[Series]:
    """
    Return a series for each name with its sums by bucket, the largest first.

    Beyond as many as can be told apart the smallest are added up. `order` names those that go
    first, whatever their size.
    """
    sums: dict[str, list[Decimal]] = {}
    for name, each, amount in parts:
        values = sums.setdefault(name, [Decimal(0)] * len(wanted.names))
        # A day that a change of the customer's zone moved out of them is not lost.
        place = wanted.places.get(each, 0)
        values[place] = EXACT.add(values[place], amount)
    by_size = sorted(
        (name for name in sums if name not in order and name != REST),
        key=lambda name: (-sum(sums[name], Decimal(0)), name),
    )
    names = [*(name for name in order if name in sums), *by_size]
    room = MOST_SERIES if len(names) <= MOST_SERIES and REST not in sums else MOST_SERIES - 1
    rest = [sums[name] for name in [*names[room:], *([REST] if REST in sums else [])]]
    series = [Series(name, sums[name]) for name in names[:room]]
    if rest:
        series.append(Series(REST, [sum(column, Decimal(0)) for column in zip(*rest, strict=True)]))
    return series


def _split(days: Sequence[date], key: Callable[[date], date]) -> list[list[date]]:
    return [list(span) for _, span in groupby(days, key=key)]


def _week_name(span: Sequence[date]) -> str:
    if span[0] == span[-1]:
        return day(span[0])
    return f"{format_date(span[0], 'MMM d', locale=LOCALE)} – {day(span[-1])}"


def _made(word: str, spans: list[list[date]], names: list[str], short: str) -> Buckets:
    return Buckets(
        word=word,
        names=tuple(names),
        short_names=tuple(format_date(span[0], short, locale=LOCALE) for span in spans),
        places={each: place for place, span in enumerate(spans) for each in span},
    )
