import copy
import pickle

import pytest

from values.problems import InvalidTerms, Problem, refuse, unknown_key


def test_a_problem_prints_its_path_as_people_write_it() -> None:
    assert Problem(("prices", 2, "modle"), "unknown key").text() == "prices[2].modle: unknown key"
    assert Problem((), "is empty").text() == "is empty"


def test_a_problem_seen_from_further_out_has_a_longer_path() -> None:
    inner = Problem(("entries", 3), "ties")

    assert inner.under("versions", 0).text() == "versions[0].entries[3]: ties"


def test_all_problems_are_refused_at_once_and_none_is_no_refusal() -> None:
    refuse([])
    with pytest.raises(InvalidTerms) as caught:
        refuse([Problem(("a",), "is wrong"), Problem(("b",), "too")])

    assert str(caught.value) == "a: is wrong; b: too"
    assert len(caught.value.problems) == 2


def test_refusals_survive_pickling_and_copying() -> None:
    error = InvalidTerms([Problem(("a",), "is wrong")])

    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert other.problems == error.problems


def test_an_unknown_key_names_the_likely_one() -> None:
    assert unknown_key("modle", known=["model", "meter"]) == "unknown key, did you mean 'model'?"
    assert unknown_key("zzz", known=["model"]) == "unknown key"
