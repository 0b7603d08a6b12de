from plan_file.changes import Change, Changes, Difference, Verdict, differences, refusals


def test_values_that_are_equal_make_no_difference() -> None:
    assert differences({"a": ["x"], "b": {"c": "1"}}, {"b": {"c": "1"}, "a": ["x"]}) == ()


def test_keys_are_named_by_their_path_and_what_is_left_out_is_none() -> None:
    old = {"name": "Basic", "entries": [{"rate": "1"}, {"rate": "2"}]}
    new = {"entries": [{"rate": "1"}, {"rate": "3"}, {"rate": "4"}], "autopay": True}

    assert [difference.text() for difference in differences(old, new)] == [
        "name: Basic → none",
        "entries[1].rate: 2 → 3",
        'entries[2]: none → {"rate": "4"}',
        "autopay: none → true",
    ]


def test_an_absent_property_is_not_a_key_left_out() -> None:
    (found,) = differences({"match": {"region": None}}, {"match": {}})

    assert found == Difference(("match", "region"), "null", None)


def test_a_list_of_words_is_one_value() -> None:
    (found,) = differences({"prices": ["a", "b"]}, {"prices": ["a"]})

    assert found.refusal() == 'prices is ["a", "b"], not ["a"]'


def test_the_first_five_differences_are_named() -> None:
    found = differences({str(n): "1" for n in range(7)}, {str(n): "2" for n in range(7)})

    assert refusals(found) == (
        "0 is 1, not 2, 1 is 1, not 2, 2 is 1, not 2, 3 is 1, not 2, 4 is 1, not 2, and 2 more"
    )


def test_the_summary_counts_what_became_of_each_object() -> None:
    changes = Changes(
        items=(
            Change("meter", "A", Verdict.CREATED),
            Change("meter", "B", Verdict.CREATED),
            Change("plan", "C", Verdict.UNCHANGED),
        )
    )

    assert changes.summary() == "2 created, 0 changed, 1 unchanged"
