import pytest

from plan_file.format.tree import Pairs, Refused, Unreadable, WrittenFloat
from plan_file.format.yaml_text import read_yaml


@pytest.mark.parametrize(
    "written,value",
    [
        ("NO", "NO"),
        ("on", "on"),
        ("18:00", "18:00"),
        ("2024-11-01", "2024-11-01"),
        ("12", 12),
        ("0x1F", 31),
        ("True", True),
        ("~", None),
        ("", None),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ("1.5", WrittenFloat("1.5")),
        ("1e3", WrittenFloat("1e3")),
        (".inf", WrittenFloat(".inf")),
        ("1_000", "1_000"),
    ],
)
def test_scalars_are_those_of_the_core_schema(written: str, value: object) -> None:
    assert read_yaml(f"key: {written}") == Pairs((("key", value),))


def test_a_number_that_would_lose_its_leading_zero_is_refused() -> None:
    assert read_yaml("- 02134") == [
        Refused("would lose its leading zero: write it as text, '02134'")
    ]


def test_a_tag_makes_no_object() -> None:
    assert read_yaml("- !!python/object/apply:os.system [ls]") == [
        Refused("the tag tag:yaml.org,2002:python/object/apply:os.system means nothing here")
    ]


def test_an_alias_repeats_its_anchor() -> None:
    assert read_yaml("[&one [1], *one]") == [[1], [1]]


def test_an_anchor_that_holds_itself_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"\*one has no anchor"):
        read_yaml("&one [*one]")


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["- &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"- &a{level + 1} [{', '.join([f'*a{level}'] * 10)}]" for level in range(9)]

    with pytest.raises(Unreadable, match="repeats more than 100,000 values by aliases"):
        read_yaml("\n".join(lines))


def test_aliases_that_nest_are_refused_where_they_get_too_deep() -> None:
    from plan_file.format.tree import settle

    lines = ["- &a0 " + "[" * 50 + "]" * 50]
    lines += [f"- &a{level + 1} " + "[" * 50 + f"*a{level}" + "]" * 50 for level in range(30)]

    with pytest.raises(Unreadable, match="nested deeper than 64 levels"):
        settle(read_yaml("\n".join(lines)), take_float=lambda path: False)


@pytest.mark.parametrize(
    "text,message",
    [
        ("", "is empty"),
        ("--- a\n--- b\n", "holds a second document"),
        ("[" * 100_000, "is nested deeper than 64 levels"),
        ("? [a]\n: b", "a key must be text"),
        ("a: [1,", "did not find expected node content"),
        ("a: \x01", "is not YAML: unacceptable character"),
    ],
)
def test_what_is_no_document_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_yaml(text)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("written", ["1" * 101, "1." + "0" * 100, "-" + "9" * 100])
def test_a_number_of_very_many_digits_is_refused(written: str) -> None:
    assert read_yaml(f"- {written}") == [Refused("is a number of more than 100 characters")]


def test_a_number_of_a_hundred_characters_is_read() -> None:
    assert read_yaml("- " + "9" * 100) == [int("9" * 100)]
    assert read_yaml("- 1." + "0" * 98) == [WrittenFloat("1." + "0" * 98)]


def test_a_scalar_of_another_tag_means_nothing() -> None:
    assert read_yaml("- !money 12") == [Refused("the tag !money means nothing here")]


def test_an_anchor_that_is_set_again_does_not_mean_what_it_meant_before() -> None:
    with pytest.raises(Unreadable, match=r"\*one has no anchor"):
        read_yaml("[&one 1, &one [*one]]")
    assert read_yaml("[&one 1, *one, &one 2, *one]") == [1, 1, 2, 2]


def test_a_tag_of_the_core_schema_reads_the_scalar_so() -> None:
    assert read_yaml("[!!int 12, !!bool true, !!null ~, !!float 1.5]") == [
        12,
        True,
        None,
        WrittenFloat("1.5"),
    ]
