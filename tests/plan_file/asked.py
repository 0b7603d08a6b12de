"""Previews as somebody asks for them, over a price book without a database."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from invoicing.assembly.preview import Preview, preview
from plan_file.format.preview_book import PreviewBook
from plan_file.format.preview_request import PreviewRequest, read_preview
from plan_file.format.reading import parse_document
from tests.plan_file.book import Book
from values.fields import Place
from values.problems import Problem

NOW = datetime(2024, 11, 20, 12, tzinfo=UTC)
NOVEMBER = {"from": "2024-11-01"}
WORK = {"code": "WORK", "event_name": "work", "aggregation": "sum", "property": "units"}
TASKS = {"code": "TASKS", "event_name": "task", "aggregation": "count"}
PEAK = {"code": "PEAK", "event_name": "gauge", "aggregation": "max", "property": "level"}
PEOPLE = {
    "code": "PEOPLE", "event_name": "seen", "aggregation": "unique_count", "property": "person",
}  # fmt: skip
ACTIONS = {
    "code": "ACTIONS", "event_name": "action", "aggregation": "sum", "action_property": "does",
    "credit_units": {"email": 1, "call": 15},
}  # fmt: skip
CALLS = {"code": "CALLS", "event_name": "call", "aggregation": "count"}
METERS = [WORK, TASKS, PEAK, PEOPLE, ACTIONS, CALLS]


def book_of(book: Book) -> PreviewBook:
    """Return what the plan file holds as a book that a preview names things of."""
    document = parse_document(json.dumps(book), name="plan.json")
    prices = {price.terms.code: price.terms for price in document.prices}
    return PreviewBook(
        currency=document.currency,
        timezone=document.timezone,
        meters={meter.code: meter for meter in document.meters},
        rate_cards={card.code: card for card in document.rate_cards},
        prices=prices,
        plans={plan.code: plan for plan in document.plans},
        codes={
            "meters": tuple(meter.code for meter in document.meters),
            "rate_cards": tuple(card.code for card in document.rate_cards),
            "prices": tuple(prices),
            "plans": tuple(plan.code for plan in document.plans),
        },
    )


def price(**keys: Any) -> dict[str, Any]:
    """Return a usage price of WORK by the unit, with keys of its own."""
    usual = {"code": "work", "name": "Work", "kind": "usage", "meter": "WORK"}
    return {**usual, "model": "per_unit", "unit_price": "0.10", **keys}


def usage(meter: str, *quantities: str, **keys: Any) -> list[dict[str, Any]]:
    """Return quantities of a meter as a request writes them."""
    return [{"meter": meter, "quantity": quantity, **keys} for quantity in quantities]


def event(name: str, key: str, at: str = "2024-11-05T15:00:00Z", **properties: Any) -> Book:
    """Return an event as a request writes it."""
    return {
        "idempotency_key": key,
        "event_name": name,
        "occurred_at": at,
        "properties": properties,
    }


def request_of(
    book: PreviewBook, body: Mapping[str, Any]
) -> tuple[PreviewRequest | None, list[Problem]]:
    """Return the question with the problems of its body; meters and November are understood."""
    problems: list[Problem] = []
    asked = {"currency": "USD", "meters": METERS, "period": NOVEMBER, **body}
    return read_preview(Place(asked, (), problems), book, now=NOW), problems


def answer(book: PreviewBook | None = None, /, **body: Any) -> Preview:
    """Return what is asked for comes to."""
    question, problems = request_of(book or PreviewBook(), body)
    assert question is not None, problems
    assert problems == []
    return preview(
        terms=question.terms,
        billed=question.billed,
        quantities=question.quantities,
        events=question.events,
        grants=question.grants,
    )


def mistakes(book: PreviewBook | None = None, /, **body: Any) -> list[str]:
    """Return what the reader says of a request."""
    _, problems = request_of(book or PreviewBook(), body)
    return [problem.text() for problem in problems]


def lines(found: Preview) -> list[tuple[str, str, str]]:
    """Return description, quantity and amount of each line."""
    return [
        (line.description, format(line.quantity, "f"), str(line.amount))
        for line in found.result.lines
    ]
