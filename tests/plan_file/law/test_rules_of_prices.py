"""The sentences of the format about meters, rate cards, prices, calls and events, one by one."""

import json

import pytest

from plan_file.format.reading import BadFile, parse_document
from plan_file.output.json_text import json_text
from plan_file.simulation import simulate
from tests.plan_file.law import (
    rules_of_bands,
    rules_of_bundles,
    rules_of_calls,
    rules_of_cards,
    rules_of_included,
    rules_of_meters,
    rules_of_models,
    rules_of_rate_rows,
    rules_of_reading,
)
from tests.plan_file.law.pricing import Rule, told, told_of
from tests.plan_file.law.rules_of_reading import Written

RULES = (
    *rules_of_meters.RULES,
    *rules_of_cards.RULES,
    *rules_of_models.RULES,
    *rules_of_included.RULES,
    *rules_of_calls.RULES,
    *rules_of_rate_rows.RULES,
    *rules_of_bands.RULES,
    *rules_of_bundles.RULES,
)


@pytest.mark.parametrize("rule", RULES, ids=[rule.sentence for rule in RULES])
def test_rule(rule: Rule) -> None:
    assert told(rule.book) == rule.wanted


@pytest.mark.parametrize(
    "written", rules_of_reading.READ, ids=[each.sentence for each in rules_of_reading.READ]
)
def test_read(written: Written) -> None:
    result = simulate(parse_document(written.book, name="plan.yaml"))

    assert told_of(json.loads(json_text(result))) == written.wanted


@pytest.mark.parametrize(
    "written", rules_of_reading.REFUSED, ids=[each.sentence for each in rules_of_reading.REFUSED]
)
def test_refused(written: Written) -> None:
    with pytest.raises(BadFile) as caught:
        parse_document(written.book, name="plan.yaml")

    assert [problem.text() for problem in caught.value.problems] == written.wanted


def test_no_sentence_stands_twice() -> None:
    sentences = [rule.sentence for rule in RULES]

    assert len(set(sentences)) == len(sentences)
