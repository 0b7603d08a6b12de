"""How much a key may send, what is said of it, and when usage is turned away."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs

from accounts.models import ApiKey, Customer, Partner
from tests import factories as make
from tests.caller import PROBLEM, Caller
from usage.api.back_pressure import gate
from usage.models import EventKey, KeyLimit, UsageArrival, UsageReceipt

pytestmark = pytest.mark.django_db

# One comes back in half a minute: none of them while a batch is looked at, which takes twice.
FEW = 2


@pytest.fixture(autouse=True)
def _fresh_look() -> Iterator[None]:
    gate.forget()
    yield
    gate.forget()


def test_every_answer_to_a_write_tells_what_is_left(caller: Caller) -> None:
    answer = caller.post("/events", make.call_body("call-1"))

    assert answer["RateLimit-Policy"] == '"requests";q=6000;w=60, "events";q=1000000;w=60'
    assert answer["RateLimit"] == '"requests";r=5999;t=1, "events";r=999999;t=1'


def test_a_batch_takes_as_many_events_as_it_has(caller: Caller, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = FEW

    answer = caller.post("/events/batch", {"events": [make.call_body("a"), {}, 17]})

    assert f'"requests";r={FEW - 1};' in answer["RateLimit"]
    assert '"events";r=999997;' in answer["RateLimit"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"events": []}', b"{}"])
def test_a_request_that_is_refused_tells_it_too(
    caller: Caller, body: bytes, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = FEW

    answer = caller.post("/events/batch", body)

    assert answer.status_code in (400, 422)
    assert f'"requests";r={FEW - 1};' in answer["RateLimit"]


def test_a_read_takes_nothing_and_tells_nothing(caller: Caller) -> None:
    assert "RateLimit" not in caller.get("/events")


def test_without_a_key_nothing_is_told() -> None:
    answer = Caller(None).post("/events", make.call_body("call-1"))

    assert answer.status_code == 401
    assert "RateLimit" not in answer


def test_one_request_too_many_waits(caller: Caller, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    sent = [caller.post("/events", make.call_body(f"call-{number}")) for number in range(3)]

    assert [answer.status_code for answer in sent] == [201, 201, 429]
    assert sent[2]["Content-Type"] == PROBLEM
    assert sent[2].json()["type"] == "/api/docs/problems/#too-many-requests"
    assert "2 requests in a minute" in sent[2].json()["detail"]
    assert 1 <= int(sent[2]["Retry-After"]) <= 30
    assert '"requests";r=0;' in sent[2]["RateLimit"]
    assert EventKey.objects.count() == 2


def test_events_beyond_the_limit_are_refused_together(
    caller: Caller, callwave: Partner, settings: Settings
) -> None:
    KeyLimit.objects.create(api_key=ApiKey.objects.get(), events_per_minute=10_000)
    many = {"events": [make.call_body("call-1"), *[{}] * 9_998]}

    first, second = caller.post("/events/batch", many), caller.post("/events/batch", many)

    assert (first.status_code, second.status_code) == (200, 429)
    assert "10000 events in a minute" in second.json()["detail"]
    assert UsageReceipt.objects.count() == 1


def test_a_key_may_have_limits_of_its_own(caller: Caller, callwave: Partner) -> None:
    other = Caller(make.api_key(callwave)[1])
    KeyLimit.objects.create(api_key=ApiKey.objects.earliest("pk"), requests_per_minute=7)

    own = caller.post("/events", make.call_body("call-1"))
    plain = other.post("/events", make.call_body("call-2"))

    assert own["RateLimit-Policy"] == '"requests";q=7;w=60, "events";q=1000000;w=60'
    assert plain["RateLimit-Policy"].startswith('"requests";q=6000;')


def arrived(customer: Customer, *, times: int = 1) -> None:
    UsageArrival.objects.bulk_create(
        UsageArrival(customer=customer, earliest_at=make.NOW, latest_at=make.NOW)
        for _ in range(times)
    )


def test_usage_is_turned_away_while_that_of_too_many_customers_waits_to_be_priced(
    caller: Caller, settings: Settings
) -> None:
    settings.INTAKE_MOST_CUSTOMERS_WAITING = 3
    for number in range(3):
        arrived(make.customer(f"other-{number}", "Other"))

    sent = []
    for number in range(3):
        gate.forget()
        sent.append(caller.post("/events", make.call_body(f"call-{number}")))

    assert [answer.status_code for answer in sent] == [201, 429, 429]
    assert sent[1]["Retry-After"] == "30"
    assert sent[1]["Content-Type"] == PROBLEM
    assert EventKey.objects.count() == 1


def test_one_customer_who_cannot_be_priced_shuts_out_nobody(
    caller: Caller, acme: Customer, settings: Settings
) -> None:
    settings.INTAKE_MOST_CUSTOMERS_WAITING = 1
    arrived(acme, times=50)

    assert caller.post("/events", make.call_body("call-1")).status_code == 201


@pytest.mark.parametrize("path", ["/events", "/events/batch"])
def test_who_is_turned_away_under_pressure_keeps_the_allowance(
    caller: Caller, settings: Settings, path: str
) -> None:
    settings.INTAKE_MOST_CUSTOMERS_WAITING = 1
    for number in range(2):
        arrived(make.customer(f"other-{number}", "Other"))

    answer = caller.post(path, {"events": [make.call_body("call-1")]})

    assert answer.status_code == 429
    assert answer["RateLimit"] == '"requests";r=6000;t=0, "events";r=1000000;t=0'


def test_rollups_that_are_behind_turn_nothing_away_and_are_logged_once(
    caller: Caller, settings: Settings
) -> None:
    settings.INTAKE_WARN_REQUESTS_BEHIND = 2
    sent = []
    with capture_logs() as logs:
        for number in range(5):
            gate.look_again()
            sent.append(caller.post("/events", make.call_body(f"call-{number}")).status_code)

    assert sent == [201] * 5
    assert [line for line in logs if line["event"] == "usage_rollups_behind"] == [
        {"event": "usage_rollups_behind", "log_level": "warning", "more_requests_than": 2}
    ]
