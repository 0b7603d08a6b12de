"""Files that are made to take memory or time: over the API and on every page there is an answer."""

import gzip
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Partner
from tests import factories as make
from tests.caller import Caller
from tests.partner_portal.people import address, browser_of
from tests.usage.files.hostile_files import bracket_rows, empty_members, full_events, workbook_of
from tests.usage.kept import kept_in
from usage.models import FileState, UsageFile

pytestmark = pytest.mark.django_db

DEEP = b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}\n"
HEADINGS = '<row><c t="inlineStr"><is><t>a</t></is></c></row>'
LONG = b'{"customer_id":"a","event_name":"n","properties":{"x":"%s"}}\n' % (b"x" * 4_000_000)
HOSTILE = [
    pytest.param(full_events(b"{},", rows=12), id="objects"),
    pytest.param(LONG * 5, id="rows of 4 MB"),
    pytest.param(b'{"a":1}\n' + bracket_rows(rows=3), id="rows of brackets"),
    pytest.param(gzip.compress(bracket_rows(rows=200), 1), id="packed rows of brackets"),
    pytest.param(DEEP * 200, id="deep rows"),
    pytest.param(b"[" + DEEP.strip() + b"]", id="a deep row of a list"),
    pytest.param(
        workbook_of(HEADINGS, times=1_000_000, repeated="<row/>"), id="blank rows of a workbook"
    ),
    pytest.param(workbook_of("", times=1_000_000, repeated="<row/>"), id="a blank workbook"),
    pytest.param(gzip.compress(b"a,b\n" + b"\n" * 2**23), id="blank lines"),
    pytest.param(gzip.compress(b"a,b\n" * 20_000) + empty_members(megabytes=1), id="gzip members"),
]


@pytest.fixture(autouse=True)
def kept_files(settings: Settings, tmp_path: Path) -> Path:
    """The folder where uploaded files lie."""
    return kept_in(tmp_path / "usage-files", settings)


@pytest.fixture
def callwave(db: None) -> Partner:
    make.ai_call_meter()
    return make.partner(make.acme())


@pytest.mark.parametrize("content", HOSTILE)
def test_the_api_answers_whatever_a_file_is_made_of(callwave: Partner, content: bytes) -> None:
    caller = Caller(make.api_key(callwave)[1])

    uploaded = caller.post("/usage-files?name=hostile", content, Content_Type="text/csv")

    assert uploaded.status_code in {201, 422}, uploaded.content[:500]
    assert caller.get("/usage-files").status_code == 200
    if uploaded.status_code == 422:
        return
    path = f"/usage-files/{uploaded.json()['id']}"
    assert caller.get(path).status_code == 200
    for mapping in ({"ready": True}, {}):
        answer = caller.client.put(
            f"/api/v1{path}/mapping",
            json.dumps(mapping).encode(),
            "application/json",
            headers={"Authorization": f"Bearer {caller.key}"},
        )
        assert answer.status_code in {200, 422}, answer.content[:500]
    assert caller.get(path).status_code == 200


@pytest.mark.parametrize("content", HOSTILE)
def test_every_page_shows_whatever_a_file_is_made_of(
    callwave: Partner, staff_client: Client, content: bytes
) -> None:
    partner = browser_of(callwave)
    sent = SimpleUploadedFile("hostile", content)

    answer = partner.post(address("upload", callwave), {"mode": "test", "file": sent}, follow=True)

    assert answer.status_code == 200
    file = UsageFile.objects.first()
    if file is None:
        assert "alert" in answer.content.decode() or "error" in answer.content.decode()
        return
    for client, pages in (
        (partner, [address("files", callwave), address("file", callwave, file.public_id)]),
        (
            staff_client,
            [
                reverse("admin:usage_usagefile_changelist"),
                reverse("admin:usage_usagefile_change", args=[file.pk]),
            ],
        ),
    ):
        for page in pages:
            shown = client.get(page, follow=True)
            assert (page, shown.status_code) == (page, 200)
            assert b"hostile" in shown.content
    assert file.state in {FileState.UPLOADED, FileState.MAPPED}
