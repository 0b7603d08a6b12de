"""Whoever asks for archived events is told so, on pages and by the API."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from accounts.models import Scope
from billing_portal.archived_months import archived_months_middleware
from tests import factories as make
from tests.usage.archives import archived, keep_in
from usage.models import Event
from usage.store.archives.archived import MonthArchived


def answer(path: str, error: Exception) -> HttpResponse | None:
    middleware = archived_months_middleware(lambda request: HttpResponse())
    request: HttpRequest = RequestFactory().get(path)
    request.user = AnonymousUser()
    told: HttpResponse | None = middleware.process_exception(request, error)  # type: ignore[attr-defined]
    return told


def test_the_api_answers_a_problem() -> None:
    told = answer("/api/v1/usage", MonthArchived(["2024-05", "2024-06"]))

    assert told is not None
    assert told.status_code == 410
    problem = json.loads(told.content)
    assert problem["type"] == "/api/docs/problems/#events-archived"
    assert problem["months"] == ["2024-05", "2024-06"]
    assert problem["detail"] == "The events of 2024-05, 2024-06 are archived."


@pytest.mark.django_db
def test_a_customers_page_says_whom_to_ask() -> None:
    told = answer("/acme/usage/", MonthArchived(["2024-05"]))

    assert told is not None
    assert told.status_code == 410
    page = told.content.decode()
    assert "The single events of 2024-05 were put into files" in page
    assert "Ask us if you need them" in page
    assert "manage.py" not in page


def test_other_errors_are_not_its_business() -> None:
    assert answer("/api/v1/usage", ValueError("2024-05")) is None


@pytest.mark.usefixtures("committed")
def test_a_list_of_events_names_the_months_that_it_lacks(
    settings: Settings, tmp_path: Path, client: Client
) -> None:
    keep_in(tmp_path, settings)
    make.ai_call_meter()
    sender = make.partner(make.acme())
    make.accepted(make.source(sender), [make.call_body("call-1")])
    event = Event.objects.get()
    _, secret = make.api_key(sender, scopes=[Scope.EVENTS_READ])
    asked = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    archived()

    listed = client.get("/api/v1/events", **asked)  # type: ignore[arg-type]
    assert (listed.json()["data"], listed["Archived-Months"]) == ([], "2024-11")
    one = client.get(f"/api/v1/events/{event.public_id}", **asked)  # type: ignore[arg-type]
    assert one.status_code == 404
    assert one.json()["detail"] == (
        "No such event. Those of 2024-11 are archived and not shown: ask us."
    )
