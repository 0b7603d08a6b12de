"""Errors below /api/ are problem+json, whoever finds them."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.api.problem_kinds import CATALOGUE
from tests import factories as make
from tests.caller import PROBLEM, Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return Caller(make.api_key(make.partner(make.acme()))[1], Client(raise_request_exception=False))


def test_an_unknown_address_is_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/nowhere", headers={"X-Request-Id": "r-1"})

    assert answer.status_code == 404
    assert answer["Content-Type"] == PROBLEM
    assert answer.json() == {
        "type": "/api/docs/problems/#not-found",
        "title": "There is nothing here",
        "status": 404,
        "detail": "No such address; see /api/docs/ for all.",
        "instance": "r-1",
        "errors": [],
    }


def test_an_unknown_address_elsewhere_is_a_plain_page(client: Client) -> None:
    answer = client.get("/nowhere")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_a_method_that_an_address_does_not_take_is_a_problem(caller: Caller) -> None:
    answer = caller.client.delete(
        "/api/v1/customers", headers={"Authorization": f"Bearer {caller.key}"}
    )

    assert answer.status_code == 405
    assert answer["Content-Type"] == PROBLEM
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_an_accept_header_that_cannot_be_met_is_a_problem(caller: Caller) -> None:
    answer = caller.get("/customers", Accept="text/csv")

    assert answer.status_code == 406
    assert answer["Content-Type"] == PROBLEM


def test_a_fault_of_ours_is_a_problem_without_details(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**arguments: Any) -> None:
        raise RuntimeError("the secret plan")

    monkeypatch.setattr("accounts.api.customers.partner_customer", broken)

    answer = caller.get("/customers/acme", X_Request_Id="r-2")

    assert answer.status_code == 500
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["instance"] == "r-2"
    assert b"secret plan" not in answer.content


def test_a_database_that_is_away_is_a_problem_with_a_time_to_wait(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**arguments: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("accounts.api.authentication.usable_api_key", away)

    answer = caller.get("/customers")

    assert answer.status_code == 503
    assert answer["Content-Type"] == PROBLEM
    assert answer["Retry-After"] == "5"
    assert b"closed" not in answer.content


def test_a_body_beyond_djangos_own_limit_is_too_large(caller: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    answer = caller.post("/events", make.call_body("k"))

    assert answer.status_code == 413
    assert answer["Content-Type"] == PROBLEM


def test_a_wrong_host_is_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/customers", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert answer["Content-Type"] == PROBLEM


@pytest.mark.parametrize("sent", ["r-1", "A.b_c-9", "x" * 128])
def test_a_sane_request_id_is_echoed(client: Client, sent: str) -> None:
    answer = client.get("/api/v1/customers", headers={"X-Request-Id": sent})

    assert answer["X-Request-Id"] == sent
    assert json.loads(answer.content)["instance"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", "caf\u00e9", "<script>"])
def test_another_request_id_is_replaced(client: Client, sent: str) -> None:
    answer = client.get("/api/v1/customers", headers={"X-Request-Id": sent})

    assert answer["X-Request-Id"] != sent
    assert len(answer["X-Request-Id"]) == 36


def test_every_type_leads_to_its_description(client: Client) -> None:
    page = client.get("/api/docs/problems/").content.decode()

    assert all(f'id="{kind.name}"' in page for kind in CATALOGUE)
    assert {kind.type.partition("#")[0] for kind in CATALOGUE} == {"/api/docs/problems/"}
