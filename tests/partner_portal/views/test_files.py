"""Files of usage on a partner's pages: upload, columns, check, import, errors."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Customer, Partner, PartnerRole
from tests import factories as make
from tests.admin_forms import send_form
from tests.partner_portal.people import address, browser_of
from tests.usage.kept import kept_in
from tests.usage.uploads import (
    CALL_MAPPING,
    HEADINGS,
    call_row,
    calls_csv,
    checked,
    csv_bytes,
    imported,
    mapped,
    uploaded,
    work_through,
)
from usage.models import Event, FileRun, FileState, Source, UsageFile

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def kept_files(settings: Settings, tmp_path: Path) -> Path:
    """The folder where uploaded files lie."""
    return kept_in(tmp_path / "usage-files", settings)


@pytest.fixture
def acme(db: None) -> Customer:
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    return make.partner(acme)


@pytest.fixture
def source(callwave: Partner) -> Source:
    return make.source(callwave)


@pytest.fixture
def client(callwave: Partner) -> Client:
    return browser_of(callwave)


def upload(client: Client, holder: Partner, content: bytes, **values: Any) -> Any:
    sent = SimpleUploadedFile("calls.csv", content, "text/csv")
    form = {"mode": "test", "file": sent, **values}
    return client.post(address("upload", holder), form, follow=True)


def of(file: UsageFile, name: str = "file") -> str:
    return address(name, file.source.partner, file.public_id)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_file_goes_from_the_upload_to_its_events(client: Client, callwave: Partner) -> None:
    shown = upload(client, callwave, calls_csv(3))
    file = UsageFile.objects.get()
    assert shown.redirect_chain[-1][0] == of(file, "file_mapping")
    assert "Guessed from the headings" in text_of(shown)
    assert "call-0" in text_of(shown)

    saved = send_form(
        client,
        of(file, "file_mapping"),
        **{
            "event_name": "\x1fconstant",
            "event_name_constant": "ai_call",
            "property-1-name": "call_outcome",
            "property-2-name": "duration_minutes",
            "save": "yes",
        },
    )
    assert "Check it: that counts" in text_of(saved)

    client.post(of(file, "file_check"))
    assert UsageFile.objects.get().state == FileState.CHECKING
    UsageFile.objects.update(state=FileState.CHECKED)
    client.post(of(file, "file_import"))
    work_through(file)
    assert "All of it is imported." in text_of(client.get(of(file)))
    assert Event.objects.count() == 3


def test_the_same_file_again_is_told_with_when_it_came(client: Client, callwave: Partner) -> None:
    upload(client, callwave, calls_csv(1))

    again = text_of(upload(client, callwave, calls_csv(1)))

    assert "This very file was uploaded before, at " in again
    assert "Nothing was kept or imported again." in again
    assert UsageFile.objects.count() == 1


def test_test_and_live_files_are_apart(client: Client, callwave: Partner) -> None:
    upload(client, callwave, calls_csv(1))
    upload(client, callwave, calls_csv(2), mode="live")

    rows = {
        mode: client.get(address("files", callwave) + f"?mode={mode}").context["rows"]
        for mode in ("test", "live")
    }

    assert [len(found) for found in rows.values()] == [1, 1]
    assert {file.source.mode for file in UsageFile.objects.all()} == {"test", "live"}


def test_an_empty_list_says_what_to_do(client: Client, callwave: Partner) -> None:
    assert "Upload a live file" in text_of(client.get(address("files", callwave) + "?mode=live"))


def test_a_file_with_the_columns_of_the_last_one_is_mapped_as_that_was(
    client: Client, callwave: Partner, source: Source
) -> None:
    mapped(source, calls_csv(1))

    shown = text_of(upload(client, callwave, calls_csv(2)))

    assert "mapped as your last one with these columns" in shown
    assert "Check it: that counts" in shown


def test_a_column_more_is_named_and_looked_at_first(
    client: Client, callwave: Partner, source: Source
) -> None:
    mapped(source, calls_csv(1))

    shown = text_of(
        upload(client, callwave, csv_bytes([(*call_row(1), "7")], (*HEADINGS, "rebate")))
    )

    assert 'New here: <span class="mono">rebate</span>' in shown
    assert UsageFile.objects.latest("pk").state == FileState.UPLOADED


def test_the_columns_are_looked_at_without_being_saved(client: Client, callwave: Partner) -> None:
    upload(client, callwave, csv_bytes([call_row(0, at="05.11.2024 10:00")]))
    file = UsageFile.objects.get()

    looked = send_form(
        client,
        of(file, "file_mapping"),
        time_format="day_first", zone="America/New_York", look="yes",
    )  # fmt: skip

    assert "2024-11-05 15:00:00 UTC" in text_of(looked)
    file.refresh_from_db()
    assert file.mapping is None


def test_a_name_that_nobody_counts_is_told_before_anything_is_checked(
    client: Client, callwave: Partner
) -> None:
    guessed = upload(client, callwave, calls_csv(2))
    file = UsageFile.objects.get()

    named = {"event_name": "\x1fconstant", "event_name_constant": "ai_call", "look": "yes"}
    looked = send_form(client, of(file, "file_mapping"), **named)

    assert guessed.context["uncounted"] == (
        "No meter counts events named “usage”: they would wait in quarantine. Names that are "
        "counted: “ai_call”."
    )
    assert guessed.context["uncounted"] in text_of(guessed)
    assert looked.context["uncounted"] == ""


def test_what_is_wrong_with_the_columns_is_said_at_its_field(
    client: Client, callwave: Partner
) -> None:
    upload(client, callwave, calls_csv(1))
    file = UsageFile.objects.get()

    wrong = {"property-0-values": "no equals sign", "key": [], "save": "yes"}
    shown = send_form(client, of(file, "file_mapping"), **wrong)

    assert shown.status_code == 422
    assert "Choose columns, or the whole row." in text_of(shown)
    assert "write &#x27;value = meaning&#x27;" in text_of(shown)


def test_a_file_that_holds_no_usage_is_refused_on_the_form(
    client: Client, callwave: Partner
) -> None:
    shown = upload(client, callwave, b"%PDF-1.7")

    assert (shown.status_code, UsageFile.objects.count()) == (422, 0)
    assert "The file is a PDF." in text_of(shown)


def test_a_partner_whose_files_fill_its_room_is_told_what_to_do(
    client: Client, callwave: Partner, settings: Settings
) -> None:
    settings.USAGE_FILES_WAITING = 1
    upload(client, callwave, calls_csv(1))

    shown = upload(client, callwave, calls_csv(2))

    assert "import some of them, or have them forgotten" in text_of(shown)
    assert UsageFile.objects.count() == 1


def test_errors_stand_on_the_page_and_in_a_download(client: Client, source: Source) -> None:
    rows = [call_row(number, minutes="=1+1") for number in range(120)]
    file = mapped(source, csv_bytes(rows))
    checked(file)

    text = text_of(client.get(of(file)))
    download: Any = client.get(of(file, "file_errors"))

    assert text.count(">rejected</td>") == 100
    assert "20 more are in the download." in text
    lines = b"".join(download.streaming_content).decode().splitlines()
    assert (len(lines), "'=1+1" in lines[1]) == (121, True)


def test_counts_have_their_thousands_told_apart(client: Client, source: Source) -> None:
    file = mapped(source, calls_csv(1))
    imported(file)
    FileRun.objects.update(rows=12_345, left_out=1_111, accepted=11_234)

    shown = text_of(client.get(of(file)))

    for count in ("12,345", "1,111", "11,234"):
        assert f"<dd>{count}" in shown


def test_the_moving_part_asks_for_itself_until_the_work_is_done(
    client: Client, source: Source
) -> None:
    file = mapped(source, calls_csv(3))
    client.post(of(file, "file_import"))

    running = client.get(of(file, "file_live"), headers=HX)
    same = client.get(of(file, "file_live") + f"?version={running.context['version']}", headers=HX)
    work_through(file)
    done = client.get(of(file, "file_live") + f"?version={running.context['version']}", headers=HX)

    assert 'hx-trigger="every 2s"' in text_of(running)
    assert same.status_code == 204
    assert "hx-trigger" not in text_of(done)
    assert "<html" not in text_of(done)
    assert "All of it is imported." in text_of(done)


def test_an_import_is_stopped_and_goes_on(client: Client, source: Source) -> None:
    file = mapped(source, calls_csv(3))
    client.post(of(file, "file_import"))

    stopped = client.post(of(file, "file_cancel"), follow=True)
    assert "It is stopped. What is stored stays." in text_of(stopped)
    assert "Go on importing" in text_of(stopped)

    client.post(of(file, "file_import"))
    work_through(file)
    assert Event.objects.count() == 3


def test_what_the_state_does_not_allow_is_said(client: Client, source: Source) -> None:
    file = uploaded(source, calls_csv(1))

    for act in ("file_check", "file_import", "file_cancel"):
        assert "waits for its mapping" in text_of(client.post(of(file, act), follow=True))


def test_the_bytes_of_a_file_are_deleted_and_its_counts_stay(
    client: Client,
    source: Source,
    kept_files: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    file = mapped(source, csv_bytes([call_row(0), call_row(1, minutes="x")]))
    imported(file)
    assert "This cannot be undone." in text_of(client.get(of(file, "file_forget")))

    with django_capture_on_commit_callbacks(execute=True):
        shown = text_of(client.post(of(file, "file_forget"), follow=True))

    assert "Its bytes and the list of its errors are deleted" in shown
    assert "imported, bytes deleted" in shown
    assert "Rows that need a look" not in shown
    assert not any(path.is_file() for path in kept_files.rglob("*"))
    assert client.get(of(file, "file_mapping")).status_code == 302


def test_viewers_look_and_do_not_act(callwave: Partner, source: Source) -> None:
    file = mapped(source, csv_bytes([call_row(0, minutes="x")]))
    checked(file)
    client = browser_of(callwave, PartnerRole.VIEWER)

    seen = [client.get(of(file, name)) for name in ("file", "file_live", "file_errors")]
    seen.append(client.get(address("files", callwave)))
    refused = [
        client.get(address("upload", callwave)),
        client.get(of(file, "file_mapping")),
        client.get(of(file, "file_forget")),
        *(client.post(of(file, f"file_{act}")) for act in ("check", "import", "cancel", "forget")),
        client.post(of(file, "file_mapping")),
    ]

    assert [answer.status_code for answer in seen] == [200] * 4
    assert [answer.status_code for answer in refused] == [403] * 8
    assert "<form" not in text_of(seen[1])


def test_files_of_another_partner_are_not_there(acme: Customer, source: Source) -> None:
    file = mapped(source, calls_csv(1))
    elsewhere = make.partner(make.carla(), name="Elsewhere AI")
    client = browser_of(elsewhere)
    gets = ("file", "file_live", "file_errors", "file_mapping", "file_forget")
    posts = ("file_check", "file_import", "file_cancel", "file_forget", "file_mapping")

    got = [client.get(address(name, elsewhere, file.public_id)) for name in gets]
    got += [client.post(address(name, elsewhere, file.public_id)) for name in posts]

    assert [answer.status_code for answer in got] == [404] * 10
    assert client.get(address("files", elsewhere) + "?mode=test").context["rows"] == []
    file.refresh_from_db()
    assert (file.state, file.mapping) == (FileState.MAPPED, CALL_MAPPING)


def test_pages_take_few_queries_however_many_files_there_are(
    client: Client, callwave: Partner, source: Source, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 6):
        file = mapped(source, calls_csv(number))
        checked(file)

    for page in (address("files", callwave), of(file), of(file, "file_mapping")):
        with django_assert_max_num_queries(15):
            assert client.get(page).status_code == 200


def test_headings_in_windows_1252_are_read_once_somebody_says_so(
    client: Client, callwave: Partner
) -> None:
    content = "Kundé,id,at\nacme,1,2024-11-05T10:00:00Z\n".encode("cp1252")
    assert "Read it as Windows-1252" in text_of(upload(client, callwave, content))
    file = UsageFile.objects.get()

    shown = client.post(of(file, "file_mapping"), {"windows": "yes"}, follow=True)

    assert "Kundé" in text_of(shown)
