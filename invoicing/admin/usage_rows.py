"""Usage as staff type it: ``AI_CALL region=US call_outcome=resolved 13``, one row a line."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.models import Plan
from invoicing.queries.plan_preview import UsageRow, usage_problem
from values.exact import NotExact, exact_decimal

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row as typed, and what became of it: usage, or what is wrong with it."""

    text: str
    usage: UsageRow | None
    problem: str


def read_rows(texts: Iterable[str], *, plan: Plan) -> list[TypedRow]:
    """Return the rows that are not blank, each with its usage or its problem."""
    return [_read(text.strip(), plan) for text in texts if text.strip()]


def row_text(meter: str, dimensions: Sequence[tuple[str, str]]) -> str:
    """Return a combination as it is typed, without its quantity."""
    pairs = [shlex.quote(f"{key}={value}") for key, value in dimensions]
    return " ".join([shlex.quote(meter), *pairs])


def _read(text: str, plan: Plan) -> TypedRow:
    try:
        usage = _usage(text)
    except ValueError as error:
        return TypedRow(text, None, str(error))
    problem = usage_problem(usage, plan=plan)
    return TypedRow(text, None if problem else usage, problem)


def _usage(text: str) -> UsageRow:
    try:
        meter, *pairs, quantity = shlex.split(text)
    except ValueError as error:
        if "unpack" not in str(error):
            raise ValueError("a quotation mark is not closed") from error
        raise ValueError("write a meter, its properties and a quantity") from error
    dimensions: dict[str, str] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign:
            raise ValueError(f"'{pair}' is not a property such as region=US")
        if key in dimensions:
            raise ValueError(f"'{key}' stands twice")
        dimensions[key] = value
    try:
        return UsageRow(meter, dimensions, exact_decimal(quantity.replace("_", "")))
    except NotExact as error:
        raise ValueError(str(error)) from error
