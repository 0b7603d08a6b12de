from pathlib import Path

import pytest

from plan_file.format.reading import BadFile, parse_document, read_document
from tests.plan_file.book import Book, Parsed, ProblemsOf


def _problems(text: str, name: str = "plan.yaml") -> list[str]:
    with pytest.raises(BadFile) as caught:
        parse_document(text, name=name)
    return [problem.text() for problem in caught.value.problems]


def test_three_mistakes_are_all_named(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"][0]["modle"] = book["prices"][0].pop("model")
    book["plans"][0]["prices"] = ["cal"]
    book["customers"][0]["timezone"] = "US/Eastrn"

    assert problems_of(book) == [
        "prices[0].modle: unknown key, did you mean 'model'?",
        "prices[0].model: is required",
        "plans[0].prices[0]: unknown price 'cal', did you mean 'call'?",
        "customers[0].timezone: unknown time zone 'US/Eastrn', did you mean 'US/Eastern'?",
    ]


def test_a_small_book_has_no_problems(book: Book, problems_of: ProblemsOf) -> None:
    assert problems_of(book) == []


def test_a_float_is_refused_with_its_path_in_yaml_and_json() -> None:
    expected = 'prices[0].fallback_rate: is a float: write it as text, "0.4"'

    assert expected in _problems("prices:\n- fallback_rate: 0.4\n")
    assert expected in _problems('{"prices": [{"fallback_rate": 0.4}]}', "plan.json")


def test_a_number_of_a_json_event_is_read_as_written(parsed: Parsed, book: Book) -> None:
    import json

    text = json.dumps(
        book
        | {
            "events": [
                {
                    "idempotency_key": "1",
                    "event_name": "call",
                    "customer": "acme",
                    "occurred_at": "2024-11-02T00:00:00Z",
                    "properties": {"minutes": "NUMBER"},
                }
            ]
        }
    ).replace('"NUMBER"', "0.10")

    document = parse_document(text, name="plan.json")

    assert document.events[0].properties == {"minutes": "0.10"}


def test_a_float_of_a_yaml_event_is_refused() -> None:
    assert 'events[0].properties.minutes: is a float: write it as text, "1.5"' in _problems(
        "events:\n- properties: {minutes: 1.5}\n"
    )


def test_a_key_that_stands_twice_is_refused() -> None:
    assert "currency: this key stands here twice" in _problems("currency: USD\ncurrency: EUR\n")


def test_norway_is_a_country(book: Book, parsed: Parsed) -> None:
    document = parse_document("version: 1\ncurrency: NOK\nseller: {name: Fjord, country: NO}\n")

    assert document.seller is not None
    assert document.seller.country == "NO"


@pytest.mark.parametrize(
    "data,message",
    [
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
        (b"null\n", "is empty"),
        (b"\xff\xfe\x00", "is not text: byte 3 is NUL"),
        (b"currency: \xe9", "is not UTF-8: byte 11"),
        (b"a: [1,", "line 2, column 1: did not find expected node content"),
    ],
)
def test_a_file_that_holds_no_document_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(data)

    with pytest.raises(BadFile) as caught:
        read_document(path)

    assert str(caught.value) == f"plan.yaml: {message}"


@pytest.mark.parametrize(
    "name,data,message",
    [
        ("deep.yaml", b"[" * 200_000, "is nested deeper than 64 levels"),
        ("deep.json", b"[" * 200_000, "is nested deeper than 64 levels"),
        ("keys.yaml", b"? " * 200_000, "a key must be text"),
        ("huge.json", b'{"version": %s}' % (b"9" * 100_000), "more than 100 characters"),
        ("object.yaml", b"!!python/object/apply:os.system [ls]", "means nothing here"),
        ("anchor.yaml", b"&a {a: *a}", "*a has no anchor"),
    ],
)
def test_a_hostile_file_is_refused_with_a_sentence(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(BadFile) as caught:
        read_document(path)

    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"none\.yaml: No such file or directory"):
        read_document(tmp_path / "none.yaml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="Is a directory"):
        read_document(tmp_path)


@pytest.mark.parametrize("text", ["just words", "[1, 2]", "12", "true"])
def test_a_document_must_be_a_mapping(text: str) -> None:
    assert _problems(text)[0] == "plan.yaml: must be a mapping"


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 1\ncurrency: USD\n")

    assert read_document(path).currency == "USD"


def test_version_and_currency_are_required() -> None:
    assert _problems("meters: []\n") == ["version: is required", "currency: is required"]


def test_another_version_is_refused() -> None:
    assert _problems("version: 2\ncurrency: USD\n") == ["version: must be 1"]


def test_an_unknown_currency_is_refused() -> None:
    assert _problems("version: 1\ncurrency: USDD\n") == ["currency: unknown currency 'USDD'"]


def test_a_time_without_offset_is_refused(book: Book, problems_of: ProblemsOf) -> None:
    book["rate_cards"][0]["versions"][0]["effective_from"] = "2024-11-01T00:00:00"

    assert problems_of(book) == [
        "rate_cards[0].versions[0].effective_from: needs an offset, such as Z or -05:00"
    ]


@pytest.mark.parametrize("year", ["0001", "1969", "9999"])
def test_a_year_out_of_reach_is_refused(year: str, book: Book, problems_of: ProblemsOf) -> None:
    book["customers"][0]["contracts"][0]["start"] = f"{year}-01-01"

    assert problems_of(book) == [
        "customers[0].contracts[0].start: must be in the years 1970 to 9998"
    ]


def test_a_date_is_midnight_of_the_document_in_the_book_and_of_the_customer_below_it(
    book: Book, parsed: Parsed
) -> None:
    book["timezone"] = "Europe/Berlin"
    book["customers"][0]["timezone"] = "America/New_York"

    document = parsed(book)

    version = document.rate_cards[0].versions[0]
    contract = document.customers[0].contracts[0]
    assert version.effective_from.isoformat() == "2024-10-31T23:00:00+00:00"
    assert contract.start.isoformat() == "2024-11-01T04:00:00+00:00"


def test_versions_are_known_by_their_places_earliest_first(book: Book, parsed: Parsed) -> None:
    later = {"effective_from": "2025-11-01", "entries": []}
    book["rate_cards"][0]["versions"][0]["effective_to"] = "2025-11-01"
    book["rate_cards"][0]["versions"].insert(0, later)
    book["prices"] += [{**book["prices"][0], "effective_from": "2024-01-01", "code": "other"}]

    assert parsed(book).versions_at == {
        ("rate_cards", "rates"): (
            ("rate_cards", 0, "versions", 1),
            ("rate_cards", 0, "versions", 0),
        ),
        ("prices", "call"): (("prices", 0),),
        ("prices", "other"): (("prices", 1),),
    }
