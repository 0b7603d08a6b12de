"""The sentences of the format about time, fees, contracts, credit and output, one by one."""

import pytest

from tests.plan_file.law import rules_of_credit, rules_of_fees, rules_of_limits, rules_of_outcomes
from tests.plan_file.law.telling import Case, told

CASES = (*rules_of_fees.CASES, *rules_of_limits.CASES, *rules_of_outcomes.CASES, *rules_of_credit.CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.sentence for case in CASES])
def test_rule(case: Case) -> None:
    assert told(case) == case.wanted
