"""Files for tests to bend, and what the reader says of them."""

import copy
import json
from pathlib import Path

import pytest

from plan_file.format.reading import BadFile, parse_document
from tests.plan_file.book import EXAMPLE, SMALL_BOOK, Book, Parsed, ProblemsOf


@pytest.fixture
def book() -> Book:
    return copy.deepcopy(SMALL_BOOK)


@pytest.fixture
def example() -> Path:
    return EXAMPLE


@pytest.fixture
def parsed() -> Parsed:
    return lambda book: parse_document(json.dumps(book), name="plan.json")


@pytest.fixture
def problems_of() -> ProblemsOf:
    """Return what the reader says of a book, a line per problem."""

    def read(book: Book) -> list[str]:
        try:
            parse_document(json.dumps(book), name="plan.json")
        except BadFile as error:
            return [problem.text() for problem in error.problems]
        return []

    return read
