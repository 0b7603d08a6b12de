"""The portal's own addresses: API documents, health, the way in."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client


def test_the_openapi_document_is_valid_and_without_warnings() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_the_openapi_document_names_every_call(client: Client) -> None:
    document: Any = client.get("/api/schema/", {"format": "json"}).json()

    assert document["openapi"] == "3.1.0"
    assert sorted(document["paths"]) == [
        "/api/v1/backfills",
        "/api/v1/backfills/{backfill}",
        "/api/v1/backfills/{backfill}/close",
        "/api/v1/backfills/{backfill}/discard",
        "/api/v1/backfills/{backfill}/events",
        "/api/v1/backfills/{backfill}/preview",
        "/api/v1/backfills/{backfill}/undo",
        "/api/v1/customers",
        "/api/v1/customers/{customer}",
        "/api/v1/events",
        "/api/v1/events/batch",
        "/api/v1/events/{event}",
        "/api/v1/events/{event}/void",
        "/api/v1/invoices",
        "/api/v1/invoices/{invoice}",
        "/api/v1/invoices/{invoice}/lines/{line}/events",
        "/api/v1/invoices/{invoice}/pdf",
        "/api/v1/plan-file",
        "/api/v1/price-preview",
        "/api/v1/subjects",
        "/api/v1/subjects/{identifier}",
        "/api/v1/usage-files",
        "/api/v1/usage-files/{file}",
        "/api/v1/usage-files/{file}/cancel",
        "/api/v1/usage-files/{file}/check",
        "/api/v1/usage-files/{file}/errors",
        "/api/v1/usage-files/{file}/forget",
        "/api/v1/usage-files/{file}/import",
        "/api/v1/usage-files/{file}/mapping",
    ]
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["security"] == [{"apiKey": []}]
            assert "application/problem+json" in operation["responses"]["401"]["content"]


def test_every_write_is_said_to_have_limits(client: Client) -> None:
    document: Any = client.get("/api/schema/", {"format": "json"}).json()

    writes = {
        f"{method} {path}": operation["responses"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "get"
    }

    assert len(writes) > 10
    assert [name for name, responses in writes.items() if "429" not in responses] == []


def test_the_docs_page_keeps_to_the_content_security_policy(client: Client) -> None:
    page = client.get("/api/docs/")
    text = page.content.decode()

    assert page.status_code == 200
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert "//" not in text.replace("<!DOCTYPE", "").replace("http://testserver/", "")


def test_the_docs_page_has_its_script(client: Client) -> None:
    script = client.get("/api/docs/", {"script": ""})

    assert script["Content-Type"].startswith("application/javascript")
    assert b"/api/schema/" in script.content


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/plain", "nonsense", "a;b=c"])
def test_health_answers_while_the_database_does(client: Client, accept: str) -> None:
    assert client.get("/health/", headers={"Accept": accept}).status_code == 200


def test_the_front_door_asks_nobody_in_unknown(client: Client) -> None:
    answer = client.get("/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/")


def test_the_browsers_sign_is_where_browsers_look_for_it(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer["Location"]) == (302, "/static/favicon.svg")
    assert finders.find("favicon.svg") is not None
