"""/api/v1/subjects: who holds what, and the usage that follows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from accounts.models import Customer, Partner, Scope, Subject
from accounts.operations.change_subject import end_subject
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.at_once import uncommitted, until_another_waits
from tests.caller import Caller
from usage.models import Event, EventVoid, QuarantinedEvent
from usage.operations.move_subject import changed_spans, held, start_moves

pytestmark = pytest.mark.django_db

NUMBER = "+15550100"


@pytest.fixture
def basil() -> Customer:
    """Another customer of the same partner, with the same contract."""
    return make.basil(is_sandbox=True)


@pytest.fixture
def acme(basil: Customer) -> Customer:
    """A customer that holds a number with two calls of five minutes, at 0.20 each."""
    customer = make.acme(timezone="UTC")
    make.contract(customer)
    make.contract(basil)
    customer.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    calls = [
        make.call_body(f"call-{day}", customer_id=NUMBER, occurred_at=f"2024-11-{day}T10:00:00Z")
        for day in (10, 12)
    ]
    make.accepted(make.source(make.partner(customer, basil)), calls)
    for each in (customer, basil):
        refresh_customer(customer_id=each.pk, now=make.NOW)
    return customer


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    """The partner of both."""
    return acme.partners.get()


@pytest.fixture
def caller(callwave: Partner) -> Caller:
    """Its program, with a test key that may do everything."""
    return Caller(make.api_key(callwave)[1])


def standing(customer: Customer) -> int:
    void = EventVoid.objects.values("key")
    return Event.objects.filter(customer=customer).exclude(key__in=void).count()


def added(**fields: Any) -> dict[str, Any]:
    return {
        "identifier": "+15550199", "kind": "number", "customer": "basil",
        "held_from": "2024-11-01", **fields,
    }  # fmt: skip


def test_subjects_are_listed_and_found(caller: Caller) -> None:
    row = {
        "identifier": NUMBER, "kind": "number", "customer": "acme",
        "held_from": "2024-11-01T00:00:00Z", "held_to": None,
    }  # fmt: skip

    assert caller.get("/subjects").json()["data"] == [row]
    assert caller.get("/subjects", {"identifier": NUMBER}).json()["data"] == [row]
    assert caller.get("/subjects", {"customer": "basil"}).json()["data"] == []


def test_a_handover_is_previewed_with_events_and_money(
    caller: Caller, acme: Customer, basil: Customer
) -> None:
    change = {"customer": "basil", "from": "2024-11-11"}

    answer = caller.patch(f"/subjects/{NUMBER}?preview=true", change)

    effect = answer.json()["effect"]
    assert (answer.status_code, answer.json()["is_preview"]) == (200, True)
    assert effect["moves"] == [{"from": "acme", "to": "basil", "events": 1}]
    assert [(each["customer"], each["difference"]) for each in effect["invoices"]] == [
        ("acme", "-1.00"), ("basil", "1.00"),
    ]  # fmt: skip
    assert Subject.objects.count() == 1
    assert standing(acme) == 2


def test_a_handover_moves_the_usage(caller: Caller, acme: Customer, basil: Customer) -> None:
    answer = caller.patch(f"/subjects/{NUMBER}", {"customer": "basil", "from": "2024-11-11"})

    (moving,) = answer.json()["moving"]
    assert (moving["events"], moving["moved"], moving["is_finished"]) == (1, 1, True)
    assert [(row["customer"], row["held_to"]) for row in answer.json()["subjects"]] == [
        ("acme", "2024-11-11T00:00:00Z"), ("basil", None),
    ]  # fmt: skip
    assert (standing(acme), standing(basil)) == (1, 1)


@pytest.mark.usefixtures("committed")
def test_a_change_begins_with_what_another_has_just_saved() -> None:
    acme = make.acme(timezone="UTC")
    make.ai_call_meter()
    subject = acme.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    partner = make.partner(acme)
    on_12 = make.call_body("call", customer_id=NUMBER, occurred_at="2024-11-12T10:00:00Z")
    make.accepted(make.source(partner), [on_12])
    program = Caller(make.api_key(partner)[1])

    def end_on_11() -> None:
        before = held(subject)
        after = held(end_subject(subject=subject, held_to=datetime(2024, 11, 11, tzinfo=UTC)))
        start_moves(
            spans=changed_spans(before=before, after=after), requested_by=None, now=make.NOW
        )

    def end_on_20() -> int:
        try:
            return program.patch(f"/subjects/{NUMBER}", {"held_to": "2024-11-20"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with uncommitted(end_on_11):
            ended = threads.submit(end_on_20)
            until_another_waits()
        assert ended.result() == 200

    assert Subject.objects.get().held_to == datetime(2024, 11, 20, tzinfo=UTC)
    assert not QuarantinedEvent.objects.filter(resolved_at=None).exists()
    assert standing(acme) == 1


def test_an_end_sends_later_events_to_quarantine(caller: Caller, acme: Customer) -> None:
    preview = caller.patch(f"/subjects/{NUMBER}?preview=true", {"held_to": "2024-11-11"})
    caller.patch(f"/subjects/{NUMBER}", {"held_to": "2024-11-11"})

    assert preview.json()["effect"]["moves"] == [{"from": "acme", "to": None, "events": 1}]
    assert QuarantinedEvent.objects.get(resolved_at=None).idempotency_key == "call-12"


def test_a_new_subject_is_added_once(caller: Caller) -> None:
    first, second = caller.post("/subjects", added()), caller.post("/subjects", added())

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["subjects"] == first.json()["subjects"]
    assert Subject.objects.filter(identifier="+15550199").count() == 1


def test_a_preview_adds_nothing(caller: Caller) -> None:
    answer = caller.post("/subjects?preview=true", added())

    assert answer.status_code == 200
    assert answer.json()["effect"] == {
        "events": 0, "has_more_events": False, "moves": [], "invoices": [], "late_events": None,
    }  # fmt: skip
    assert Subject.objects.count() == 1


@pytest.mark.parametrize(
    "fields, pointer",
    [
        ({"identifier": ""}, "/identifier"),
        ({"identifier": NUMBER}, ""),
        ({"kind": "fax"}, "/kind"),
        ({"customer": "carla"}, "/customer"),
        ({"held_from": "soon"}, "/held_from"),
        ({"held_from": None}, "/held_from"),
        ({"held_to": "2024-10-01"}, "/held_to"),
        ({"colour": "red"}, ""),
    ],
)
def test_what_cannot_be_is_refused_with_its_pointer(
    caller: Caller, fields: dict[str, Any], pointer: str
) -> None:
    make.carla(is_sandbox=True)

    answer = caller.post("/subjects", added(**fields))

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert Subject.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"customer": "basil"},
        {"customer": "basil", "from": "2024-10-01"},
        {"held_to": "2024-10-01"},
        {"held_to": "2024-11-11", "customer": "basil"},
        [],
    ],
)
def test_a_change_that_is_none_is_refused(caller: Caller, body: Any) -> None:
    assert caller.patch(f"/subjects/{NUMBER}", body).status_code == 422


def test_a_subject_of_others_is_not_there(caller: Caller, acme: Customer) -> None:
    other = Caller(make.api_key(make.partner(name="Other"))[1])

    assert other.patch(f"/subjects/{NUMBER}", {"held_to": None}).status_code == 404
    assert other.get("/subjects").json()["data"] == []


def test_writing_needs_its_scope_and_money_another(caller: Caller, callwave: Partner) -> None:
    reader = Caller(make.api_key(callwave, scopes=[Scope.CUSTOMERS_READ])[1])
    writer = Caller(make.api_key(callwave, scopes=[Scope.SUBJECTS_WRITE])[1])

    preview = writer.patch(f"/subjects/{NUMBER}?preview=true", {"held_to": "2024-11-11"})

    assert reader.post("/subjects", added()).status_code == 403
    assert preview.json()["effect"]["invoices"] is None
    assert preview.json()["effect"]["events"] == 1


@pytest.mark.parametrize("preview", ["", "?preview=true"])
def test_what_another_partner_sent_is_left_to_staff(
    caller: Caller, acme: Customer, preview: str
) -> None:
    make.accepted(
        make.source(make.partner(acme, name="Other")),
        [make.call_body("of-other", customer_id=NUMBER, occurred_at="2024-11-13T10:00:00Z")],
    )

    answer = caller.patch(
        f"/subjects/{NUMBER}{preview}", {"customer": "basil", "from": "2024-11-11"}
    )

    assert answer.status_code == 409
    assert "another partner" in answer.json()["detail"]
    assert (standing(acme), Subject.objects.count()) == (3, 1)
