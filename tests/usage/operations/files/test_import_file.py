"""Importing a file: each event once, with counts, errors and the place where it is."""

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from tests import factories as make
from tests.usage.uploads import (
    CALL_MAPPING,
    call_row,
    calls_csv,
    checked,
    counts,
    csv_bytes,
    errors,
    imported,
    mapped,
    uploaded,
)
from usage.files.mapping_format import read_mapping
from usage.intake.sent_event import SentEvent
from usage.models import Event, FileState, Meter, Reading, Source, UsageReceipt
from usage.operations.files.map_file import map_file
from usage.queries.files.sample import file_sample, preview
from usage.queries.files.suggested import guessed_mapping

pytestmark = pytest.mark.django_db


def test_every_row_of_a_good_file_becomes_one_event(source: Source) -> None:
    run = imported(mapped(source, calls_csv(3)))

    assert counts(run) == (3, 0, 0, 0, 0)
    assert (run.rows, run.last_row, run.file.state) == (3, 4, FileState.DONE)
    sent = Event.objects.order_by("occurred_at")[0].sent
    assert json.loads(sent) == {
        "customer_id": "acme",
        "event_name": "ai_call",
        "idempotency_key": "call-0",
        "occurred_at": "2024-11-05T10:00:00Z",
        "properties": {"region": "US", "call_outcome": "resolved", "duration_minutes": 5},
    }


RECORDS = (
    b"call_id,account,start_time,answer_time,end_time,from,to,status,duration\n"
    b"c-1,acme,2024-11-05T10:00:00Z,2024-11-05T10:00:07Z,2024-11-05T10:01:07Z,+1312,+1646,OK,60\n"
    b"c-2,acme,2024-11-05T10:02:00Z,,2024-11-05T10:02:25Z,+1312,+1646,NO ANSWER,0\n"
    b"c-3,acme,2024-11-05T10:03:00Z,0000-00-00 00:00:00,,+1312,+1646,BUSY,0\n"
)


def test_call_records_that_nobody_answered_are_events_that_count_nothing(source: Source) -> None:
    Meter.objects.create(
        legal_entity=make.northwind(), code="TALK", display_name="Talk", event_name="call",
        aggregation="sum", property="duration_seconds", unit="second", calls=True,
    )  # fmt: skip
    file = uploaded(source, RECORDS)
    guessed = guessed_mapping(sample=file_sample(file=file)).mapping
    file = map_file(file=file, mapping=guessed, now=make.NOW)

    assert counts(checked(file)) == (3, 0, 0, 0, 0)
    run = imported(file)

    assert (counts(run), errors(run)) == ((3, 0, 0, 0, 0), [])
    counted = Reading.objects.order_by("occurred_at").values_list("occurred_at", "quantity")
    assert [(f"{at:%H:%M:%S}", quantity) for at, quantity in counted] == [
        ("10:00:07", Decimal(60)), ("10:02:00", Decimal(0)), ("10:03:00", Decimal(0)),
    ]  # fmt: skip


def test_a_check_counts_what_an_import_would_and_stores_nothing(source: Source) -> None:
    make.accepted(source, [make.call_body("call-1", outcome="escalated")])
    content = csv_bytes(
        [
            call_row(0),
            call_row(1),
            call_row(2, account="nobody"),
            call_row(3, minutes="five"),
            call_row(0),
            call_row(0, minutes="6"),
        ]
    )
    file = mapped(source, content)

    found = checked(file)

    assert counts(found) == (1, 1, 2, 1, 1)
    assert found.file.state == FileState.CHECKED
    assert Event.objects.count() == 1
    stored = imported(file)
    assert counts(stored) == counts(found)
    assert errors(stored) == errors(found)
    assert errors(stored) == [
        (3, "", "conflict"),
        (4, "account", "unknown_customer"),
        (5, "minutes", "bad_value"),
        (7, "", "conflict"),
    ]


def test_what_a_meter_cannot_read_is_told_by_its_column(source: Source) -> None:
    as_text: Any = deepcopy(CALL_MAPPING)
    del as_text["events"][0]["properties"][2]["type"]

    run = imported(mapped(source, csv_bytes([call_row(0, minutes="three")]), as_text))

    (error,) = run.errors.all()
    assert (error.row, error.column, error.code) == (2, "minutes", "bad_value")
    assert error.reason == "'duration_minutes': 'three' is not a number such as 12 or 0.25"


def test_the_receipt_of_a_chunk_counts_its_rows(source: Source) -> None:
    imported(mapped(source, csv_bytes([call_row(0), call_row(1, minutes="x"), call_row(0)])))

    receipt = UsageReceipt.objects.get()
    assert (receipt.channel, receipt.received) == ("file", 3)
    assert (receipt.accepted, receipt.duplicates, receipt.rejected) == (1, 1, 1)


def test_the_same_file_again_is_the_same_file(source: Source) -> None:
    first = mapped(source, calls_csv(3))
    imported(first)

    again = uploaded(source, calls_csv(3))

    assert again == first


def test_a_file_uploaded_again_on_purpose_adds_nothing(source: Source) -> None:
    imported(mapped(source, calls_csv(3)))

    again = uploaded(source, calls_csv(3), again=True)

    assert again.state == FileState.MAPPED
    assert counts(imported(again)) == (0, 3, 0, 0, 0)
    assert Event.objects.count() == 3


def test_what_a_source_does_not_keep_stands_in_no_preview_and_no_error(source: Source) -> None:
    source.property_rules = {"region": "drop"}
    source.save()
    rows = [call_row(0), call_row(1, minutes="+1 312 555 0100"), call_row(2, account="")]
    file = mapped(source, csv_bytes(rows))

    shown = preview(
        source=source, sample=file_sample(file=file), mapping=read_mapping(CALL_MAPPING)
    )
    run = imported(file)

    first, *refused = [event for row in shown for event in row.events]
    assert isinstance(first, SentEvent)
    assert first.properties == {"call_outcome": "resolved", "duration_minutes": 5}
    reasons = [
        "minutes: what stands there cannot be used",
        "account: is empty, and customer_id comes from it",
    ]
    assert [str(event) for event in refused] == reasons
    assert [(error.reason, error.excerpt) for error in run.errors.all()] == [
        (reason, "") for reason in reasons
    ]
