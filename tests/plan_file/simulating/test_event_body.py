from plan_file.simulating.event_body import packed, unpacked


def test_the_order_of_properties_says_nothing() -> None:
    assert packed({"b": "2", "a": "1"}) == packed({"a": "1", "b": "2"})


def test_a_number_and_its_digits_say_the_same_and_so_do_true_and_its_word() -> None:
    assert packed({"a": 2, "b": True, "c": False}) == packed({"a": "2", "b": "true", "c": "false"})


def test_a_flag_is_no_number_and_nothing_is_no_text() -> None:
    assert packed({"a": True}) != packed({"a": 1})
    assert packed({"a": None}) != packed({"a": ""})


def test_lists_mappings_and_huge_numbers_come_back_as_text() -> None:
    huge = 10**40

    assert unpacked(packed({"a": [1, {"b": huge}], "c": huge, "d": None})) == {
        "a": ["1", {"b": str(huge)}],
        "c": str(huge),
        "d": None,
    }
