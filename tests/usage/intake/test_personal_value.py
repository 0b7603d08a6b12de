"""A person's value is found however it is written, and nothing else is."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from html import escape
from typing import Any

import pytest

from usage.intake.json_body import read_json
from usage.intake.personal_value import (
    NoSuchValue,
    PersonalValue,
    number_pseudonym,
    pseudonym,
)
from usage.intake.sent_event import json_of

NUMBER = PersonalValue("+1 (415) 555-0123")


@pytest.mark.parametrize(
    "said",
    [
        "+14155550123", "14155550123", 14155550123, "1.415.555.0123", " +1 415 555 0123 ",
        "+1\t415\n555\v0123", "1\N{NO-BREAK SPACE}415\N{NARROW NO-BREAK SPACE}555 0123",
        "1-415\N{NON-BREAKING HYPHEN}555\N{EN DASH}0123", "+14155550123.0",
        Decimal("14155550123.00"),
    ],
    ids=[
        "e164", "digits", "json number", "dots", "blanks", "tabs and lines", "no-break spaces",
        "typographic dashes", "as a fraction", "json number with a fraction",
    ],
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_written(said: object) -> None:
    assert NUMBER.is_said_by(said)
    assert re.search(NUMBER.pattern, json_of({"n": said}).decode())


@pytest.mark.parametrize(
    "said",
    [
        "+14155550124",
        "914155550123",
        "call 14155550123",
        "****0123",
        None,
        True,
        ["14155550123"],
    ],
    ids=["another", "longer", "in a text", "masked", "nothing", "a word", "a list"],
)
def test_what_is_not_the_number_is_left_alone(said: object) -> None:
    assert not NUMBER.is_said_by(said)


@pytest.mark.parametrize(
    "text", ["agent-7", 'a "quoted" name', "Zoë|(x)", "dana@example.com", "a.b"]
)
def test_other_values_are_found_as_they_stand(text: str) -> None:
    value = PersonalValue(text)

    assert value.is_said_by(text)
    assert not value.is_said_by(text + "1")
    assert re.search(value.pattern, json_of({"n": text}).decode())


def test_it_is_replaced_wherever_it_stands_but_in_keys_of_events() -> None:
    body: dict[str, Any] = {
        "customer_id": "acme", "event_name": "call", "idempotency_key": "14155550123",
        "properties": {
            "from_number": "+14155550123", "legs": [{"to": 14155550123, "cost": "1.50"}],
        },
    }  # fmt: skip

    found = NUMBER.replaced(body, lambda name, text: f"{name} was {text}")

    assert found == {
        **body,
        "properties": {
            "from_number": "from_number was +14155550123",
            "legs": [{"to": "legs was 14155550123", "cost": "1.50"}],
        },
    }
    assert list(NUMBER.said_in(found)) == []
    assert sorted(NUMBER.said_in(body)) == [
        ("from_number", "+14155550123"), ("legs", "14155550123"),
    ]  # fmt: skip


def test_numbers_keep_every_digit_of_the_rest() -> None:
    text = b'{"properties":{"a":"14155550123","cost":0.10,"big":12345678901234567890.5}}'

    found = NUMBER.replaced(read_json(text), lambda name, said: "x")

    assert json_of(found) == text.replace(b'"14155550123"', b'"x"')


@pytest.mark.parametrize("text", ["", "ab", "  x ", "a" * 300, "a\x00bc"])
def test_what_is_no_persons_value_is_refused(text: str) -> None:
    with pytest.raises(NoSuchValue):
        PersonalValue(text)


def test_a_pseudonym_is_the_same_in_its_scope_and_tells_nothing() -> None:
    made = pseudonym("+14155550123", secret=b"s", scope="cus_1", attempt=0)

    assert made == pseudonym("+14155550123", secret=b"s", scope="cus_1", attempt=0)
    assert made.startswith("erased-")
    assert len({
        made,
        pseudonym("+14155550124", secret=b"s", scope="cus_1", attempt=0),
        pseudonym("+14155550123", secret=b"t", scope="cus_1", attempt=0),
        pseudonym("+14155550123", secret=b"s", scope="cus_2", attempt=0),
        pseudonym("+14155550123", secret=b"s", scope="cus_1", attempt=1),
    }) == 5  # fmt: skip


def test_a_number_keeps_its_first_digits_and_how_it_is_written() -> None:
    made = number_pseudonym("+1 (415) 555-0123", hidden_digits=4, secret=b"s", scope="c", attempt=0)

    assert re.fullmatch(r"\+1 \(415\) 555-\d{4}", made)
    assert made != "+1 (415) 555-0123"


def test_a_value_is_known_by_one_hash_in_its_scope_however_it_is_written() -> None:
    written = [PersonalValue(text) for text in ("+1 (415) 555-0123", "14155550123")]
    scopes = [(b"secret", "1"), (b"secret", "2"), (b"other", "1")]

    hashes = [{value.hashed(*scope) for value in written} for scope in scopes]

    assert [len(each) for each in hashes] == [1, 1, 1]
    assert len(set.union(*hashes)) == 3
    assert all(len(value) == 64 for each in hashes for value in each)


def test_a_value_that_is_no_number_may_stand_in_a_body_that_writes_it_in_json() -> None:
    dana = PersonalValue(' Dana "D" ')

    assert dana.may_stand_in('{"name": "Dana \\"D\\""}')
    assert not dana.may_stand_in('{"name": "Dana"}')


def test_names_of_properties_say_it_too() -> None:
    body: dict[str, Any] = {
        "customer_id": "acme",
        "properties": {
            "+14155550123": {"1 415 555 0123": 5, "seconds": 7},
            "legs": [{"14155550123": 30}],
        },
    }

    assert list(NUMBER.said_in(body)) == [
        ("+14155550123", "+14155550123"),
        ("+14155550123", "1 415 555 0123"),
        ("legs", "14155550123"),
    ]
    assert NUMBER.replaced(body, lambda name, text: f"x{len(text)}") == {
        "customer_id": "acme",
        "properties": {"x12": {"x14": 5, "seconds": 7}, "legs": [{"x11": 30}]},
    }
    assert re.search(NUMBER.pattern, json_of(body).decode())


def test_names_that_are_replaced_take_nobodys_place() -> None:
    legs = {"14155550123": 1, "+14155550123": 2, "x": 3}

    found = NUMBER.replaced({"properties": {"legs": legs}}, lambda name, text: "x")

    assert found == {"properties": {"legs": {"x-2": 1, "x-2-2": 2, "x": 3}}}


def test_a_plain_name_at_the_top_is_the_propertys_own() -> None:
    agent = PersonalValue("agent_7")
    body = {"properties": {"agent_7": 1, "seconds_of": {"agent_7": 30}}}

    assert list(agent.said_in(body)) == [("seconds_of", "agent_7")]
    assert agent.replaced(body, lambda name, text: "x") == {
        "properties": {"agent_7": 1, "seconds_of": {"x": 30}}
    }


@pytest.mark.parametrize(
    "written",
    [
        str, json.dumps, escape, lambda text: text.replace('"', '""'),
        lambda text: json.dumps(text, ensure_ascii=False).replace("&", "\\u0026"),
        lambda text: "".join(f"&#x{ord(letter):X};" if letter > "~" else letter for letter in text),
    ],
    ids=["as it is", "json", "xml", "csv", "json for pages", "xml by numbers"],
)  # fmt: skip
def test_texts_and_files_may_write_letters_in_other_ways(written: Callable[[str], str]) -> None:
    value = PersonalValue('Zoë "Z" O\'Brien & \N{PILE OF POO}/x')

    assert re.search(value.pattern_in_texts, f"1,{written(value.text)},2")
    assert not re.search(value.pattern_in_texts, f"1,{written(value.text[1:])},2")
