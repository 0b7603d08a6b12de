"""Rules may take away anything but what usage is counted and charged by."""

import pytest

from tests import factories as make
from usage.intake.kept_properties import Keeping
from usage.metering.needed import Needed, Part
from usage.models import Source
from usage.operations.change_property_rules import RulesRefused, change_property_rules

pytestmark = pytest.mark.django_db

KEEP, MASK, DROP = Keeping.KEEP, Keeping.MASK, Keeping.DROP
REGION = Needed("region", Part.WHOLE, "meter 'AI_CALL' groups by it")
TO_NUMBER = Needed("to_number", Part.PREFIX, "price 'voice' rates by its prefix", 6)


@pytest.fixture
def source() -> Source:
    return make.source(make.partner(make.acme()))


def refused(
    source: Source, by_path: dict[str, Keeping], *needed: Needed, others: Keeping = KEEP
) -> tuple[str, ...]:
    with pytest.raises(RulesRefused) as refusal:
        change_property_rules(source=source, by_path=by_path, others=others, needed=needed)
    assert Source.objects.get().keeps_all
    return refusal.value.reasons


def test_what_a_meter_needs_is_not_dropped_and_the_meter_is_named(source: Source) -> None:
    assert refused(source, {"region": DROP, "name": MASK}, REGION) == (
        "region cannot be dropped: meter 'AI_CALL' groups by it.",
    )


def test_the_other_partys_number_is_offered(source: Source) -> None:
    (reason,) = refused(source, {"to_number": MASK}, TO_NUMBER)

    assert reason == (
        "to_number cannot be masked: price 'voice' rates by its prefix. from_number, the other "
        "party's number, can be."
    )


def test_dropping_all_others_names_what_is_to_be_kept(source: Source) -> None:
    (reason,) = refused(source, {"name": KEEP}, REGION, others=DROP)
    assert reason == (
        "region cannot be dropped: meter 'AI_CALL' groups by it. Name it as a property that is "
        "kept."
    )
    rules = {"region": KEEP}
    change_property_rules(source=source, by_path=rules, others=DROP, needed=[REGION])
    assert Source.objects.get().rules().others is DROP


@pytest.mark.parametrize("path", ["", "a//b", "x" * 201, "a\x00b"])
def test_a_path_that_names_nothing_is_refused(source: Source, path: str) -> None:
    assert len(refused(source, {path: DROP})) == 1


def test_each_change_stays_in_the_history(source: Source) -> None:
    for rules in ({"name": MASK}, {}):
        change_property_rules(source=source, by_path=rules, others=KEEP, needed=())

    changes = next(iter(Source.pgh_event_models.values()))  # type: ignore[attr-defined]
    told = changes.objects.order_by("pgh_id").values_list("pgh_label", "property_rules")
    assert list(told) == [("insert", {}), ("update", {"name": "mask"}), ("update", {})]
