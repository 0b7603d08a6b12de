import pytest

from plan_file.format.tree import Pairs, Path, Refused, WrittenFloat, settle


def _nowhere(path: Path) -> bool:
    return False


def _everywhere(path: Path) -> bool:
    return True


def test_every_refusal_of_a_tree_is_named_with_its_path() -> None:
    tree = Pairs(
        (
            ("a", [WrittenFloat("1.5"), Refused("is odd")]),
            ("a", 2),
            ("b", "half \ud800"),
        )
    )

    value, problems = settle(tree, take_float=_nowhere)

    assert value == {"a": ["1.5", None], "b": ""}
    assert [problem.text() for problem in problems] == [
        'a[0]: is a float: write it as text, "1.5"',
        "a[1]: is odd",
        "a: this key stands here twice",
        "b: holds a NUL or half of a surrogate pair",
    ]


@pytest.mark.parametrize(
    "written,digits",
    [("1.50", "1.50"), ("1.5e3", "1500"), ("12E-2", "0.12"), ("1e999999", "1e999999")],
)
def test_a_float_that_is_taken_is_read_as_its_digits(written: str, digits: str) -> None:
    assert settle(WrittenFloat(written), take_float=_everywhere) == (digits, ())


def test_a_very_long_key_is_refused() -> None:
    _, problems = settle(Pairs((("k" * 501, 1),)), take_float=_nowhere)

    assert [problem.text() for problem in problems] == ["has a key of more than 500 characters"]
