"""Days, times and counts stand alike on all pages of usage: Nov 21, 2026 12:00 UTC, and 12,345."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.models import User
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.usage.backfills import replacing
from usage.models import (
    Backfill,
    Erasure,
    FileRun,
    KeyLimit,
    QuarantinedEvent,
    RatingVerdict,
    ReplayJob,
    SourceDay,
    SubjectMove,
    UsageArchive,
    UsageFile,
)
from usage.operations.count_source_day import count_source_day

pytestmark = pytest.mark.django_db

RAW = (models.DateField, models.IntegerField)
"""Fields whose values Django writes in its own way; a time is a day to it, too."""


def raw_names(model: type[models.Model], names: Any) -> set[str]:
    fields = {
        field.name
        for field in model._meta.fields
        if isinstance(field, RAW)
        and not isinstance(field, models.SmallIntegerField | models.PositiveSmallIntegerField)
    }
    return fields & {name for name in names or () if isinstance(name, str)}


def text_of(client: Client, name: str, *key: object) -> str:
    page = client.get(reverse(f"admin:{name}", args=key))
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_no_page_of_usage_leaves_a_time_or_a_count_to_django() -> None:
    left = {
        f"{model.__name__}.{name}"
        for model, page in admin.site._registry.items()
        if model._meta.app_label == "usage"
        for name in raw_names(model, page.list_display)
        | (raw_names(model, page.fields) if isinstance(page, ReadOnlyAdmin) else set())
    }

    assert left == set()


def test_a_sources_day(staff_client: Client) -> None:
    source = make.source(make.partner(make.acme()))
    make.ai_call_meter()
    make.accepted(source, [make.call_body("one")])
    count_source_day(source_id=source.pk, day=make.NOW.date(), now=make.NOW)
    SourceDay.objects.update(received=12_345, accepted=9_000, quarantined=2_000, duplicates=1_345)
    day = SourceDay.objects.get()

    listed = text_of(staff_client, "usage_sourceday_changelist")
    shown = text_of(staff_client, "usage_sourceday_change", day.pk)
    events = text_of(staff_client, "usage_sourceday_events", day.pk, "accepted")
    receipts = text_of(staff_client, "usage_sourceday_receipts", day.pk, "received")

    for count in ("12,345", "11,000", "1,345"):
        assert f">{count}</td>" in listed
    assert ">Nov 21, 2026</a>" in listed
    assert '<div class="readonly">Nov 21, 2026</div>' in shown
    assert "received on Nov 21, 2026" in events
    assert "received on Nov 21, 2026: requests" in receipts
    assert "2026-11-21" not in events + receipts
    assert "Nov 5, 2024 10:00 UTC" in events


def test_an_event_in_quarantine(staff_client: Client) -> None:
    body = make.call_body("lost", customer_id="nobody")
    make.accepted(make.source(make.partner()), [body])
    QuarantinedEvent.objects.update(resolved_at=make.NOW + timedelta(hours=1))

    shown = text_of(
        staff_client, "usage_quarantinedevent_change", QuarantinedEvent.objects.get().key
    )

    for instant in (
        "Nov 5, 2024 10:00 UTC",
        "Nov 21, 2026 12:00 UTC",
        "Nov 21, 2026 13:00 UTC",
    ):
        assert f'<div class="readonly">{instant}</div>' in shown


def test_a_verdict(staff_client: Client) -> None:
    buyer = make.acme()
    make.contract(buyer)
    make.accepted(make.source(make.partner(buyer)), [make.call_body("one")])
    refresh_customer(customer_id=buyer.pk, now=make.NOW)
    verdict = RatingVerdict.objects.latest("pk")
    RatingVerdict.objects.update(events=12_345, verdict="no_contract")

    listed = text_of(staff_client, "usage_ratingverdict_changelist")
    shown = text_of(staff_client, "usage_ratingverdict_change", verdict.pk)

    assert ">12,345</a>" in listed
    assert ">12,345</a>" in shown
    assert "Nov 21, 2026 12:00 UTC" in shown


def test_a_backfill(staff_client: Client) -> None:
    make.source(make.partner(make.acme()))
    backfill = replacing()
    Backfill.objects.update(staged=12_345, refused=1_234, accepted=2_345)

    def told(button: str) -> str:
        return text_of(staff_client, f"usage_backfill_{button}", backfill.pk)

    assert "1,234 of the events that were sent to it were refused" in told("close_despite_refused")
    assert "The 12,345 staged events" in told("discard")
    Backfill.objects.update(state="closing")
    assert 'max="12345"' in told("change")
    assert "</progress> 2,345 of 12,345" in told("change")
    Backfill.objects.update(state="closed")
    assert "(2,345 events)" in told("undo")


def test_a_replay(staff_client: Client) -> None:
    job = ReplayJob.objects.create(
        source=make.source(make.partner()), reason="unknown_customer", named="nobody",
        events=12_345, accepted=1_000, still_waiting=2_345, finished_at=make.NOW,
        requested_by=User.objects.get(is_staff=True), requested_at=make.NOW,
    )  # fmt: skip

    listed = text_of(staff_client, "usage_replayjob_changelist")
    shown = text_of(staff_client, "usage_replayjob_progress", job.pk)

    assert "3,345 of 12,345" in listed
    assert "done, 2,345 wait on" in listed
    assert 'max="12345" value="3345"' in shown
    assert "3,345 of 12,345, finished" in shown


def test_a_file(staff_client: Client) -> None:
    file = UsageFile.objects.create(
        source=make.source(make.partner()), name="calls.csv", size_bytes=1, sha256="0" * 64,
        stored_as="file", uploaded_at=make.NOW, format="csv", state="done", mapping={},
    )  # fmt: skip
    FileRun.objects.create(
        file=file, kind="import", started_at=make.NOW, ended_at=make.NOW, rows=12_345,
        left_out=1_111, accepted=10_000, rejected=1_234,
    )  # fmt: skip

    shown = text_of(staff_client, "usage_usagefile_change", file.pk)

    for count in ("12,345", "1,111", "10,000", "1,234"):
        assert f">{count}</dd>" in shown


def test_an_archived_month(staff_client: Client) -> None:
    source = make.source(make.partner())
    archive = UsageArchive.objects.create(
        month=make.NOVEMBER_1.date(), state="archived", starts_at=make.NOVEMBER_1,
        ends_at=make.NOW, stored_as="archive", sha256="0" * 64, begun_at=make.NOW,
        events=12_345, rows=23_456, kept_rows=1_234,
    )  # fmt: skip
    archive.days.create(source=source, day=make.NOVEMBER_20.date(), events=12_345)

    listed = text_of(staff_client, "usage_usagearchive_changelist")
    shown = text_of(staff_client, "usage_usagearchive_change", archive.pk)

    assert [f">{count}</td>" in listed for count in ("12,345", "1,234")] == [True, True]
    for count in ("12,345", "23,456", "1,234"):
        assert f'<div class="readonly">{count}</div>' in shown
    assert "Rows kept for bills:" in shown
    assert "Nov 20, 2024" in shown


def test_an_erasure(staff_client: Client) -> None:
    erasure = Erasure.objects.create(
        customer=make.acme(), value_hash="0" * 64, reason="asked", erased_at=make.NOW,
        requested_by=User.objects.get(is_staff=True), events=12_345, waiting=1_234, staged=2_345,
        file_errors=3_456,
    )  # fmt: skip

    listed = text_of(staff_client, "usage_erasure_changelist")
    shown = text_of(staff_client, "usage_erasure_change", erasure.pk)

    assert ">12,345</td>" in listed
    assert "Events in quarantine:" in shown
    for count in ("12,345", "1,234", "2,345", "3,456"):
        assert f'<div class="readonly">{count}</div>' in shown


def test_the_limits_of_a_key(staff_client: Client) -> None:
    key, _ = make.api_key(make.partner(make.acme()))
    KeyLimit.objects.create(api_key=key, requests_per_minute=12_345)

    listed = text_of(staff_client, "usage_keylimit_changelist")

    assert ">12,345</td>" in listed
    assert ">-</td>" in listed


def test_a_move_of_a_subject_is_called_by_its_time(staff_client: Client) -> None:
    move = SubjectMove.objects.create(
        identifier="+13125550123", starts_at=make.NOVEMBER_1, ends_at=make.NOW,
        requested_at=make.NOW, events=3,
    )  # fmt: skip

    assert "+13125550123, Nov 21, 2026 12:00 UTC" in text_of(
        staff_client, "usage_subjectmove_change", move.pk
    )
