"""Files over the API: upload, map, check, import, errors; nobody sees another's."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Customer, Partner, Scope
from tests import factories as make
from tests.caller import PROBLEM, Caller
from tests.usage.uploads import (
    CALL_MAPPING,
    HEADINGS,
    call_row,
    calls_csv,
    csv_bytes,
    work_through,
)
from usage.models import Event, UsageFile
from usage.operations.files.check_file import checking

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept_files(settings: Settings, tmp_path: Path) -> Path:
    """The folder where uploaded files lie."""
    folder = tmp_path / "usage-files"
    usage_files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder)},
    }
    settings.STORAGES = {**settings.STORAGES, "usage_files": usage_files}
    return folder


def upload(caller: Caller, content: bytes, query: str = "?name=calls.csv") -> Any:
    return caller.post(f"/usage-files{query}", content, Content_Type="text/csv")


def put(caller: Caller, path: str, body: Any) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {caller.key}"}
    return caller.client.put(f"/api/v1{path}", raw, "application/json", headers=headers)


def work(file_id: str) -> None:
    file = UsageFile.with_public_id(file_id)
    assert file is not None
    work_through(file)
    with checking(file_id=file.pk, now=make.NOW) as check:
        while check is not None and check.next_chunk(now=make.NOW):
            pass


def test_what_stands_in_files_needs_the_scope_to_read(caller: Caller, callwave: Partner) -> None:
    writer = Caller(make.api_key(callwave, scopes=[Scope.EVENTS_WRITE])[1])
    address = f"/usage-files/{upload(writer, calls_csv(3)).json()['id']}"

    mapped = put(writer, f"{address}/mapping", CALL_MAPPING)

    assert (mapped.status_code, mapped.json()["preview"]) == (200, [])
    assert "RateLimit" in mapped
    for path in ("/usage-files", address, f"{address}/errors", f"{address}/errors?as=csv"):
        assert writer.get(path).status_code == 403
        assert caller.get(path).status_code == 200


def test_a_suggestion_of_strange_names_is_mapped_or_refused_with_words(caller: Caller) -> None:
    rows = [{"id": n, "at": "2024-11-05T10:00:00Z", "\ud800": 1, "A b": 1, "a_b": 2, "": 3}
            for n in range(2)]  # fmt: skip
    uploaded = upload(caller, json.dumps(rows).encode(), "?name=rows.json")
    assert uploaded.status_code == 201, uploaded.content

    answer = put(caller, f"/usage-files/{uploaded.json()['id']}/mapping", {"ready": True})

    assert answer.status_code in {200, 422}, answer.content


def test_a_file_goes_from_upload_to_events(caller: Caller) -> None:
    uploaded = upload(caller, calls_csv(3))
    assert uploaded.status_code == 201, uploaded.content
    body = uploaded.json()
    address = f"/usage-files/{body['id']}"
    assert (body["name"], body["state"], body["format"]) == ("calls.csv", "uploaded", "csv")
    assert body["columns"] == ["account", "call", "at", "region", "outcome", "minutes"]
    assert uploaded["Location"] == f"/api/v1{address}"

    mapped = put(caller, f"{address}/mapping", CALL_MAPPING).json()
    assert mapped["state"] == "mapped"
    assert mapped["preview"][0] == {
        "row": 2,
        "event": {
            "customer_id": "acme",
            "event_name": "ai_call",
            "idempotency_key": "call-0",
            "occurred_at": "2024-11-05T10:00:00Z",
            "properties": {"region": "US", "call_outcome": "resolved", "duration_minutes": 5},
        },
        "errors": [],
    }

    assert caller.post(f"{address}/check", b"").status_code == 202
    work(body["id"])
    checked = caller.get(address).json()
    assert (checked["state"], checked["check"]["accepted"]) == ("checked", 3)
    assert Event.objects.count() == 0

    assert caller.post(f"{address}/import", b"").json()["state"] == "importing"
    work(body["id"])
    done = caller.get(address).json()
    assert (done["state"], done["import"]["accepted"]) == ("done", 3)
    assert done["import"]["percent"] == 100
    assert Event.objects.count() == 3


def test_a_file_comes_also_as_a_form(caller: Caller) -> None:
    answer = caller.client.post(
        "/api/v1/usage-files",
        {"file": SimpleUploadedFile("../../november.csv", calls_csv(1), "text/csv")},
        headers={"Authorization": f"Bearer {caller.key}"},
    )

    assert answer.status_code == 201
    assert answer.json()["name"] == "november.csv"


def test_the_same_bytes_again_answer_with_the_file_that_is_there(caller: Caller) -> None:
    first = upload(caller, calls_csv(1)).json()

    again = upload(caller, calls_csv(1))

    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert upload(caller, calls_csv(1), "?again=true").status_code == 201


def test_the_mapping_of_the_last_file_is_remembered(caller: Caller) -> None:
    first = upload(caller, calls_csv(1)).json()
    put(caller, f"/usage-files/{first['id']}/mapping", CALL_MAPPING)

    second = upload(caller, calls_csv(2)).json()

    assert (second["state"], second["mapping"]) == ("mapped", CALL_MAPPING)


def test_a_guess_is_imported_once_it_was_sent(caller: Caller) -> None:
    body = upload(caller, calls_csv(1)).json()
    address = f"/usage-files/{body['id']}"
    assert (body["suggested_by"], body["remembered"]) == ("guessed", None)

    guessed = put(caller, f"{address}/mapping", {"ready": True}).json()
    refused = caller.post(f"{address}/import", b"")

    assert (guessed["state"], guessed["mapping_origin"]) == ("mapped", "guessed")
    assert (refused.status_code, refused["Content-Type"]) == (409, PROBLEM)
    assert refused.json()["detail"] == (
        "Its mapping was only guessed: look at what the first rows become, and save or send the "
        "mapping."
    )
    said = put(caller, f"{address}/mapping", body["suggested_mapping"]).json()
    assert said["mapping_origin"] == "said"
    assert caller.post(f"{address}/import", b"").status_code == 202


def test_columns_that_differ_from_the_last_file_are_named(caller: Caller) -> None:
    first = upload(caller, calls_csv(1)).json()
    put(caller, f"/usage-files/{first['id']}/mapping", CALL_MAPPING)

    content = csv_bytes([(*call_row(1), "7")], (*HEADINGS, "rebate"))
    second = upload(caller, content).json()

    assert (second["state"], second["mapping"]) == ("uploaded", None)
    assert (second["suggested_by"], second["suggested_mapping"]) == ("guessed", CALL_MAPPING)
    assert second["remembered"] == {"missing_columns": [], "new_columns": ["rebate"]}


def test_a_suggestion_for_a_file_without_rows_is_refused(caller: Caller) -> None:
    file = upload(caller, b"[]", "?name=none.json").json()["id"]

    answer = put(caller, f"/usage-files/{file}/mapping", {"ready": True})

    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)


def test_as_many_files_wait_as_may(caller: Caller, settings: Settings) -> None:
    settings.USAGE_FILES_WAITING = 1
    file = upload(caller, calls_csv(1)).json()["id"]

    answer = upload(caller, calls_csv(2))

    assert (answer.status_code, answer["Content-Type"]) == (409, PROBLEM)
    assert answer.json()["type"] == "/api/docs/problems/#files-full"
    assert "import some of them, or have them forgotten" in answer.json()["detail"]
    assert caller.post(f"/usage-files/{file}/forget", b"").status_code == 200
    assert upload(caller, calls_csv(2)).status_code == 201


def test_a_file_is_forgotten_and_says_since_when(caller: Caller) -> None:
    file = upload(caller, calls_csv(1)).json()["id"]

    forgotten = caller.post(f"/usage-files/{file}/forget", b"").json()

    assert forgotten["forgotten_at"] is not None
    refused = put(caller, f"/usage-files/{file}/mapping", CALL_MAPPING)
    assert refused.status_code == 409
    assert refused.json()["detail"] == "The bytes of the file are deleted: upload it again."
    assert caller.get(f"/usage-files/{file}").status_code == 200


def test_errors_are_listed_and_downloaded_safe_for_spreadsheets(caller: Caller) -> None:
    content = csv_bytes([call_row(0, minutes="=1+1"), call_row(1, account="nobody")])
    file = upload(caller, content).json()["id"]
    put(caller, f"/usage-files/{file}/mapping", CALL_MAPPING)
    caller.post(f"/usage-files/{file}/import", b"")
    work(file)

    listed = caller.get(f"/usage-files/{file}/errors", {"limit": 1}).json()
    rest = caller.get(f"/usage-files/{file}/errors", {"cursor": listed["next_cursor"]}).json()
    download = caller.get(f"/usage-files/{file}/errors", {"as": "csv"})

    assert [error["code"] for error in listed["data"] + rest["data"]] == [
        "bad_value",
        "unknown_customer",
    ]
    assert listed["data"][0]["excerpt"] == "=1+1"
    lines = b"".join(download.streaming_content).decode().splitlines()
    assert lines[1].split(",")[:4] == ["2", "minutes", "rejected", "bad_value"]
    assert "'=1+1" in lines[1]


def test_a_mapping_is_refused_with_every_mistake(caller: Caller) -> None:
    file = upload(caller, calls_csv(1)).json()["id"]

    answer = put(
        caller,
        f"/usage-files/{file}/mapping",
        {"events": [{"customer": {}, "event_name": {"constant": "x"}, "occured_at": {}}]},
    )

    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
    assert {error["pointer"] for error in answer.json()["errors"]} >= {
        "/events/0/occured_at",
        "/events/0/customer",
        "/events/0/idempotency_key",
    }


def test_a_column_that_is_not_there_is_said(caller: Caller) -> None:
    file = upload(caller, b"a,b\n1,2\n").json()["id"]

    answer = put(caller, f"/usage-files/{file}/mapping", CALL_MAPPING)

    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "The file has no column 'account'.",
    )


@pytest.mark.parametrize(
    "content,words",
    [
        (b" \n", "The file is empty."),
        (
            b"\xd0\xcf\x11\xe0 old",
            "The file is an old Excel workbook (.xls); save it as .xlsx or CSV.",
        ),
        (b"PK\x03\x04 no", None),
        (b"\x1f\x8bnot really", None),
    ],
)  # fmt: skip
def test_what_cannot_hold_usage_is_refused_at_the_door(
    caller: Caller, content: bytes, words: str | None, kept_files: Path
) -> None:
    answer = upload(caller, content)

    if content.startswith(b"PK"):
        # What is inside of an archive shows when it is opened.
        assert answer.status_code == 201
        return
    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
    assert words is None or answer.json()["detail"] == words
    assert not any(path.is_file() for path in kept_files.rglob("*"))


def test_a_file_without_usable_headings_cannot_be_mapped(caller: Caller) -> None:
    file = upload(caller, b"a,a\n1,2\n").json()["id"]

    answer = put(caller, f"/usage-files/{file}/mapping", CALL_MAPPING)

    assert answer.status_code == 422
    assert answer.json()["detail"] == (
        "Row 1: The column 'a' stands twice; give each a name of its own."
    )


def test_a_file_above_the_limit_is_refused_before_it_is_read(
    caller: Caller, settings: Settings, kept_files: Path
) -> None:
    settings.USAGE_FILE_MEGABYTES = 1

    answer = upload(caller, b"x" * (2**20 + 1))

    assert answer.status_code == 413
    assert not kept_files.exists()


def test_a_body_without_a_length_is_refused(caller: Caller) -> None:
    answer = caller.client.generic(
        "POST",
        "/api/v1/usage-files",
        b"",
        headers={"Authorization": f"Bearer {caller.key}", "Transfer-Encoding": "chunked"},
    )

    assert answer.status_code == 411


def test_a_state_that_does_not_allow_it_says_so(caller: Caller) -> None:
    file = upload(caller, calls_csv(1)).json()["id"]

    for act in ("check", "import", "cancel"):
        answer = caller.post(f"/usage-files/{file}/{act}", b"")
        assert (answer.status_code, answer["Content-Type"]) == (409, PROBLEM)


def test_nobody_sees_anothers_files(caller: Caller, callwave: Partner, acme: Customer) -> None:
    file = upload(caller, calls_csv(1)).json()["id"]
    stranger = Caller(make.api_key(make.partner(acme, name="Elsewhere AI"))[1])
    live = Caller(make.api_key(callwave, mode="live")[1])

    for other in (stranger, live):
        assert other.get("/usage-files").json()["data"] == []
        for path in ("", "/errors"):
            assert other.get(f"/usage-files/{file}{path}").status_code == 404
        for act in ("check", "import", "cancel", "forget"):
            assert other.post(f"/usage-files/{file}/{act}", b"").status_code == 404
        assert put(other, f"/usage-files/{file}/mapping", CALL_MAPPING).status_code == 404


def test_a_key_without_the_scope_may_not_upload(callwave: Partner) -> None:
    reader = Caller(make.api_key(callwave, scopes=[Scope.EVENTS_READ])[1])

    assert upload(reader, calls_csv(1)).status_code == 403
    assert reader.get("/usage-files").status_code == 403


def test_the_list_is_read_in_a_constant_number_of_queries(
    caller: Caller, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 6):
        upload(caller, calls_csv(number))

    with django_assert_max_num_queries(8):
        assert len(caller.get("/usage-files").json()["data"]) == 5


def test_without_a_key_there_is_nothing(client: Client) -> None:
    assert client.get("/api/v1/usage-files").status_code == 401
