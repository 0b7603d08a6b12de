"""A preview says which of its names no meter counts."""

import pytest

from tests import factories as make
from usage.documents.files.preview_rows import ShownEvent
from usage.documents.files.uncounted import uncounted_sentence
from usage.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return make.source(make.partner(make.acme()))


def test_without_a_meter_no_name_is_offered(source: Source) -> None:
    shown = [ShownEvent(1, event_name="b"), ShownEvent(2, event_name="a")]

    said = uncounted_sentence(shown, source=source)

    assert said == "No meter counts events named “a”, “b”: they would wait in quarantine."


def test_what_takes_usage_back_is_counted(source: Source) -> None:
    meter = make.ai_call_meter()
    meter.reversed_by = ["ai_call_reversed"]
    meter.save()

    assert uncounted_sentence([ShownEvent(1, event_name="ai_call_reversed")], source=source) == ""


def test_rows_that_are_no_events_name_nothing(source: Source) -> None:
    assert uncounted_sentence([ShownEvent(1, mistakes=("no",))], source=source) == ""


def test_of_many_names_the_first_are_told(source: Source) -> None:
    shown = [ShownEvent(number, event_name=f"n{number:02}") for number in range(13)]

    said = uncounted_sentence(shown, source=source)

    assert "“n11” and others: they would" in said
    assert "n12" not in said
