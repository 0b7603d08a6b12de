from typing import Any

import pytest

from usage.metering.meter import Aggregation, Meter
from values.problems import InvalidTerms


def meter(**changes: Any) -> Meter:
    terms: dict[str, Any] = {
        "code": "AI_CALL",
        "display_name": "AI Calls",
        "event_name": "ai_call",
        "aggregation": Aggregation.SUM,
        "property": "duration_minutes",
        "group_keys": ("region", "call_outcome"),
        "unit": "minute",
    }
    return Meter(**{**terms, **changes})


@pytest.mark.parametrize(
    "changes,problem",
    [
        ({"code": " "}, "code: must not be empty"),
        ({"event_name": ""}, "event_name: must not be empty"),
        ({"property": None}, "property: a sum needs a property"),
        ({"aggregation": Aggregation.COUNT}, "property: a count has no property"),
        ({"group_keys": ("region", "region")}, "group_keys[1]: 'region' stands twice"),
        ({"group_keys": ("",)}, "group_keys[0]: must not be empty"),
    ],
)
def test_a_meter_that_cannot_count_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidTerms) as caught:
        meter(**changes)

    assert [found.text() for found in caught.value.problems] == [problem]


def test_all_mistakes_of_a_meter_are_named_at_once() -> None:
    with pytest.raises(InvalidTerms) as caught:
        meter(code="", property=None, group_keys=("a", "a"))

    assert len(caught.value.problems) == 3
