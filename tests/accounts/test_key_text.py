import pytest

from accounts.key_text import new_key_text, read_key_text


def test_a_key_reads_back_as_itself() -> None:
    made = new_key_text("live")

    assert read_key_text(made.text) == made
    assert made.text.startswith(f"{made.prefix}_")
    assert made.prefix.startswith("vb_live_")


def test_keys_differ() -> None:
    assert new_key_text("test").text != new_key_text("test").text


def test_a_key_is_never_stored_but_by_its_hash() -> None:
    made = new_key_text("live")

    assert len(made.digest()) == 32
    assert made.text.encode() not in made.digest()


@pytest.mark.parametrize("place", [3, 10, 20, 60, -1])
def test_one_wrong_character_is_found_without_a_look_up(place: int) -> None:
    text = list(new_key_text("live").text)
    text[place] = "2" if text[place] != "2" else "3"

    assert read_key_text("".join(text)) is None


@pytest.mark.parametrize(
    "text", ["", "vb_live_", "sk_live_abc", "vb_live_\u0661" * 9, "x" * 10_000]
)
def test_other_texts_are_no_keys(text: str) -> None:
    assert read_key_text(text) is None


def test_a_key_with_a_line_break_behind_it_is_no_key() -> None:
    assert read_key_text(new_key_text("live").text + "\n") is None
