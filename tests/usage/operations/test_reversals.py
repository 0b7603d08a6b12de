"""Events that take back what a meter counts are kept, as readings of nothing."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Price, PriceVersion
from catalog.operations.publish_price_version import publish_price_version
from tests import factories as make
from usage.models import Meter, Reading, Source
from usage.operations.accept_events import Outcome
from usage.operations.replay_quarantined import replay_quarantined

pytestmark = pytest.mark.django_db

OUTCOME = {
    "success_event": "ticket_resolved",
    "reversal_event": ["ticket_reopened", "human_rejected"],
    "correlation_property": "ticket_id",
    "window_hours": 72,
}


@pytest.fixture
def callwave() -> Source:
    """A partner that sends Acme's events."""
    return make.source(make.partner(make.acme()))


def tickets(**columns: Any) -> Meter:
    return Meter.objects.create(
        **{
            "legal_entity": make.northwind(),
            "code": "TICKET",
            "display_name": "Tickets",
            "event_name": "ticket_resolved",
            "aggregation": "count",
            **columns,
        }
    )


def draft(meter: Meter, **keys: Any) -> PriceVersion:
    price = Price.objects.create(legal_entity=make.northwind(), code="ticket", meter=meter)
    return PriceVersion.objects.create(
        price=price, name="Tickets", unit_price=Decimal(1), terms_keys=keys
    )


def sent(sender: Source, name: str, key: str, **properties: Any) -> Outcome:
    body = {**make.call_body(key), "event_name": name, "properties": properties}
    (outcome,) = make.accepted(sender, [body])
    return outcome


def test_publishing_tells_the_meter_what_takes_its_counts_back() -> None:
    meter = tickets()

    publish_price_version(version=draft(meter, outcome=OUTCOME), now=make.NOW)

    meter.refresh_from_db()
    assert meter.reversed_by == ["ticket_reopened", "human_rejected"]


def test_a_name_that_the_meter_knows_is_not_noted_twice() -> None:
    meter = tickets(reversed_by=["human_rejected"])

    publish_price_version(version=draft(meter, outcome=OUTCOME), now=make.NOW)

    meter.refresh_from_db()
    assert meter.reversed_by == ["human_rejected", "ticket_reopened"]


def test_a_price_without_a_rule_tells_the_meter_nothing() -> None:
    meter = tickets()

    publish_price_version(version=draft(meter), now=make.NOW)

    meter.refresh_from_db()
    assert meter.reversed_by == []


def test_a_reversal_is_kept_as_a_reading_of_nothing(callwave: Source) -> None:
    tickets(reversed_by=["ticket_reopened"], filters={"channel": ["chat"]})

    assert sent(callwave, "ticket_reopened", "back-1", ticket_id="T1").status == "accepted"

    reading = Reading.objects.get()
    assert (reading.meter.code, reading.quantity) == ("TICKET", Decimal(0))


def test_a_reversal_needs_none_of_what_the_meter_counts(callwave: Source) -> None:
    tickets(aggregation="sum", property="minutes", reversed_by=["ticket_reopened"])

    assert sent(callwave, "ticket_reopened", "back-1", ticket_id="T1").status == "accepted"


def test_what_one_meter_takes_back_another_may_count(callwave: Source) -> None:
    tickets(reversed_by=["ticket_reopened"])
    tickets(code="REOPENED", event_name="ticket_reopened")

    sent(callwave, "ticket_reopened", "back-1")

    found = {reading.meter.code: reading.quantity for reading in Reading.objects.all()}
    assert found == {"TICKET": Decimal(0), "REOPENED": Decimal(1)}


def test_a_reversal_that_came_too_early_is_replayed_once_a_price_asks_for_it(
    callwave: Source,
) -> None:
    meter = tickets()
    waiting = sent(callwave, "ticket_reopened", "back-1")
    assert waiting.status == "quarantined"
    assert waiting.key is not None

    publish_price_version(version=draft(meter, outcome=OUTCOME), now=make.NOW)
    replay_quarantined(key=waiting.key, now=make.NOW)

    assert Reading.objects.get().quantity == Decimal(0)
