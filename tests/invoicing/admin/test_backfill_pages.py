"""Staff open a backfill, stage a file, and watch it being taken over."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from tests import factories as make
from tests.admin_forms import send_form
from tests.usage.kept import kept_in
from tests.usage.uploads import (
    HEADINGS,
    call_row,
    calls_csv,
    csv_bytes,
    guessed,
    imported,
    mapped,
    uploaded,
)
from usage.models import Backfill, BackfillState, Event, Source, UsageFile
from usage.operations.backfills import stage_file as staging
from usage.operations.files.begin_run import start_check
from usage.store.kept_files import forget_file
from usage.tasks import walk_backfill
from values.period import Period

pytestmark = pytest.mark.django_db

NOVEMBER = Period(make.NOVEMBER_1, make.NOVEMBER_1.replace(month=12))


@pytest.fixture(autouse=True)
def kept_files(settings: Settings, tmp_path: Path) -> Path:
    """The folder where uploaded files lie."""
    return kept_in(tmp_path / "usage-files", settings)


@pytest.fixture
def sender() -> Source:
    """A source of Acme's."""
    make.ai_call_meter()
    return make.source(make.partner(make.acme()))


def entered(sender: Source, **fields: Any) -> dict[str, Any]:
    """Return what the form sends for November of Acme."""
    return {
        "source": sender.pk, "customer": "acme", "start": "2024-11-01T00:00",
        "end": "2024-12-01T00:00", "event_name": "", "reason": "a lost log", **fields,
    }  # fmt: skip


def opened(client: Client, sender: Source, **fields: Any) -> Backfill:
    page = client.post(reverse("admin:usage_backfill_add"), entered(sender, **fields))
    assert page.status_code == 302, page.context["form"].errors
    return Backfill.objects.latest("pk")


def page_of(backfill: Backfill, name: str = "change") -> str:
    return reverse(f"admin:usage_backfill_{name}", args=[backfill.pk])


def file_of(sender: Source, rows: int) -> UsageFile:
    """Return a file of calls that is mapped."""
    return mapped(sender, calls_csv(rows))


def test_it_is_opened_as_it_was_entered(staff_client: Client, sender: Source) -> None:
    backfill = opened(staff_client, sender, event_name="ai_call", replaces_existing="on")

    assert (backfill.source, str(backfill.customer), backfill.event_name) == (
        sender, "Acme Support Co", "ai_call",
    )  # fmt: skip
    assert Period(backfill.starts_at, backfill.ends_at) == NOVEMBER
    assert (backfill.replaces_existing, backfill.reason) == (True, "a lost log")
    assert str(backfill.opened_by) == "sam@northwind.example"


@pytest.mark.parametrize(
    "field, value, words",
    [
        ("customer", "nobody", "There is no such customer."),
        ("customer", "basil", "Callwave does not send for this customer."),
        ("end", "2024-11-01T00:00", "The end is after the start."),
        ("start", "1999-12-31T23:59", "A year from 2000 to 9998."),
        ("start", "soon", "Enter a valid date/time."),
        ("reason", "", "This field is required."),
        ("source", "0", "Select a valid choice"),
    ],
)
def test_what_cannot_be_opened_is_told_at_its_field(
    staff_client: Client, sender: Source, field: str, value: str, words: str
) -> None:
    make.basil()

    page = staff_client.post(reverse("admin:usage_backfill_add"), entered(sender, **{field: value}))

    assert words in str(page.context["form"].errors[field])
    assert not Backfill.objects.exists()


def test_a_second_one_of_the_same_time_is_refused(staff_client: Client, sender: Source) -> None:
    opened(staff_client, sender)

    page = staff_client.post(reverse("admin:usage_backfill_add"), entered(sender))

    assert "Another backfill of this source is open" in str(page.context["form"].errors)


def test_its_page_tells_the_next_step(staff_client: Client, sender: Source) -> None:
    backfill = opened(staff_client, sender)
    first = staff_client.get(page_of(backfill)).context
    file = file_of(sender, 3)
    staff_client.post(page_of(backfill, "stage"), {"file": file.pk})
    then = staff_client.get(page_of(backfill)).context

    assert first["next_step"] == (
        "Next: stage its events, from a file or by the partner's key "
        f"(POST /api/v1/backfills/{backfill.public_id}/events)."
    )
    assert then["next_step"].startswith("Stage more, from a file")
    assert [label for label, _ in then["offered"]] == ["Stage a file", "Close", "Discard"]


def test_the_events_of_a_file_are_staged_and_nothing_is_imported(
    staff_client: Client, sender: Source
) -> None:
    backfill, file = opened(staff_client, sender), file_of(sender, 3)

    page = staff_client.post(page_of(backfill, "stage"), {"file": file.pk}, follow=True)

    assert [str(told) for told in page.context["messages"]] == ["3 events are staged."]
    assert sorted(backfill.events.values_list("idempotency_key", flat=True)) == [
        "call-0", "call-1", "call-2",
    ]  # fmt: skip
    assert not Event.objects.exists()


def test_rows_that_do_not_fit_are_told_and_the_rest_is_staged(
    staff_client: Client, sender: Source
) -> None:
    backfill = opened(staff_client, sender, event_name="other")
    file = file_of(sender, 2)

    page = staff_client.post(page_of(backfill, "stage"), {"file": file.pk}, follow=True)

    reason = "the backfill is of events named 'other'"
    assert [str(told) for told in page.context["messages"]] == [
        "0 events are staged.",
        f"2 are not taken. The first: row 2: {reason}; row 3: {reason}.",
    ]


def test_a_file_whose_bytes_are_gone_says_so(staff_client: Client, sender: Source) -> None:
    backfill, file = opened(staff_client, sender), file_of(sender, 2)
    forget_file(file.stored_as)

    page = staff_client.post(page_of(backfill, "stage"), {"file": file.pk}, follow=True)

    assert [str(told) for told in page.context["messages"]] == [
        f"{file.name} is not staged as a whole: the file's bytes are gone; upload it again."
    ]


def test_more_than_one_page_waits_for_is_staged_in_part_and_told(
    staff_client: Client, sender: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "MOST_EVENTS", 2)
    monkeypatch.setattr("usage.operations.files.read_chunk.CHUNK_EVENTS", 2)
    backfill, file = opened(staff_client, sender), file_of(sender, 5)

    page = staff_client.post(page_of(backfill, "stage"), {"file": file.pk}, follow=True)

    (told,) = page.context["messages"]
    assert "its first 2 events are staged" in str(told)
    assert backfill.events.count() == 2


def test_files_of_others_are_not_offered(staff_client: Client, sender: Source) -> None:
    backfill = opened(staff_client, sender)
    other = file_of(make.source(make.partner(name="Elsewhere AI")), 1)

    page = staff_client.post(page_of(backfill, "stage"), {"file": other.pk})

    assert "Select a valid choice" in str(page.context["form"].errors)
    assert not backfill.events.exists()


def upload_page(client: Client, backfill: Backfill) -> str:
    """Return where the page of staging leads to upload another file."""
    ((label, address),) = client.get(page_of(backfill, "stage")).context["links"]
    assert label == "Upload another file"
    return str(address)


def upload(client: Client, address: str, content: bytes, **values: Any) -> Any:
    sent = SimpleUploadedFile("calls.csv", content, "text/csv")
    return send_form(client, address, file=sent, **values)


def test_a_file_that_is_uploaded_for_it_leads_back_to_it(
    staff_client: Client, sender: Source
) -> None:
    backfill = opened(staff_client, sender)
    address = upload_page(staff_client, backfill)

    looked = upload(staff_client, address, calls_csv(2))
    (mapping, _), file = looked.redirect_chain[-1], UsageFile.objects.get()
    saved = send_form(
        staff_client,
        mapping,
        **{
            "event_name": "\x1fconstant",
            "event_name_constant": "ai_call",
            "property-2-name": "duration_minutes",
            "save": "Save",
        },
    )

    assert (file.source, backfill.public_id in looked.content.decode()) == (sender, True)
    (stage, _) = saved.redirect_chain[-1]
    assert stage == f"{page_of(backfill, 'stage')}?file={file.pk}"
    done = send_form(staff_client, stage)
    assert done.redirect_chain[-1][0] == page_of(backfill)
    assert backfill.events.count() == 2


def test_a_file_of_known_columns_is_chosen_at_once(staff_client: Client, sender: Source) -> None:
    file_of(sender, 1)
    backfill = opened(staff_client, sender)

    page = upload(staff_client, upload_page(staff_client, backfill), calls_csv(2))

    file = UsageFile.objects.latest("pk")
    assert page.redirect_chain[-1][0] == f"{page_of(backfill, 'stage')}?file={file.pk}"
    assert page.context["form"]["file"].value() == str(file.pk)


def test_a_file_that_was_imported_is_staged_as_a_copy(staff_client: Client, sender: Source) -> None:
    imported(file_of(sender, 1))
    backfill = opened(staff_client, sender)
    address = upload_page(staff_client, backfill)

    known = upload(staff_client, address, calls_csv(1))
    (error,) = known.context["form"].errors["again"]
    assert error.startswith("calls.csv is this very file, and “imported”. Choose it again")
    copied = upload(staff_client, address, calls_csv(1), again="on")

    file = UsageFile.objects.latest("pk")
    assert copied.redirect_chain[-1][0] == f"{page_of(backfill, 'stage')}?file={file.pk}"
    assert UsageFile.objects.count() == 2


def test_a_file_that_is_at_work_is_waited_for(staff_client: Client, sender: Source) -> None:
    file = file_of(sender, 1)
    start_check(file=file, now=make.NOW)
    backfill = opened(staff_client, sender)

    known = upload(staff_client, upload_page(staff_client, backfill), calls_csv(1))

    page = reverse("admin:usage_usagefile_change", args=[file.pk])
    assert known.redirect_chain[-1][0] == page
    assert "This very file was uploaded before: here it is." in known.content.decode()


def test_whose_file_it_is_follows_from_the_backfill(staff_client: Client, sender: Source) -> None:
    backfill = opened(staff_client, sender)
    other = make.source(make.partner(name="Ringo"), mode="live")

    sent = SimpleUploadedFile("calls.csv", calls_csv(1), "text/csv")
    staff_client.post(
        upload_page(staff_client, backfill),
        {"file": sent, "partner": other.partner_id, "mode": other.mode},
    )

    assert UsageFile.objects.get().source == sender


def test_of_another_source_s_file_the_mapping_speaks_of_no_backfill(
    staff_client: Client, sender: Source
) -> None:
    backfill = opened(staff_client, sender)
    other = uploaded(make.source(make.partner(name="Ringo")), calls_csv(1))

    page = staff_client.get(
        reverse("admin:usage_usagefile_mapping", args=[other.pk]), {"backfill": backfill.public_id}
    )

    assert (page.status_code, backfill.public_id in page.content.decode()) == (200, False)


def test_a_mapping_that_was_only_guessed_is_looked_at_first(
    staff_client: Client, sender: Source
) -> None:
    file = guessed(sender, calls_csv(2))
    backfill = opened(staff_client, sender)
    address = upload_page(staff_client, backfill)

    offered = staff_client.get(page_of(backfill, "stage")).context["form"]["file"].field.queryset
    page = upload(staff_client, address, calls_csv(2))

    assert list(offered) == []
    mapping = reverse("admin:usage_usagefile_mapping", args=[file.pk])
    assert page.redirect_chain[-1][0] == f"{mapping}?backfill={backfill.public_id}"


def test_who_stages_nothing_is_led_to_no_backfill(staff_client: Client, sender: Source) -> None:
    backfill = opened(staff_client, sender)
    address = upload_page(staff_client, backfill)
    uploader = User.objects.create_user("sue@northwind.example", is_staff=True)
    uploader.user_permissions.set(
        Permission.objects.filter(codename__in=["add_usagefile", "view_usagefile"])
    )
    staff_client.force_login(uploader)

    page = staff_client.get(address)

    assert (page.status_code, backfill.public_id in page.content.decode()) == (200, False)
    assert not page.context["form"].fields["partner"].disabled


@pytest.mark.parametrize("named", ["closed", "bkf_", "nothing"])
def test_an_upload_for_none_that_is_open_is_like_any_other(
    staff_client: Client, sender: Source, named: str
) -> None:
    backfill = opened(staff_client, sender)
    staff_client.post(page_of(backfill, "discard"))
    text = backfill.public_id if named == "closed" else named

    page = staff_client.get(reverse("admin:usage_usagefile_add"), {"backfill": text})

    assert (page.status_code, page.context["form"].initial) == (200, {})


def test_the_columns_may_be_guessed_anew_on_the_way(staff_client: Client, sender: Source) -> None:
    file_of(sender, 1)
    backfill = opened(staff_client, sender)
    page = upload(
        staff_client,
        upload_page(staff_client, backfill),
        csv_bytes([(*call_row(0), "7")], (*HEADINGS, "rebate")),
    )

    assert f'href="?from=guess&amp;backfill={backfill.public_id}"' in page.content.decode()


def test_while_it_is_closed_the_page_asks_for_its_live_part(
    staff_client: Client, sender: Source
) -> None:
    backfill = opened(staff_client, sender)
    staff_client.post(page_of(backfill, "stage"), {"file": file_of(sender, 3).pk})
    staff_client.post(page_of(backfill, "close"))
    closing = staff_client.get(page_of(backfill)).content.decode()
    walk_backfill(backfill.pk)

    live = staff_client.get(page_of(backfill), headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="every 1s"' in closing
    assert "0 of 3" in closing
    assert live.startswith('<div id="backfill">')
    assert Backfill.objects.get().state == BackfillState.CLOSED


def test_who_only_looks_opens_and_stages_nothing(
    clerk_client: Client, staff_client: Client, sender: Source
) -> None:
    backfill = opened(staff_client, sender)

    assert clerk_client.get(reverse("admin:usage_backfill_add")).status_code == 403
    assert clerk_client.get(page_of(backfill, "stage")).status_code == 403
    assert clerk_client.post(page_of(backfill, "stage"), {"file": "1"}).status_code == 403
    assert clerk_client.get(page_of(backfill)).context["offered"] == []


def test_its_page_costs_few_queries(staff_client: Client, sender: Source) -> None:
    backfill = opened(staff_client, sender)

    with CaptureQueriesContext(connection) as captured:
        staff_client.get(page_of(backfill))

    assert len(captured) <= 15
