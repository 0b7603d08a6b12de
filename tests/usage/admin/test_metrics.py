"""The page of metrics: what comes, how late, and how far the sums are."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as make
from usage.models import Source, SourceLag, SourceMinute, UsageReceipt

PAGE = "admin:usage_sourceminute_changelist"


def _now() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


def sent(
    sender: Source, accepted: int, *, ago: timedelta = timedelta(0), rejected: int = 0
) -> None:
    """Let so many have come in the minute so long ago."""
    SourceMinute.objects.create(
        source=sender, minute=_now() - ago, accepted=accepted, rejected=rejected
    )


def late(sender: Source, events: int, *, under: int, slowest: timedelta) -> None:
    """Let so many of this hour have come so late."""
    hour = _now().replace(minute=0)
    SourceLag.objects.create(
        source=sender, hour=hour, under_seconds=under, events=events, slowest=slowest
    )


@pytest.fixture
def sender(db: None) -> Source:
    """A live source."""
    return make.source(make.partner(), "live")


def words(client: Client, **query: str) -> str:
    page = client.get(reverse(PAGE), query)
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_what_each_source_sent_is_counted(clerk_client: Client, sender: Source) -> None:
    sent(sender, 40, ago=timedelta(minutes=1), rejected=2)
    sent(sender, 1_200, ago=timedelta(minutes=30))
    sent(sender, 7, ago=timedelta(minutes=61))
    page = clerk_client.get(reverse(PAGE))
    (row,) = page.context["tables"][0].rows

    assert [cell.text for cell in row][:8] == [
        "Callwave (live)", "1,242", "21.1", "1,240", "0", "0", "0", "2",
    ]  # fmt: skip
    assert page.context["chart"].total == "1,242 events"


def test_a_source_by_itself_is_told_by_outcome(clerk_client: Client, sender: Source) -> None:
    sent(sender, 5, rejected=2)
    other = make.source(make.partner(name="Elsewhere AI"), "live")
    sent(other, 100)

    chart = clerk_client.get(reverse(PAGE), {"source": sender.pk, "hours": 6}).context["chart"]

    assert [(entry.name, entry.total) for entry in chart.legend] == [
        ("Accepted", "5 events"), ("Rejected", "2 events"),
    ]  # fmt: skip
    assert len(chart.columns) == 72


def test_more_sources_than_colours_are_added_up(clerk_client: Client) -> None:
    for number in range(8):
        sent(make.source(make.partner(name=f"Partner {number}"), "live"), 10 - number)

    chart = clerk_client.get(reverse(PAGE)).context["chart"]

    assert [entry.name for entry in chart.legend] == [
        *(f"Partner {number} (live)" for number in range(5)), "All others",
    ]  # fmt: skip
    assert chart.legend[-1].total == "12 events"


def test_lag_is_told_by_bounds_and_the_slowest(clerk_client: Client, sender: Source) -> None:
    late(sender, 90, under=5, slowest=timedelta(seconds=4))
    late(sender, 8, under=60, slowest=timedelta(seconds=31))
    late(sender, 2, under=86_400, slowest=timedelta(hours=9, minutes=3))

    for query in ({}, {"source": sender.pk}):
        table = clerk_client.get(reverse(PAGE), query).context["tables"][1]
        assert [cell.text for cell in table.rows[0]][1:] == [
            "100", "under 5 seconds", "under 1 minute", "9 hours",
        ]  # fmt: skip


def test_test_sources_are_apart(clerk_client: Client, sender: Source) -> None:
    sent(make.source(sender.partner, "test"), 3)

    assert "3 events" not in words(clerk_client)
    assert "3 events" in words(clerk_client, source="test")


def test_what_is_not_rolled_up_is_told(clerk_client: Client, sender: Source) -> None:
    UsageReceipt.objects.create(
        source=sender, received_at=_now() - timedelta(minutes=3), channel="api", received=9,
        accepted=9, duplicates=0, conflicts=0, quarantined=0, rejected=0,
    )  # fmt: skip

    facts = clerk_client.get(reverse(PAGE)).context["facts"]

    assert facts[0] == (
        "Not in the sums by the hour yet", "9 events, the first came 3 minutes ago",
    )  # fmt: skip


@pytest.mark.parametrize("query", ["source=x", "source=99999999", "hours=7", "hours=%00"])
def test_nonsense_shows_the_usual(clerk_client: Client, sender: Source, query: str) -> None:
    page = clerk_client.get(f"{reverse(PAGE)}?{query}")

    assert page.status_code == 200
    assert len(page.context["chart"].columns) == 60


def test_htmx_gets_the_live_part_alone(clerk_client: Client, sender: Source) -> None:
    page = clerk_client.get(reverse(PAGE), headers={"HX-Request": "true"})

    assert page.content.decode().startswith('<div id="metrics"')


def test_it_costs_the_same_for_2_and_20_sources(clerk_client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert clerk_client.get(reverse(PAGE)).status_code == 200
        return len(captured)

    for number in range(20):
        sent(make.source(make.partner(name=f"Partner {number}"), "live"), 1)
        if number == 1:
            few = queries()

    assert queries() == few
    assert few <= 15


def test_without_the_right_there_is_nothing(client: Client, sender: Source) -> None:
    client.force_login(make.person("pia@northwind.example", is_staff=True))

    assert client.get(reverse(PAGE)).status_code == 403
