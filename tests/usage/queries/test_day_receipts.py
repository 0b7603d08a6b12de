"""Numbers of a day that receipts alone tell, and the files behind them."""

from datetime import timedelta
from typing import Any

import pytest

from tests import factories as make
from tests.usage.uploads import calls_csv, imported, mapped
from usage.intake.sent_event import read_event
from usage.models import Event, Source, UsageReceipt
from usage.operations.amend_event import amend_event
from usage.operations.count_source_day import day_of_receipt
from usage.queries.day_receipts import Came, corrected_items, files_of_receipts, receipts_of_day

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
TODAY = day_of_receipt(make.NOW.date())


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme that sent a call, which was amended an hour later."""
    make.ai_call_meter()
    sender = make.source(make.partner(make.acme()))
    make.accepted(sender, [make.call_body("one")])
    body = read_event(make.call_body("one", minutes=9))
    amend_event(event=Event.objects.get(), body=body, reason="wrong", now=make.NOW + HOUR)
    return sender


def test_what_a_correction_stored_is_not_what_the_source_sent(callwave: Source) -> None:
    def channels(came: Came) -> list[str]:
        found = receipts_of_day(source_id=callwave.pk, received_in=TODAY, came=came, limit=9)
        return [each.channel for each in found]

    assert {came: channels(came) for came in Came} == {
        Came.RECEIVED: ["api"], Came.CORRECTIONS: ["correction"], Came.DUPLICATES: [],
        Came.CONFLICTS: [], Came.REJECTED: [],
    }  # fmt: skip


def test_corrections_are_counted_up_to_a_time_of_this_day_and_source(callwave: Source) -> None:
    other = make.source(callwave.partner, "live")
    yesterday = day_of_receipt(make.NOW.date() - timedelta(days=1))

    assert corrected_items(source_id=callwave.pk, received_in=TODAY) == 1
    assert corrected_items(source_id=callwave.pk, received_in=TODAY, until=make.NOW + HOUR) == 1
    assert corrected_items(source_id=callwave.pk, received_in=TODAY, until=make.NOW) == 0
    assert corrected_items(source_id=callwave.pk, received_in=yesterday) == 0
    assert corrected_items(source_id=other.pk, received_in=TODAY) == 0


def test_receipts_of_one_instant_are_told_apart_by_their_place(callwave: Source) -> None:
    for number in range(3):
        make.accepted(callwave, [make.call_body(f"call-{number}")])
    wanted: dict[str, Any] = {
        "source_id": callwave.pk, "received_in": TODAY, "came": Came.RECEIVED,
    }  # fmt: skip

    first = receipts_of_day(**wanted, limit=2)
    rest = receipts_of_day(**wanted, after=(first[-1].received_at, first[-1].pk), limit=9)

    assert len(first) == 2
    assert [each.pk for each in (*first, *rest)] == list(
        UsageReceipt.objects.filter(channel="api").order_by("pk").values_list("pk", flat=True)
    )


def test_a_part_of_a_file_knows_the_file_that_was_imported_then(callwave: Source) -> None:
    file = mapped(callwave, calls_csv(2))
    imported(file)
    later = mapped(callwave, calls_csv(3), name="later.csv")
    imported(later)
    later.runs.update(started_at=make.NOW + HOUR, ended_at=make.NOW + HOUR)
    receipts = list(UsageReceipt.objects.order_by("pk"))

    found = files_of_receipts(source_id=callwave.pk, receipts=receipts)

    assert set(map(tuple, found.values())) == {(file,)}
    assert set(found) == {each.pk for each in receipts if each.channel == "file"}
    assert files_of_receipts(source_id=callwave.pk, receipts=receipts[:2]) == {}
