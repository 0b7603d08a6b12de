"""What is kept of properties: by name, by what they lie in, and of numbers the last digits."""

from typing import Any

import pytest

from usage.intake.kept_properties import (
    Keeping,
    PropertyRules,
    is_plain_name,
    masked_text,
    path_of,
)

KEEP, MASK, DROP = Keeping.KEEP, Keeping.MASK, Keeping.DROP

CALL = {
    "from_number": "+1 (415) 555-0123",
    "to_number": 14155550199,
    "region": "US",
    "caller": {"name": "Dana", "number": "+44 20 7946 0999", "vip": True},
    "legs": [{"number": "+49 30 1234567", "seconds": 5}, {"number": "anonymous", "seconds": 7}],
}


def kept(others: Keeping = KEEP, **by_path: Keeping) -> dict[str, Any]:
    named = {path.replace("__", "/"): keeping for path, keeping in by_path.items()}
    return PropertyRules(named, others).kept(CALL)


def test_properties_without_a_rule_stay_as_they_came() -> None:
    assert kept() == CALL


def test_a_property_that_is_dropped_is_gone_and_nothing_else() -> None:
    assert kept(from_number=DROP) == {k: v for k, v in CALL.items() if k != "from_number"}


def test_masked_numbers_keep_their_last_four_digits_however_they_are_written() -> None:
    found = kept(from_number=MASK, to_number=MASK)

    assert (found["from_number"], found["to_number"]) == ("****0123", "****0199")


def test_masking_an_object_masks_all_that_lies_in_it() -> None:
    assert kept(caller=MASK)["caller"] == {"name": "****", "number": "****0999", "vip": "****"}


def test_a_property_inside_another_has_a_rule_of_its_own() -> None:
    found = kept(caller__number=MASK, caller__name=DROP)

    assert found["caller"] == {"number": "****0999", "vip": True}


def test_the_elements_of_a_list_have_its_path() -> None:
    assert kept(legs__number=MASK)["legs"] == [
        {"number": "****4567", "seconds": 5},
        {"number": "****", "seconds": 7},
    ]


def test_all_others_may_be_dropped() -> None:
    assert kept(DROP, region=KEEP, caller__vip=KEEP) == {"region": "US", "caller": {"vip": True}}


def test_a_slash_in_a_name_is_written_as_in_a_json_pointer() -> None:
    rules = PropertyRules({"a~1b": DROP, "c~0d": MASK})

    assert rules.kept({"a/b": "1", "c~d": "2", "a": {"b": "3"}}) == {"c~d": "****", "a": {"b": "3"}}


def test_what_was_masked_before_stays_as_it_is() -> None:
    rules = PropertyRules({}, MASK)
    once = rules.kept(CALL)

    assert rules.kept(once) == once


@pytest.mark.parametrize(
    "text,masked",
    [
        ("14155550123", "****0123"),
        ("+1.415.555.0123", "****0123"),
        ("555-0123", "****0123"),
        ("555012", "****"),
        ("", "****"),
        ("dana@example.com", "****"),
        ("dana 14155550123", "****"),
        ("sip:14155550123@host", "****"),
        ("****0123", "****0123"),
        ("****01234", "****"),
        ("+1\t415\N{NO-BREAK SPACE}555\N{NON-BREAKING HYPHEN}0123", "****0123"),
        ("2024-11-05", "****"),
        ("2024-11-05 1000", "****"),
        ("11/05/2024", "****"),
        ("05 11 2024", "****"),
        ("20241105", "****"),
        ("20241105101500", "****"),
        ("12.3456789", "****"),
        ("-0.1234567", "****"),
        ("1 234 567.89", "****"),
        ("\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "****"),
    ],
    ids=[
        "digits", "dots", "local", "too short", "empty", "letters", "words and digits", "sip",
        "masked", "nearly masked", "tabs and typographic signs", "day", "day and time",
        "day of America", "day with blanks", "day without dashes", "time without dashes",
        "decimal", "negative decimal", "decimal with blanks", "digits of another script",
    ],
)  # fmt: skip
def test_of_a_text_only_a_long_number_shows_its_end(text: str, masked: str) -> None:
    assert masked_text(text) == masked


@pytest.mark.parametrize("name", ["number", "a/b", "a~b", "~1"])
def test_a_name_is_found_again_by_its_path(name: str) -> None:
    rules = PropertyRules({path_of(name): MASK}, DROP)

    assert (rules.keeping_of(name), rules.keeping_of("other")) == (MASK, DROP)


@pytest.mark.parametrize(
    "others, found",
    [
        (KEEP, {"legs": ["+1 415 555 0123", {"number": "****4567", "via": None}, None]}),
        (MASK, {"legs": ["****0123", {"number": "****4567", "via": None}, None]}),
        (DROP, {"legs": [{"number": "****4567"}]}),
    ],
    ids=["kept", "masked", "dropped"],
)
def test_what_lies_in_a_list_beside_objects_with_a_rule_has_that_of_the_others(
    others: Keeping, found: dict[str, Any]
) -> None:
    legs = ["+1 415 555 0123", {"number": "+49 30 1234567", "via": None}, None]

    assert PropertyRules({"legs/number": MASK}, others).kept({"legs": legs}) == found


def test_an_object_of_which_nothing_is_kept_is_gone() -> None:
    rules = PropertyRules({"caller/number": DROP}, DROP)

    assert rules.kept({"caller": {"number": "+49 30 1234567", "name": "Dana"}}) == {}


BY_NUMBER = {
    "+14155550123": 30,
    "1 (415) 555-0123": {"agent_7": "Dana", "dana@example.com": None},
    "2125550123": 5,
    "seconds": 7,
}


def test_names_that_may_be_somebody_are_masked_with_what_they_name() -> None:
    found = PropertyRules({"legs": MASK}).kept({"legs": [BY_NUMBER], "+14155550123": 1})

    assert found == {
        "legs": [
            {
                "****0123": "****",
                "****0123-2": {"agent_7": "****", "****": None},
                "****0123-3": "****",
                "seconds": "****",
            }
        ],
        "+14155550123": 1,
    }


def test_names_without_a_rule_are_masked_where_all_others_are() -> None:
    found = PropertyRules({"x-id": KEEP, "by/+1": KEEP}, MASK).kept(
        {"+14155550123": {"x-id": 1}, "x-id": 2, "by": {"+1": 3, "+2": 4}}
    )

    assert found == {"****0123": {"****": "****"}, "x-id": 2, "by": {"+1": 3, "****": "****"}}


def test_names_that_were_masked_before_stay_as_they_are() -> None:
    rules = PropertyRules({"legs": MASK})
    once = rules.kept({"legs": {"****0123": 1, **BY_NUMBER, "a-b": 1, "c-d": 2, "****-2": 3}})

    assert rules.kept(once) == once
    assert list(once["legs"]) == [
        "****0123", "****0123-2", "****0123-3", "****0123-4", "seconds", "****", "****-2", "****-3",
    ]  # fmt: skip


def test_no_masked_name_takes_the_place_of_one_with_a_rule() -> None:
    found = PropertyRules({"****0123": KEEP}, MASK).kept({"2125550123": 1, "****0123": 2})

    assert found == {"****0123-2": "****", "****0123": 2}


def test_of_a_time_in_bare_seconds_four_digits_are_shown() -> None:
    assert masked_text("1730800800") == "****0800"


@pytest.mark.parametrize(
    "name,plain",
    [
        ("from_number", True), ("leg2", True), ("größe", True), ("_1", True), ("n123456", True),
        ("n1234567", False), ("42", False), ("dana@example.com", False), ("Dana Smith", False),
        ("", False), ("a-b", False), ("n\u0661\u0662\u0663\u0664\u0665\u0666\u0667", False),
    ],
    ids=[
        "usual", "with a digit", "of another language", "underscore", "six digits",
        "seven digits", "number", "address", "two words", "empty", "dash", "of another script",
    ],
)  # fmt: skip
def test_a_plain_name_is_a_word_without_a_number(name: str, plain: bool) -> None:
    assert is_plain_name(name) is plain
