"""Exports of Twilio, Retell and Vapi, and call records of anybody: legs, directions, durations."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from invoicing.rating.calls.call import NotBillable, read_call
from tests.usage.files.reading import read
from usage.files.guess import guess, ready_code, ready_columns
from usage.files.mapping_format import MOST_PROPERTIES, mapping_json, read_mapping
from usage.files.read_row import RowReader
from usage.files.ready import READY, ReadyMapping
from usage.files.rows import Row
from usage.files.sample_columns import sample_columns
from usage.intake.sent_event import Rejected
from usage.metering.measurement import measure
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent

SECONDS = Meter(
    "CALL", "Calls", "call", Aggregation.SUM, "duration_seconds", (), "second", calls=True
)

TWILIO = {
    "sid": "CA1", "parent_call_sid": None, "account_sid": "AC1", "direction": "inbound",
    "from": "+16465550000", "to": "+13125550000", "status": "completed", "duration": "61",
    "date_created": "Tue, 05 Nov 2024 09:59:50 +0000",
    "start_time": "Tue, 05 Nov 2024 10:00:00 +0000",
    "end_time": "Tue, 05 Nov 2024 10:01:01 +0000", "price": "-0.01700", "price_unit": "USD",
    "subresource_uris": {"recordings": "/x"},
}  # fmt: skip
RETELL = {
    "call_id": "r1", "agent_id": "agent-7", "agent_version": 1, "call_type": "phone_call",
    "call_status": "ended", "direction": "inbound", "from_number": "+16465550000",
    "to_number": "+13125550000", "start_timestamp": 1730800800000,
    "telephony_identifier": {"twilio_call_sid": "CA1"},
    "end_timestamp": 1730800920500, "duration_ms": 120500, "transcript": "Hello",
    "disconnection_reason": "call_transfer", "transfer_destination": "+12125550000",
    "transfer_end_timestamp": 1730801100000,
    "call_cost": {"combined_cost": 27.225, "product_costs": [{"product": "x", "cost": 1}]},
}  # fmt: skip
VAPI = {
    "id": "v1", "orgId": "org-1", "type": "outboundPhoneCall", "status": "ended",
    "phoneCallProvider": "twilio", "phoneCallProviderId": "CA1", "phoneCallTransport": "pstn",
    "endedReason": "customer-ended-call",
    "createdAt": "2024-11-05T09:59:58.000Z", "startedAt": "2024-11-05T10:00:00.250Z",
    "endedAt": "2024-11-05T10:01:00.251Z", "assistantId": "as-1", "phoneNumberId": "pn-1",
    "customer": {"number": "+16465550000"}, "phoneNumber": {"number": "+13125550000"},
    "cost": 0.0725, "costBreakdown": {"total": 0.0725, "llm": 0.01},
}  # fmt: skip


def events(*records: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the likeliest mapping makes of exported objects, as JSON."""
    _, told = read(json.dumps(list(records)).encode())
    rows = [Row(number, cells) for number, cells in told]
    columns = sample_columns(rows)
    assert ready_code(columns)
    reader = RowReader(guess(None, rows), None)
    return [_json(event) for row in rows for event in reader.events(row)]


def _json(event: Any) -> dict[str, Any]:
    assert not isinstance(event, Rejected), event.faults
    sent: dict[str, Any] = json.loads(event.text, parse_float=Decimal)
    return sent


def without(record: dict[str, Any], *names: str, **others: Any) -> dict[str, Any]:
    """Return the record without some of its names, and with other values of some."""
    return {name: value for name, value in record.items() if name not in names} | others


def seconds(event: dict[str, Any]) -> Decimal:
    """Return the sum of seconds that an event adds to a meter, of calls or of anything."""
    counted = measure(SECONDS, event["properties"]).value
    assert measure(replace(SECONDS, calls=False), event["properties"]).value == counted
    return counted


def billed(event: dict[str, Any]) -> tuple[str, int]:
    """Return what rating sees of a call: its direction and length in whole seconds."""
    call = read_call(
        MeteredEvent(
            key=event["idempotency_key"],
            occurred_at=None,  # type: ignore[arg-type]
            properties=event["properties"],
        ),
        from_setup=False,
    )
    return str(call.direction), call.raw_seconds


def test_a_twilio_call_is_one_leg_of_whole_seconds() -> None:
    (event,) = events(TWILIO)

    assert (event["customer_id"], event["idempotency_key"]) == ("+13125550000", "CA1")
    assert event["occurred_at"] == "2024-11-05T10:00:00Z"
    assert billed(event) == ("inbound", 61)
    assert event["properties"] == {
        "direction": "inbound", "leg": "inbound", "from_number": "+16465550000",
        "to_number": "+13125550000", "setup_at": "2024-11-05T09:59:50Z",
        "answer_at": "2024-11-05T10:00:00Z", "duration_seconds": 61, "status": "completed",
        "session_id": "CA1", "account": "AC1", "upstream_cost": Decimal("0.017"),
        "upstream_currency": "USD",
    }  # fmt: skip
    assert seconds(event) == 61


@pytest.mark.parametrize(
    "direction,owner,ours",
    [
        ("inbound", "+13125550000", "inbound"),
        ("outbound-api", "+16465550000", "outbound"),
        ("outbound-dial", "+16465550000", "outbound"),
        ("trunking-terminating", "+16465550000", "outbound"),
        ("trunking-originating", "+13125550000", "inbound"),
    ],
)
def test_twilios_directions_are_seen_from_the_customer(
    direction: str, owner: str, ours: str
) -> None:
    (event,) = events({**TWILIO, "direction": direction})

    assert (event["customer_id"], event["properties"]["direction"]) == (owner, ours)


def test_a_twilio_transfer_is_a_leg_of_its_own_in_the_same_session() -> None:
    child = {**TWILIO, "sid": "CA2", "parent_call_sid": "CA1", "direction": "outbound-dial"}

    first, second = events(TWILIO, child)

    assert [e["properties"]["leg"] for e in (first, second)] == ["inbound", "transfer"]
    assert {e["properties"]["session_id"] for e in (first, second)} == {"CA1"}
    assert second["properties"]["parent_leg_id"] == first["idempotency_key"]
    assert "parent_leg_id" not in first["properties"]
    assert [seconds(first), seconds(second)] == [61, 61]


@pytest.mark.parametrize("status", ["busy", "failed", "no-answer", "canceled"])
@pytest.mark.parametrize(
    "more", [{"duration": "0"}, {"duration": None, "start_time": None, "price": None}],
    ids=["with a start", "without one"],
)  # fmt: skip
def test_twilio_calls_that_nobody_took_are_not_billed(status: str, more: dict[str, Any]) -> None:
    event, _ = events({**TWILIO, "status": status, **more}, {**TWILIO, "sid": "x"})

    assert seconds(event) == 0
    with pytest.raises(NotBillable):
        billed(event)


@pytest.mark.parametrize("status", ["queued", "ringing", "in-progress"])
def test_twilio_calls_that_still_run_are_left_out(status: str) -> None:
    assert len(events({**TWILIO, "status": status}, TWILIO)) == 1


def test_a_twilio_csv_has_other_headings_for_the_same() -> None:
    content = (
        b"Call Sid,From,To,Direction,Status,Start Time,End Time,Duration,Price\n"
        b"CA1,+16465550000,+13125550000,inbound,completed,2024-11-05T10:00:00Z,,61,-0.017\n"
    )
    columns, told = read(content)
    rows = [Row(number, cells) for number, cells in told]
    assert columns is not None
    assert ready_code(columns) == "twilio_calls"

    (event,) = RowReader(guess(columns, rows), columns).events(rows[0])

    assert _json(event)["properties"]["duration_seconds"] == 61


def test_a_retell_call_is_telephone_ai_and_transfer() -> None:
    phone, ai, transfer = events(RETELL)

    assert [e["idempotency_key"] for e in (phone, ai, transfer)] == ["r1", "r1:ai", "r1:transfer"]
    assert {e["customer_id"] for e in (phone, ai, transfer)} == {"+13125550000"}
    assert billed(phone) == ("inbound", 300)
    assert billed(ai) == ("ai", 121)
    assert billed(transfer) == ("outbound", 180)
    assert transfer["properties"]["to_number"] == "+12125550000"
    assert [seconds(e) for e in (phone, ai, transfer)] == [
        300, Decimal("120.5"), Decimal("179.5"),
    ]  # fmt: skip
    assert "transcript" not in str([phone, ai, transfer])


def test_what_a_retell_call_cost_is_of_its_ai_and_in_dollars() -> None:
    phone, ai, transfer = events(RETELL)

    assert ai["properties"]["upstream_cost"] == Decimal("0.27225")
    assert ai["properties"]["upstream_currency"] == "USD"
    for leg in (phone, transfer):
        assert not {"upstream_cost", "upstream_currency"} & leg["properties"].keys()


def test_retell_and_vapi_calls_are_joined_to_the_carriers_leg() -> None:
    (carried,) = events(TWILIO)
    legs = [*events(RETELL), *events(VAPI)]

    assert {leg["properties"]["parent_leg_id"] for leg in legs} == {carried["idempotency_key"]}
    assert [leg["properties"]["session_id"] for leg in legs] == ["r1", "r1", "r1", "v1"]


def test_a_retell_call_that_was_not_passed_on_lasts_as_long_as_its_ai() -> None:
    ended = without(
        RETELL, "transfer_destination", "transfer_end_timestamp",
        disconnection_reason="user_hangup", end_timestamp=1730800807123, duration_ms=7123,
    )  # fmt: skip

    phone, ai, _, _, _ = events(ended, {**RETELL, "call_id": "r2"})

    assert [seconds(phone), seconds(ai)] == [Decimal("7.123")] * 2
    assert [billed(phone), billed(ai)] == [("inbound", 8), ("ai", 8)]


def test_a_retell_call_that_broke_off_is_billed_as_far_as_it_came() -> None:
    broken = without(
        RETELL, "transfer_destination", "transfer_end_timestamp", "telephony_identifier",
        "call_cost", call_status="error", disconnection_reason="error_asr",
    )  # fmt: skip

    phone, ai, _, _, _ = events(broken, {**RETELL, "call_id": "r2"})

    assert [seconds(phone), seconds(ai)] == [Decimal("120.5")] * 2
    assert "status" not in phone["properties"]
    assert "parent_leg_id" not in phone["properties"]


def test_a_retell_web_call_is_its_ai_session_alone() -> None:
    web = {
        name: value
        for name, value in RETELL.items()
        if not name.startswith("transfer") and not name.endswith("_number") and name != "direction"
    }

    found = events({**web, "call_type": "web_call", "call_id": "w1"}, RETELL)

    assert [e["idempotency_key"] for e in found] == ["w1:ai", "r1", "r1:ai", "r1:transfer"]
    assert found[0]["customer_id"] == "agent-7"


@pytest.mark.parametrize(
    "reason,status",
    [("dial_busy", "busy"), ("dial_no_answer", "no-answer"), ("dial_failed", "failed")],
)
def test_retell_calls_that_nobody_took_are_not_billed(reason: str, status: str) -> None:
    found = events({**RETELL, "disconnection_reason": reason, "transfer_destination": None}, RETELL)

    assert [e["properties"].get("status") for e in found[:2]] == [status, status]
    for event in found[:2]:
        assert seconds(event) == 0
        with pytest.raises(NotBillable):
            billed(event)


def test_a_vapi_call_runs_from_its_start_to_its_end() -> None:
    (event,) = events(VAPI)

    assert (event["customer_id"], event["idempotency_key"]) == ("+13125550000", "v1")
    assert billed(event) == ("outbound", 61)
    properties = event["properties"]
    assert (properties["from_number"], properties["to_number"]) == ("+13125550000", "+16465550000")
    assert properties["upstream_cost"] == Decimal("0.0725")
    assert properties["upstream_currency"] == "USD"
    assert (properties["account"], properties["parent_leg_id"]) == ("org-1", "CA1")
    assert properties["duration_seconds"] == seconds(event) == Decimal("60.001")


@pytest.mark.parametrize(
    "reason,status",
    [
        ("customer-busy", "busy"), ("customer-did-not-answer", "no-answer"),
        ("twilio-failed-to-connect-call", "failed"), ("manually-canceled", "canceled"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "missing", [(), ("startedAt", "endedAt"), ("startedAt",)],
    ids=["with its times", "without", "never started"],
)  # fmt: skip
def test_vapi_calls_that_nobody_took_count_nothing(
    reason: str, status: str, missing: tuple[str, ...]
) -> None:
    event, _ = events(without(VAPI, *missing, endedReason=reason), {**VAPI, "id": "v2"})

    assert event["properties"]["status"] == status
    assert seconds(event) == 0
    with pytest.raises(NotBillable):
        billed(event)


def test_a_vapi_call_that_never_reached_anybody_is_an_event_of_its_own_time() -> None:
    reason = "call.in-progress.error-providerfault-outbound-sip-503-service-unavailable"
    lost = without(VAPI, "startedAt", "endedAt", "cost", "phoneCallProviderId", endedReason=reason)

    event, _ = events(lost, {**VAPI, "id": "v2"})

    assert event["occurred_at"] == "2024-11-05T09:59:58Z"
    assert event["properties"]["reason"] == reason
    assert not {"answer_at", "end_at", "parent_leg_id"} & event["properties"].keys()
    assert seconds(event) == 0


def test_a_vapi_call_that_was_passed_on_ends_with_the_assistants_part() -> None:
    passed_on = {
        **VAPI, "type": "inboundPhoneCall", "endedReason": "assistant-forwarded-call",
        "destination": {"type": "number", "number": "+12125550000"},
    }  # fmt: skip

    (event,) = events(passed_on)

    assert event["properties"]["to_number"] == "+13125550000"
    assert (billed(event), seconds(event)) == (("inbound", 61), Decimal("60.001"))


def test_vapi_calls_on_the_web_are_of_the_number_or_the_assistant() -> None:
    web = {name: value for name, value in VAPI.items() if not name.startswith("phoneNumber")}

    first, _ = events({**web, "type": "webCall", "customer": None}, {**VAPI, "id": "v2"})

    assert first["customer_id"] == "as-1"
    assert first["properties"]["direction"] == "web"
    assert "from_number" not in first["properties"]


def guessed(headings: str, *rows: str) -> dict[str, Any]:
    """Return the first event that a guess makes of a CSV."""
    columns, told = read("\n".join((headings, *rows)).encode())
    found: Sequence[Row] = [Row(number, cells) for number, cells in told]
    (event,) = RowReader(guess(columns, found), columns).events(found[0])
    return _json(event)


def test_call_records_of_anybody_are_guessed_by_their_headings() -> None:
    event = guessed(
        "uniqueid,accountcode,calldate,answer,end,src,dst,billsec,disposition,carrier",
        "1.1,acme,2024-11-05T09:59:50Z,2024-11-05T10:00:00Z,2024-11-05T10:01:00Z,"
        "+1312,+1646,60,ANSWERED,one",
    )

    assert event == {
        "customer_id": "acme",
        "event_name": "call",
        "idempotency_key": "1.1",
        "occurred_at": "2024-11-05T10:00:00Z",
        "properties": {
            "from_number": "+1312",
            "to_number": "+1646",
            "status": "ANSWERED",
            "setup_at": "2024-11-05T09:59:50Z",
            "answer_at": "2024-11-05T10:00:00Z",
            "end_at": "2024-11-05T10:01:00Z",
            "duration_seconds": 60,
            "carrier": "one",
        },
    }


RECORD = "call_id,start_time,answer_time,end_time,from,to,status,duration"


@pytest.mark.parametrize("nothing", ["", "0000-00-00 00:00:00", "0"])
@pytest.mark.parametrize("status", ["NO ANSWER", "BUSY", "FAILED", "CANCELLED"])
def test_a_call_record_that_nobody_answered_is_an_event_of_nothing(
    nothing: str, status: str
) -> None:
    event = guessed(
        RECORD,
        f"1.1,2024-11-05T10:00:00Z,{nothing},2024-11-05T10:00:25Z,+1312,+1646,{status},0",
    )

    assert event["occurred_at"] == "2024-11-05T10:00:00Z"
    assert "answer_at" not in event["properties"]
    assert event["properties"]["status"] == status
    assert seconds(event) == 0
    with pytest.raises(NotBillable):
        billed(event)


def test_a_call_record_that_was_answered_is_of_the_time_of_its_answer() -> None:
    event = guessed(
        RECORD,
        "1.1,2024-11-05T10:00:00Z,2024-11-05T10:00:07Z,2024-11-05T10:01:07Z,+1312,+1646,OK,60",
    )

    assert event["occurred_at"] == "2024-11-05T10:00:07Z"
    assert seconds(event) == 60


@pytest.mark.parametrize("answer, talked", [("2024-11-05T10:00:07Z", "60.5"), ("", "0")])
def test_without_a_duration_a_call_record_lasts_from_its_answer_to_its_end(
    answer: str, talked: str
) -> None:
    event = guessed(
        "call_id,start_time,answer_time,end_time,from,to",
        f"1.1,2024-11-05T10:00:00Z,{answer},2024-11-05T10:01:07.500Z,+1312,+1646",
    )

    assert seconds(event) == Decimal(talked)


def test_our_own_names_are_what_they_are() -> None:
    event = guessed(
        "customer_id,event_name,idempotency_key,occurred_at,minutes,is_test,zip",
        "acme,ai_call,k1,2024-11-05T10:00:00Z,1.5,false,01234",
    )

    assert event["event_name"] == "ai_call"
    assert event["properties"] == {"minutes": Decimal("1.5"), "is_test": False, "zip": "01234"}


def test_transfers_that_come_late_in_a_file_are_legs_too() -> None:
    plain = {name: value for name, value in RETELL.items() if not name.startswith("transfer")}
    _, told = read(json.dumps([plain, {**RETELL, "call_id": "r2"}]).encode())
    first, second = [Row(number, cells) for number, cells in told]

    reader = RowReader(guess(None, [first]), None)

    assert [_json(event)["idempotency_key"] for event in reader.events(first)] == ["r1", "r1:ai"]
    assert [_json(event)["idempotency_key"] for event in reader.events(second)] == [
        "r2", "r2:ai", "r2:transfer",
    ]  # fmt: skip


def test_what_objects_may_have_later_keeps_the_name_of_the_senders_api() -> None:
    names = ["id", "type", "startedAt", "endedAt"]

    assert {"phoneNumber.number", "customer.number", "endedReason"} <= ready_columns(names)
    assert ready_columns(["a", "b"]) == set()


def test_a_retell_call_that_was_never_connected_is_left_out() -> None:
    lost = {**RETELL, "call_status": "not_connected", "start_timestamp": None}

    assert [e["idempotency_key"] for e in events(lost, {**RETELL, "call_id": "r2"})] == [
        "r2", "r2:ai", "r2:transfer",
    ]  # fmt: skip


def test_a_twilio_direction_that_nobody_knows_is_refused() -> None:
    rows = [Row(1, TWILIO), Row(2, {**TWILIO, "direction": "sideways"})]

    (event,) = RowReader(guess(None, rows), None).events(rows[1])

    assert isinstance(event, Rejected)
    assert event.faults[0].code == "unknown_value"


def test_a_twilio_call_without_its_number_is_nobody_elses() -> None:
    rows = [Row(1, TWILIO), Row(2, {**TWILIO, "to": ""})]

    (event,) = RowReader(guess(None, rows), None).events(rows[1])

    assert isinstance(event, Rejected)
    assert event.faults[0].code == "required"


def test_a_twilio_call_that_was_passed_on_waits_under_its_parents_key() -> None:
    child = {**TWILIO, "sid": "CA2", "parent_call_sid": "CA1", "direction": "outbound-dial"}

    assert events(child)[0]["customer_id"] == "CA1"


@pytest.mark.parametrize(
    "written,status",
    [("No Answer", "no-answer"), ("BUSY", "busy"), ("Cancelled", "canceled"), ("odd", "odd")],
)
def test_twilios_statuses_are_known_however_they_are_written(written: str, status: str) -> None:
    assert events({**TWILIO, "status": written})[0]["properties"]["status"] == status


def test_twilio_calls_that_still_run_are_left_out_however_it_is_written() -> None:
    assert len(events({**TWILIO, "status": "In Progress"}, TWILIO)) == 1


def test_without_an_answer_the_time_of_ringing_is_not_billed() -> None:
    event = guessed(
        "uniqueid,accountcode,start,end,src,dst,billsec",
        "1.1,acme,2024-11-05T10:00:00Z,2024-11-05T10:01:00Z,+1312,+1646,45",
    )

    properties = event["properties"]
    assert (properties["answer_at"], properties["duration_seconds"]) == ("2024-11-05T10:00:00Z", 45)
    assert "end_at" not in properties


@pytest.mark.parametrize("nothing", ["0", "0.0", "00:00", "0:00:00", ""])
def test_a_call_of_no_seconds_has_no_answer(nothing: str) -> None:
    event = guessed(
        "uniqueid,accountcode,start,src,dst,billsec",
        f"1.1,acme,2024-11-05T10:00:00Z,+1312,+1646,{nothing}",
    )

    assert "answer_at" not in event["properties"]


def test_the_key_is_what_differs_in_every_row() -> None:
    event = guessed(
        "customer_id,call_id,leg,occurred_at,id,session_id",
        "acme,c1,a,2024-11-05T10:00:00Z,1,s1",
        "acme,c1,b,2024-11-05T10:00:00Z,2,s1",
    )
    other = guessed(
        "customer_id,call_id,occurred_at,uuid",
        "acme,c1,2024-11-05T10:00:00Z,u1",
        "acme,c2,2024-11-05T10:00:00Z,u1",
    )

    assert (event["idempotency_key"], other["idempotency_key"]) == ("1", "c1")


def test_a_suggestion_can_always_be_read_again() -> None:
    headings = ["customer_id", "id", "at", "A b", "a_b", *(f"c{n}" for n in range(300))]
    mapping = guess(headings, [])

    names = [rule.name for rule in mapping.events[0].properties]
    assert names[:2] == ["a_b", "a_b_2"]
    assert len(names) == MOST_PROPERTIES
    assert read_mapping(mapping_json(mapping)) == mapping


@pytest.mark.parametrize("ready", READY)
def test_ready_mappings_are_written_and_read_back(ready: ReadyMapping) -> None:
    mapping = ready.fitted(sorted(ready.mapping.columns()))

    assert read_mapping(mapping_json(mapping)) == mapping
