"""A deck of rates beside the document."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from invoicing.rating.overrides import overridden
from invoicing.rating.price_format import rates_file
from invoicing.rating.terms.calls import Calls
from plan_file.format.document import Document
from plan_file.format.reading import BadFile, files_beside, parse_document, read_document
from plan_file.format.writing import write_document
from plan_file.operations.apply_plan_file import apply_plan_file
from tests.plan_file.book import Book
from values.problems import InvalidTerms

VOICE = {
    "code": "voice",
    "kind": "call",
    "meter": "CALL",
    "rates": [{"prefix": "1", "rate_per_minute": "0.01"}],
    "rates_file": "deck.csv",
}
DECK = "prefix,rate_per_minute,increment_seconds\n44,0.02,6\n49,0.03,1\n"

TOO_MANY = (
    "deck.csv: has 200,001 rows, at most 200,000 are taken: leave out rows that cost what a "
    "shorter prefix costs, or give each direction a meter of its own, by a filter, and a price"
)


@pytest.fixture
def calls(book: Book) -> Book:
    book["meters"] = [{"code": "CALL", "event_name": "call", "aggregation": "sum"}]
    book["rate_cards"] = []
    book["prices"] = [VOICE]
    book["plans"][0]["prices"] = ["voice"]
    return book


def read(folder: Path, book: Book, **files: str) -> Document:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    path = folder / "plan.json"
    path.write_text(json.dumps(book))
    return read_document(path)


def problems_of(folder: Path, book: Book, **files: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        read(folder, book, **files)
    return [problem.text() for problem in caught.value.problems]


def rates(model: Any) -> list[tuple[str, str]]:
    assert isinstance(model, Calls)
    return [(rate.prefix, str(rate.rate_per_minute)) for rate in model.rates]


def test_rows_of_the_file_follow_those_of_the_document(tmp_path: Path, calls: Book) -> None:
    (price,) = read(tmp_path, calls, deck=DECK).prices

    assert rates(price.terms.versions[0].model) == [("1", "0.01"), ("44", "0.02"), ("49", "0.03")]


def test_a_meter_of_calls_needs_no_property(tmp_path: Path, calls: Book) -> None:
    (meter,) = read(tmp_path, calls, deck=DECK).meters

    assert (meter.calls, meter.property) == (True, None)


def test_the_file_stays_where_it_is_when_the_document_is_written(
    tmp_path: Path, calls: Book
) -> None:
    document = read(tmp_path, calls, deck=DECK)
    text = write_document(document)
    (tmp_path / "again.yaml").write_text(text)

    assert "rates_file: deck.csv" in text
    assert read_document(tmp_path / "again.yaml") == document
    assert write_document(read_document(tmp_path / "again.yaml")) == text


def test_an_override_may_have_a_file_of_its_own(tmp_path: Path, calls: Book) -> None:
    calls["customers"][0]["contracts"][0]["overrides"] = {"voice": {"rates_file": "own.csv"}}
    document = read(
        tmp_path, calls, deck=DECK, own="prefix,rate_per_minute,increment_seconds\n44,0.5,6\n"
    )
    override = document.customers[0].contracts[0].overrides["voice"]

    agreed = overridden(document.prices[0].terms, override)

    assert rates(agreed.versions[0].model) == [("1", "0.01"), ("44", "0.5"), ("49", "0.03")]
    (tmp_path / "again.yaml").write_text(write_document(document))
    assert read_document(tmp_path / "again.yaml") == document


@pytest.mark.parametrize(
    "name,problem",
    [
        ("none.csv", "prices[0].rates_file: none.csv: No such file or directory"),
        ("../deck.csv", "prices[0].rates_file: must be the name of a file beside the document"),
        ("\u2028", "prices[0].rates_file: must be"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    name: str, problem: str, tmp_path: Path, calls: Book
) -> None:
    calls["prices"] = [VOICE | {"rates_file": name}]

    (found,) = problems_of(tmp_path, calls, deck=DECK)

    assert found.startswith(problem)


def test_problems_of_rows_are_named_by_their_lines(tmp_path: Path, calls: Book) -> None:
    assert problems_of(tmp_path, calls, deck="prefix,rate_per_minute\n44,x\n49,-1\n") == [
        "deck.csv line 2.rate_per_minute: 'x' is not a number such as 12 or 0.25",
        "deck.csv line 3.rate_per_minute: a rate must not be negative",
    ]


def test_what_is_sent_has_no_files_beside_it(calls: Book) -> None:
    with pytest.raises(BadFile, match=r"prices\[0\].rates_file: there is no folder here"):
        parse_document(json.dumps(calls), name="plan.json")


@pytest.mark.parametrize("name", ["", "../deck.csv", "..\\deck.csv", "/etc/hosts"])
def test_only_the_folder_of_the_document_is_read(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidTerms, match="must be the name of a file beside the document"):
        files_beside(tmp_path / "plan.yaml")(name)


def test_a_deck_of_as_many_rows_as_are_taken_is_read_to_its_end(
    tmp_path: Path, calls: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_file, "MOST_ROWS", 2)
    deck = "prefix,rate_per_minute\r\n\r\n44,0.02\r\n\r\n49,0.03\r\n\r\n"

    (price,) = read(tmp_path, calls, deck=deck).prices

    assert len(rates(price.terms.versions[0].model)) == 3


def test_a_deck_of_too_many_rows_is_refused_before_any_is_read(tmp_path: Path, calls: Book) -> None:
    rows = "cheap,\n" * 200_001

    assert problems_of(tmp_path, calls, deck=f"prefix,rate_per_minute\n{rows}") == [TOO_MANY]


def test_a_large_deck_that_is_no_csv_is_told_where(
    tmp_path: Path, calls: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_file, "MOST_ROWS", 2)

    (found,) = problems_of(
        tmp_path, calls, deck='prefix,rate_per_minute\n44,0.02\n4"9","0.03"x\n1,1\n2,1\n'
    )

    assert found.startswith("deck.csv line 3: is not CSV")


@pytest.mark.django_db
def test_a_row_without_room_in_the_database_is_named_by_its_line(
    tmp_path: Path, calls: Book
) -> None:
    calls |= {"customers": [], "seller": {"name": "Northwind", "country": "US", "state": "IL"}}
    calls["prices"] = [
        VOICE | {"rates": [{"prefix": "1", "rate_per_minute": "1", "direction": "y" * 41}]}
    ]
    deck = f"prefix,rate_per_minute,direction\n44,0.02,in\n\n49,0.03,{'x' * 41}\n"

    with pytest.raises(InvalidTerms) as refusal:
        apply_plan_file(document=read(tmp_path, calls, deck=deck), now=datetime.now(UTC))

    assert [problem.text() for problem in refusal.value.problems] == [
        "prices[0].rates[0].direction: has more than 40 characters",
        "deck.csv line 4.direction: has more than 40 characters",
    ]
