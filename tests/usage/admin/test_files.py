"""Files in the admin: upload, mapping with its preview, check, import, errors."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Customer, Partner
from tests import factories as make
from tests.admin_forms import errors_of, form_of, send_form
from tests.usage.uploads import call_row, calls_csv, checked, csv_bytes, mapped, work_through
from usage.files.guess import guess
from usage.files.mapping_format import read_mapping
from usage.files.rows import Row
from usage.models import Event, FileState, Source, UsageFile

pytestmark = pytest.mark.django_db

ADD = reverse("admin:usage_usagefile_add")


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


@pytest.fixture
def acme(db: None) -> Customer:
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    return make.partner(acme)


def page(file: UsageFile, name: str = "change") -> str:
    return reverse(f"admin:usage_usagefile_{name}", args=[file.pk])


def upload(client: Client, partner: Partner, content: bytes, **values: Any) -> Any:
    sent = SimpleUploadedFile("calls.csv", content, "text/csv")
    return client.post(
        ADD, {"partner": partner.pk, "mode": "test", "file": sent, **values}, follow=True
    )


def events_of(file: UsageFile) -> list[dict[str, Any]]:
    """Return the event rules of the file's mapping."""
    assert file.mapping is not None
    rules: list[dict[str, Any]] = file.mapping["events"]
    return rules


def test_staff_bring_a_file_from_upload_to_events(staff_client: Client, callwave: Partner) -> None:
    shown = upload(staff_client, callwave, calls_csv(3))
    file = UsageFile.objects.get()
    assert shown.redirect_chain[-1][0] == page(file, "mapping")
    assert "call-0" in shown.content.decode()

    done = send_form(
        staff_client,
        page(file, "mapping"),
        **{
            "event_name": "\x1fconstant",
            "event_name_constant": "ai_call",
            "property-1-name": "call_outcome",
            "property-2-name": "duration_minutes",
            "save": "Save",
        },
    )
    assert errors_of(done) == []
    file.refresh_from_db()
    assert file.state == FileState.MAPPED
    assert events_of(file)[0]["customer"] == {"column": "account"}

    staff_client.post(page(file, "check"))
    file.refresh_from_db()
    assert file.state == FileState.CHECKING
    UsageFile.objects.update(state=FileState.CHECKED)
    staff_client.post(page(file, "import"))
    work_through(file)
    text = staff_client.get(page(file)).content.decode()
    assert "All of it is imported." in text
    assert Event.objects.count() == 3


def test_the_mapping_can_be_looked_at_before_it_is_saved(
    staff_client: Client, callwave: Partner
) -> None:
    upload(staff_client, callwave, csv_bytes([call_row(0, at="05.11.2024 10:00")]))
    file = UsageFile.objects.get()
    address = page(file, "mapping")

    looked = send_form(
        staff_client, address, time_format="day_first", zone="America/New_York", look="Look"
    )

    assert "2024-11-05 15:00:00 UTC" in looked.content.decode()
    file.refresh_from_db()
    assert file.mapping is None


def test_what_is_wrong_with_a_mapping_is_said_at_its_field(
    staff_client: Client, callwave: Partner
) -> None:
    upload(staff_client, callwave, calls_csv(1))
    file = UsageFile.objects.get()

    shown = send_form(
        staff_client,
        page(file, "mapping"),
        **{"property-0-values": "no equals sign", "key": [], "save": "Save"},
    )

    text = shown.content.decode()
    assert "write &#x27;value = meaning&#x27;" in text
    assert "Choose columns, or the whole row." in text


def test_a_ready_mapping_keeps_its_legs(staff_client: Client, callwave: Partner) -> None:
    content = (
        b'[{"call_id": "c1", "call_type": "phone_call", "agent_id": "a", "direction": "inbound",'
        b' "call_status": "ended", "start_timestamp": 1730800800000, "end_timestamp":'
        b' 1730800860000, "to_number": "+13125550000", "from_number": "+16465550000",'
        b' "transfer_destination": "+1", "transfer_end_timestamp": 1730800900000}]'
    )
    upload(staff_client, callwave, content)
    file = UsageFile.objects.get()

    send_form(staff_client, page(file, "mapping"), legs=["0", "2"], save="Save")

    file.refresh_from_db()
    assert [event["label"] for event in events_of(file)] == ["telephone call", "transfer"]
    assert events_of(file)[0]["customer"]["by"] == "direction"


def test_where_the_time_and_length_of_a_call_come_from_is_shown_and_kept(
    staff_client: Client, callwave: Partner
) -> None:
    content = (
        b"call_id,account,start_time,answer_time,end_time,from,to,status\n"
        b"c-1,acme,2024-11-05T10:00:00Z,,2024-11-05T10:00:25Z,+1312,+1646,NO ANSWER\n"
    )
    upload(staff_client, callwave, content)
    file = UsageFile.objects.get()

    shown = staff_client.get(page(file, "mapping")).content.decode()
    send_form(staff_client, page(file, "mapping"), save="Save")

    assert "answer_time, else start_time</option>" in shown
    assert "from answer_time to end_time" in shown
    file.refresh_from_db()
    assert events_of(file)[0]["occurred_at"] == {"columns": ["answer_time", "start_time"]}
    assert events_of(file)[0]["properties"][-1] == {
        "name": "duration_seconds", "column": "end_time", "type": "duration",
        "since": "answer_time",
    }  # fmt: skip


def test_a_length_that_becomes_something_else_runs_since_nothing(
    staff_client: Client, callwave: Partner
) -> None:
    content = (
        b"call_id,account,start_time,answer_time,end_time,from,to\n"
        b"c-1,acme,2024-11-05T10:00:00Z,2024-11-05T10:00:05Z,2024-11-05T10:00:25Z,+1312,+1646\n"
    )
    upload(staff_client, callwave, content)
    file = UsageFile.objects.get()

    shown = send_form(
        staff_client, page(file, "mapping"), **{"property-5-type": "time", "save": "Save"}
    )

    assert errors_of(shown) == []
    file.refresh_from_db()
    assert events_of(file)[0]["properties"][5] == {
        "name": "duration_seconds", "column": "end_time", "type": "time",
    }  # fmt: skip


def test_what_a_ready_mapping_says_of_a_length_is_shown_and_kept(
    staff_client: Client, callwave: Partner
) -> None:
    content = (
        b'[{"id": "v1", "type": "inboundPhoneCall", "status": "ended", "assistantId": "a",'
        b' "createdAt": "2024-11-05T10:00:00Z", "startedAt": "2024-11-05T10:00:05Z",'
        b' "endedAt": "2024-11-05T10:00:25Z", "endedReason": "customer-ended-call"}]'
    )
    upload(staff_client, callwave, content)
    file = UsageFile.objects.get()
    before = guess(None, [Row(1, json.loads(content)[0])]).events[0].properties

    shown = staff_client.get(page(file, "mapping")).content.decode()
    send_form(staff_client, page(file, "mapping"), save="Save")

    assert "from startedAt to endedAt, or 0 by endedReason" in shown
    assert file.mapping is None
    file.refresh_from_db()
    assert read_mapping(file.mapping).events[0].properties[: len(before)] == before


def test_a_known_file_is_shown_and_not_kept_twice(staff_client: Client, callwave: Partner) -> None:
    upload(staff_client, callwave, calls_csv(1))

    again = upload(staff_client, callwave, calls_csv(1))

    assert "This very file was uploaded before" in again.content.decode()
    assert UsageFile.objects.count() == 1


def test_a_file_that_holds_no_usage_is_refused_on_the_form(
    staff_client: Client, callwave: Partner
) -> None:
    shown = upload(staff_client, callwave, b"%PDF-1.7")

    assert errors_of(shown) == ["The file is a PDF."]


def test_errors_stand_on_the_page_and_in_a_download(
    staff_client: Client, callwave: Partner
) -> None:
    rows = [call_row(number, minutes="=1+1") for number in range(120)]
    file = mapped(make.source(callwave), csv_bytes(rows))
    checked(file)

    text = staff_client.get(page(file)).content.decode()
    download: Any = staff_client.get(page(file, "errors"))

    assert text.count("<td>rejected</td>") == 100
    assert "20 more are in the download." in text
    assert len(b"".join(download.streaming_content).splitlines()) == 121


def test_the_live_part_asks_for_itself_until_the_work_is_done(
    staff_client: Client, callwave: Partner
) -> None:
    file = mapped(make.source(callwave), calls_csv(3))
    staff_client.post(page(file, "import"))

    running = staff_client.get(page(file), headers={"HX-Request": "true"}).content.decode()
    work_through(file)
    done = staff_client.get(page(file), headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="every 1s"' in running
    assert "hx-trigger" not in done
    assert "<html" not in done


def test_those_who_only_look_change_nothing(clerk_client: Client, callwave: Partner) -> None:
    file = mapped(make.source(callwave), calls_csv(3))

    assert clerk_client.get(page(file)).status_code == 200
    assert clerk_client.get(page(file, "mapping")).status_code == 403
    assert clerk_client.get(ADD).status_code == 403
    for act in ("check", "import", "cancel"):
        assert clerk_client.post(page(file, act)).status_code == 403


def test_pages_take_few_queries(
    staff_client: Client, callwave: Partner, django_assert_max_num_queries: Any
) -> None:
    source: Source = make.source(callwave)
    for number in range(1, 6):
        file = mapped(source, calls_csv(number), again=True)
        checked(file)
    staff_client.get(page(file))

    with django_assert_max_num_queries(15):
        staff_client.get(reverse("admin:usage_usagefile_changelist"))
    with django_assert_max_num_queries(15):
        staff_client.get(page(file))
    with django_assert_max_num_queries(15):
        assert form_of(staff_client, page(file, "mapping"))


def test_headings_in_windows_1252_are_read_once_somebody_says_so(
    staff_client: Client, callwave: Partner
) -> None:
    upload(staff_client, callwave, "Kundé,id,at\nacme,1,2024-11-05T10:00:00Z\n".encode("cp1252"))
    file = UsageFile.objects.get()
    assert "is not UTF-8" in staff_client.get(page(file, "mapping")).content.decode()

    shown = staff_client.post(page(file, "mapping"), {"windows": "yes"}, follow=True)

    assert "Kundé" in shown.content.decode()


def test_staff_delete_the_bytes_of_a_file_after_a_question(
    staff_client: Client,
    callwave: Partner,
    kept_files: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    file = mapped(make.source(callwave), csv_bytes([call_row(0, minutes="x")]))
    checked(file)
    assert "This cannot be undone." in staff_client.get(page(file, "forget")).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        shown = staff_client.post(page(file, "forget"), follow=True).content.decode()

    assert "Its bytes and the list of its errors are deleted" in shown
    assert not any(path.is_file() for path in kept_files.rglob("*"))
    assert page(file, "mapping") not in shown


def test_staff_are_told_when_a_partners_files_fill_its_room(
    staff_client: Client, callwave: Partner, settings: Settings
) -> None:
    settings.USAGE_FILES_WAITING = 1
    upload(staff_client, callwave, calls_csv(1))

    shown = upload(staff_client, callwave, calls_csv(2))

    assert "import some of them, or have them forgotten" in shown.content.decode()


def test_a_guess_that_came_through_the_api_is_looked_at_before_its_import(
    staff_client: Client, callwave: Partner
) -> None:
    file = mapped(make.source(callwave), calls_csv(1))
    UsageFile.objects.update(mapping_origin="guessed")

    shown = staff_client.post(page(file, "import"), follow=True).content.decode()

    assert "only guessed" in shown
    assert staff_client.post(page(file, "mapping"), {}).status_code == 200
    send_form(staff_client, page(file, "mapping"), save="Save")
    file.refresh_from_db()
    assert file.mapping_origin == "said"


@pytest.mark.parametrize(
    "content, reason",
    [
        pytest.param(
            b'{"a" 1}\n{"b" 2}\n',
            "Row 1: The row is not JSON at line 1, column 6: Expecting &#x27;:&#x27; delimiter.",
            id="no row of JSON",
        ),
        pytest.param(
            b"[{}]", "None of its first rows has a value that could be mapped.", id="no value"
        ),
        pytest.param(
            b"a,a\n1,2\n",
            "Row 1: The column &#x27;a&#x27; stands twice; give each a name of its own.",
            id="a heading twice",
        ),
    ],
)
def test_a_file_of_which_nothing_can_be_mapped_says_why_and_what_to_do(
    staff_client: Client, callwave: Partner, content: bytes, reason: str
) -> None:
    shown = upload(staff_client, callwave, content).content.decode()

    assert f'<p class="errornote" role="alert">{reason}</p>' in shown
    assert "Nothing of this file can be mapped. Mend it and" in shown
    assert "Read it so" not in shown


def test_a_file_that_is_no_windows_1252_either_is_not_read_so_again(
    staff_client: Client, callwave: Partner
) -> None:
    upload(staff_client, callwave, b"Kund\x81,id\nacme,1\n")
    mapping = page(UsageFile.objects.get(), "mapping")
    assert "Read it so" in staff_client.get(mapping).content.decode()

    shown = staff_client.post(mapping, {"windows": "yes"}, follow=True).content.decode()

    reason = "Row 1: Byte 5 of the line (byte 5 of the file) is not Windows-1252; save the file as"
    assert f"{reason} UTF-8.</p>" in shown
    assert "Read it so" not in shown
