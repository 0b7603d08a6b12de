"""All events that wait for the same thing are one cause."""

from datetime import timedelta
from typing import Any

import pytest

from tests import factories as make
from usage.models import QuarantinedEvent, QuarantineReason, Source
from usage.queries.quarantine_causes import Cause, waiting_causes, waiting_keys

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme; calls are counted."""
    customer = make.acme()
    make.ai_call_meter()
    return make.source(make.partner(customer))


def test_events_of_one_unknown_customer_are_one_cause_seen_from_the_first_to_the_last(
    callwave: Source,
) -> None:
    for number in range(3):
        body = make.call_body(f"call-{number}", customer_id="ACME")
        make.accepted(callwave, [body], now=make.NOW + number * HOUR)
    make.accepted(callwave, [make.call_body("other", event_name="ai_cal")])

    assert waiting_causes() == [
        Cause(
            callwave.pk, QuarantineReason.UNKNOWN_CUSTOMER, "ACME", 3, make.NOW, make.NOW + 2 * HOUR
        ),
        Cause(callwave.pk, QuarantineReason.UNKNOWN_EVENT_NAME, "ai_cal", 1, make.NOW, make.NOW),
    ]


def test_what_was_replayed_waits_no_more(callwave: Source) -> None:
    make.accepted(callwave, [make.call_body("call", customer_id="nobody")])
    QuarantinedEvent.objects.update(resolved_at=make.NOW)

    assert waiting_causes() == []


def test_only_the_causes_of_the_asked_sources_are_told(callwave: Source) -> None:
    make.accepted(callwave, [make.call_body("call", customer_id="nobody")])

    assert waiting_causes(source_ids=[callwave.pk + 1]) == []
    assert len(waiting_causes(source_ids=[callwave.pk])) == 1


def test_the_keys_of_a_cause_come_in_pages(callwave: Source) -> None:
    for number in range(3):
        make.accepted(callwave, [make.call_body(f"call-{number}", customer_id="nobody")])
    make.accepted(callwave, [make.call_body("another", customer_id="somebody")])
    cause: dict[str, Any] = {
        "source_id": callwave.pk, "reason": "unknown_customer", "named": "nobody",
    }  # fmt: skip

    first = waiting_keys(**cause, limit=2)
    rest = waiting_keys(**cause, after=first[-1], limit=2)

    keys = QuarantinedEvent.objects.filter(customer_reference="nobody").values_list(
        "key", flat=True
    )
    assert first + rest == sorted(keys)
    assert len(first) == 2
