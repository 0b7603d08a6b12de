"""GET /api/v1/events and /events/{id}."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, Partner
from invoicing.models import Invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.caller import Caller
from usage.models import event_public_id

pytestmark = pytest.mark.django_db


def keys(answer: Any) -> list[str]:
    return [event["idempotency_key"] for event in answer.json()["data"]]


def send(caller: Caller, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = caller.post("/events/batch", {"events": list(bodies)}).json()[
        "results"
    ]
    return results


def test_an_event_shows_whose_it_is_when_it_was_and_what_was_sent(
    caller: Caller, acme: Customer, callwave: Partner
) -> None:
    body = make.call_body("call-1", region=None)
    (result,) = send(caller, body)

    event = caller.get(f"/events/{result['id']}").json()

    assert event.pop("received_at").endswith("Z")
    assert event == {
        "id": result["id"],
        "status": "accepted",
        "customer": {"id": acme.public_id, "external_id": "acme"},
        "source": {"partner": callwave.public_id, "mode": "test"},
        "event_name": "ai_call",
        "idempotency_key": "call-1",
        "occurred_at": "2024-11-05T10:00:00Z",
        "event": body,
        "meters": [
            {
                "meter": "AI_CALL",
                "quantity": "5",
                "unit": "minute",
                "dimensions": {"call_outcome": "resolved"},
                "absent_group_keys": ["region"],
                "verdict": "awaiting",
                "explanation": "Priced within a minute.",
                "price": None,
                "contract": None,
                "invoice": None,
                "line": None,
                "hint": None,
            }
        ],
    }


def test_a_priced_event_leads_to_its_line(caller: Caller, acme: Customer) -> None:
    contract = make.acme_contract(acme)
    (result,) = send(caller, make.call_body("call-1"))
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    line = Invoice.objects.get(customer=acme, period_start=contract.starts_at).lines.get()

    (fate,) = caller.get(f"/events/{result['id']}").json()["meters"]

    assert fate["verdict"] == "rated"
    assert (fate["price"], fate["contract"]) == ("ai-call", contract.public_id)
    assert (fate["invoice"], fate["line"]) == (line.invoice.public_id, line.public_id)
    assert fate["hint"] is None


def test_an_event_at_the_fallback_hints_at_the_spelling(caller: Caller, acme: Customer) -> None:
    make.acme_contract(acme)
    (result,) = send(caller, make.call_body("call-1", region="us", minutes=2))
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    (fate,) = caller.get(f"/events/{result['id']}").json()["meters"]

    assert fate["verdict"] == "fallback"
    assert fate["hint"] == {"region": "US"}
    assert fate["explanation"] == (
        "No rate is for these dimensions; billed at the fallback rate. "
        "Rates exist for region 'US': is the spelling right?"
    )


def test_a_quarantined_event_shows_its_reason(caller: Caller) -> None:
    (result,) = send(caller, make.call_body("call-1", customer_id="nobody"))

    event = caller.get(f"/events/{result['id']}").json()

    assert event["status"] == "quarantined"
    assert event["customer"] is None
    assert event["reason"] == "unknown_customer"
    assert "'nobody'" in event["detail"]
    assert event["meters"] == []


@pytest.mark.parametrize("name", ["evt_0", "nonsense", "cus_00000000000000000000000000", "%00"])
def test_an_id_that_is_none_is_not_found(caller: Caller, name: str) -> None:
    answer = caller.get(f"/events/{name}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/api/docs/problems/#not-found"


def test_events_of_others_are_not_there(caller: Caller) -> None:
    carla = make.carla(is_sandbox=True)
    other = make.partner(carla, name="Other")
    attributed, quarantined = make.accepted(
        make.source(other),
        [make.call_body("a", customer_id="carla"), make.call_body("b", customer_id="nobody")],
    )
    assert attributed.key is not None
    assert quarantined.key is not None

    assert caller.get(f"/events/{event_public_id(attributed.key)}").status_code == 404
    assert caller.get(f"/events/{event_public_id(quarantined.key)}").status_code == 404
    assert keys(caller.get("/events")) == []


def test_events_of_the_other_mode_are_not_there(callwave: Partner, caller: Caller) -> None:
    live = Caller(make.api_key(callwave, mode="live")[1])
    (result,) = send(caller, make.call_body("call-1"))

    assert live.get(f"/events/{result['id']}").status_code == 404
    assert keys(live.get("/events")) == []


def test_the_source_of_another_partner_is_not_named(callwave: Partner, acme: Customer) -> None:
    other = make.partner(acme, name="Other")
    send(Caller(make.api_key(callwave)[1]), make.call_body("call-1"))

    (event,) = Caller(make.api_key(other)[1]).get("/events").json()["data"]

    assert event["source"] == {"partner": None, "mode": "test"}


def test_the_list_has_the_latest_first_and_the_quarantined_among_them(caller: Caller) -> None:
    send(
        caller,
        make.call_body("a", occurred_at="2024-11-01T00:00:00Z"),
        make.call_body("b", occurred_at="2024-11-02T00:00:00Z", customer_id="nobody"),
        make.call_body("c", occurred_at="2024-12-01T00:00:00Z"),
    )

    assert keys(caller.get("/events")) == ["c", "b", "a"]


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"customer": "acme"}, ["c", "a"]),
        ({"event_name": "sms"}, ["d"]),
        ({"meter": "AI_CALL"}, ["c", "a"]),
        ({"status": "quarantined"}, ["d", "b"]),
        ({"status": "accepted"}, ["c", "a"]),
        ({"occurred_at[gte]": "2024-11-02T00:00:00Z"}, ["d", "c", "b"]),
        ({"occurred_at[lt]": "2024-11-02T00:00:00Z"}, ["a"]),
        ({"occurred_at[lt]": "2024-11-02T01:00:00+01:00"}, ["a"]),
    ],
)
def test_the_list_can_be_narrowed(
    caller: Caller, query: dict[str, str], expected: list[str]
) -> None:
    send(
        caller,
        make.call_body("a", occurred_at="2024-11-01T00:00:00Z"),
        make.call_body("b", occurred_at="2024-11-02T00:00:00Z", customer_id="nobody"),
        make.call_body("c", occurred_at="2024-11-03T00:00:00Z"),
        make.call_body("d", occurred_at="2024-11-04T00:00:00Z", event_name="sms"),
    )

    assert keys(caller.get("/events", query)) == expected


def test_pages_follow_each_other_without_gap_or_repetition(caller: Caller) -> None:
    same_time = [make.call_body(f"call-{n}") for n in range(4)]
    lost = [make.call_body(f"lost-{n}", customer_id="nobody") for n in range(3)]
    send(caller, *same_time, *lost)

    seen, cursor, pages = [], None, 0
    while pages < 10:
        query = {"limit": "2"} if cursor is None else {"limit": "2", "cursor": cursor}
        page = caller.get("/events", query).json()
        seen += [event["idempotency_key"] for event in page["data"]]
        cursor, pages = page["next_cursor"], pages + 1
        if not page["has_more"]:
            break

    assert pages == 4
    assert cursor is None
    assert sorted(seen) == sorted(body["idempotency_key"] for body in same_time + lost)


@pytest.mark.parametrize(
    "query, parameter",
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "1e3"}, "limit"),
        ({"limit": "\u0665"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"limit": ["1", "2"]}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "W10"}, "cursor"),
        ({"cursor": "WyJhIiwiYiJd"}, "cursor"),
        ({"customer": "nobody"}, "customer"),
        ({"customer": "a\x00b"}, "customer"),
        ({"meter": "NOTHING"}, "meter"),
        ({"status": "open"}, "status"),
        ({"occurred_at[gte]": "2024-11-02"}, "occurred_at[gte]"),
        ({"occurred_at[gte]": "2024-11-02T00:00:00"}, "occurred_at[gte]"),
        ({"occurred_at[gt]": "2024-11-02T00:00:00Z"}, "occurred_at[gt]"),
        ({"custmer": "acme"}, "custmer"),
        ({"a\x00": "1"}, "a\x00"),
    ],
)
def test_a_bad_query_parameter_is_named(
    caller: Caller, query: dict[str, Any], parameter: str
) -> None:
    answer = caller.get("/events", query)

    assert answer.status_code == 400
    assert answer.json()["type"] == "/api/docs/problems/#invalid-parameter"
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_a_misspelt_parameter_gets_a_suggestion(caller: Caller) -> None:
    answer = caller.get("/events", {"custmer": "acme"})

    assert answer.json()["detail"] == "custmer: unknown parameter, did you mean customer?"


def test_the_number_of_queries_does_not_grow_with_the_page(caller: Caller) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            caller.get("/events")
        return len(captured)

    send(caller, make.call_body("a"), make.call_body("b", customer_id="nobody"))
    few = queries()
    send(caller, *(make.call_body(f"c{n}") for n in range(20)))

    # The key with its partner, both kinds of events, what was corrected, what is archived, and
    # the look on record.
    assert queries() == few == 6
