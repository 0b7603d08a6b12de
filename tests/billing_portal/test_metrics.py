"""What monitors read: behind a token, in the text format of Prometheus, as things stand."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from tests import factories as make
from usage.models import QuarantinedEvent, Source, SourceTotal, UsageAlarm, UsageReceipt

TOKEN = "a token for the tests alone"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def switched_on(settings: Settings) -> None:
    settings.METRICS_TOKEN_HASH = hashlib.sha256(TOKEN.encode()).hexdigest()


@pytest.fixture
def sender(db: None) -> Source:
    """A live source of a partner whose name needs care in a label."""
    return make.source(make.partner(name='Call"wave\\'), "live")


def read(client: Client) -> dict[tuple[str, str], float]:
    """Return the value of each metric, by its name and what tells it apart within a source."""
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    return {
        (sample.name, sample.labels.get("outcome", sample.labels.get("reason", ""))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.usefixtures("db")
def test_without_a_token_set_there_is_no_such_address(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN_HASH = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer \xff"]
)
@pytest.mark.usefixtures("switched_on")
def test_nobody_reads_without_the_token(client: Client, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}

    answer = client.get("/metrics", headers=headers)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"')
    assert b"usage_" not in answer.content


@pytest.mark.usefixtures("switched_on", "db")
def test_the_answer_says_its_format_and_is_not_kept(client: Client) -> None:
    answer = client.get("/metrics", headers=BEARER)

    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("switched_on")
def test_what_came_and_what_waits_is_counted_by_source(client: Client, sender: Source) -> None:
    SourceTotal.objects.create(source=sender, channel="api", accepted=5, duplicates=1, rejected=2)
    SourceTotal.objects.create(source=sender, channel="file", accepted=30, conflicts=4)
    SourceTotal.objects.create(source=sender, channel="backfill", accepted=7)
    for number, resolved in enumerate((None, None, make.NOW)):
        QuarantinedEvent.objects.create(
            key=UUID(int=number), source=sender, occurred_at=make.NOW, received_at=make.NOW,
            event_name="call", idempotency_key=str(number), customer_reference="nobody",
            reason="unknown_customer", detail="", sent="{}", resolved_at=resolved,
        )  # fmt: skip
    UsageAlarm.objects.create(
        source=sender, kind="source_silent", found=1, usual=1, since=make.NOW, opened_at=make.NOW
    )

    found = read(client)

    assert {label: value for (name, label), value in found.items() if "_events_total" in name} == {
        "accepted": 35.0, "duplicate": 1.0, "conflict": 4.0, "quarantined": 0.0, "rejected": 2.0,
    }  # fmt: skip
    assert found["usage_quarantine_waiting", "unknown_customer"] == 2.0
    assert found["usage_alarms_open", ""] == 1.0
    assert found["usage_files_at_work", ""] == 0.0


@pytest.mark.usefixtures("switched_on")
def test_labels_name_the_partner_as_it_is(client: Client, sender: Source) -> None:
    SourceTotal.objects.create(source=sender, channel="api", accepted=5)

    text = client.get("/metrics", headers=BEARER).content.decode()

    labels = [
        sample.labels
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.value == 5
    ]
    assert labels == [
        {
            "partner": sender.partner.public_id, "partner_name": 'Call"wave\\', "mode": "live",
            "outcome": "accepted",
        }
    ]  # fmt: skip


@pytest.mark.usefixtures("switched_on")
def test_what_the_sums_lack_is_told_in_events_and_requests(client: Client, sender: Source) -> None:
    empty = read(client)
    for accepted in (3, 4):
        UsageReceipt.objects.create(
            source=sender, received_at=datetime.now(UTC) - timedelta(hours=1), channel="api",
            received=accepted, accepted=accepted, duplicates=0, conflicts=0, quarantined=0,
            rejected=0,
        )  # fmt: skip

    behind = read(client)

    assert empty["usage_rollups_behind_seconds", ""] == 0.0
    assert behind["usage_rollups_behind_events", ""] == 7.0
    assert behind["usage_rollups_behind_requests", ""] == 2.0
    assert behind["usage_rollups_behind_seconds", ""] >= 3_600
    assert behind["usage_seconds_since_last_event", ""] >= 3_600


@pytest.mark.usefixtures("switched_on", "db")
def test_it_costs_the_same_for_2_and_20_sources(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(client)
        return len(captured)

    for number in range(20):
        sender = make.source(make.partner(name=f"Partner {number}"), "live")
        SourceTotal.objects.create(source=sender, channel="api", accepted=1)
        if number == 1:
            few = queries()

    assert queries() == few
    assert few <= 8
