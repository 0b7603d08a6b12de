"""The sentences of the format about time, fees, contracts, credit and output, one by one."""

from textwrap import dedent

import pytest

from plan_file.format.reading import BadFile, parse_document
from tests.plan_file.law import (
    rules_of_credit,
    rules_of_groups,
    rules_of_limits,
    rules_of_outcomes,
    rules_of_periods,
    rules_of_phases,
    rules_of_refusal,
    rules_of_seats,
    rules_of_units,
)
from tests.plan_file.law.rules_of_refusal import Refused
from tests.plan_file.law.telling import Case, told

CASES = (
    *rules_of_periods.CASES,
    *rules_of_seats.CASES,
    *rules_of_phases.CASES,
    *rules_of_limits.CASES,
    *rules_of_outcomes.CASES,
    *rules_of_credit.CASES,
    *rules_of_units.CASES,
    *rules_of_groups.CASES,
)


@pytest.mark.parametrize("case", CASES, ids=[case.sentence for case in CASES])
def test_rule(case: Case) -> None:
    assert told(case) == case.wanted


@pytest.mark.parametrize("case", CASES, ids=[case.sentence for case in CASES])
def test_the_same_document_says_the_same_again(case: Case) -> None:
    assert told(case) == told(case)


@pytest.mark.parametrize(
    "refused", rules_of_refusal.CASES, ids=[each.sentence for each in rules_of_refusal.CASES]
)
def test_refused(refused: Refused) -> None:
    with pytest.raises(BadFile) as caught:
        parse_document(dedent(refused.book), name="plan.yaml")

    assert [problem.text() for problem in caught.value.problems] == refused.wanted
