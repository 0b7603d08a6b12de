"""The sources of a partner: what came in the last hour, and how late."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Partner
from tests import factories as make
from tests.partner_portal.people import address, browser_of
from usage.models import SourceLag, SourceMinute, UsageReceipt


def came(holder: Partner, mode: str, *, late: int = 0) -> None:
    """Let three events of a mode have come in this minute, so many hours late."""
    source, now = make.source(holder, mode), datetime.now(UTC)
    minute = now.replace(second=0, microsecond=0)
    UsageReceipt.objects.create(
        source=source, received_at=now, channel="api", received=3, accepted=3, duplicates=0,
        conflicts=0, quarantined=0, rejected=0,
    )  # fmt: skip
    SourceMinute.objects.create(source=source, minute=minute, accepted=3)
    SourceLag.objects.create(
        source=source, hour=minute.replace(minute=0), under_seconds=21_600, events=3,
        slowest=timedelta(hours=late),
    )  # fmt: skip


@pytest.fixture
def holder(db: None) -> Partner:
    """Callwave, which sends usage of Basil's."""
    return make.partner(make.basil())


def test_the_last_hour_is_drawn_and_its_lag_told(holder: Partner) -> None:
    came(holder, "live", late=4)

    live, test = browser_of(holder).get(address("sources", holder)).context["cards"]

    assert (live.lately.chart.total, len(live.lately.chart.columns)) == ("3 events", 60)
    assert live.lately.lag == (
        "Half of them came within 4 hours after they happened, 95 of 100 within 4 hours; the "
        "slowest took 4 hours."
    )
    assert test.lately is None


def test_sandboxes_have_clocks_of_their_own_and_no_lag(holder: Partner) -> None:
    came(holder, "test", late=4)

    _, test = browser_of(holder).get(address("sources", holder)).context["cards"]

    assert (test.lately.chart.total, test.lately.lag) == ("3 events", "")


def test_nobody_sees_what_another_partner_sends(holder: Partner) -> None:
    came(make.partner(name="Elsewhere AI"), "live")

    cards = browser_of(holder).get(address("sources", holder)).context["cards"]

    assert [card.lately for card in cards] == [None, None]


def test_the_page_costs_few_queries(holder: Partner) -> None:
    came(holder, "live")
    came(holder, "test")
    browser = browser_of(holder)

    with CaptureQueriesContext(connection) as captured:
        browser.get(address("sources", holder))

    assert len(captured) <= 15


@pytest.mark.parametrize("channel", ["backfill", "correction"])
def test_what_nobody_sent_is_not_received(holder: Partner, channel: str) -> None:
    came(holder, "live")
    UsageReceipt.objects.create(
        source=holder.sources.get(), received_at=datetime.now(UTC), channel=channel, received=690,
        accepted=690, duplicates=0, conflicts=0, quarantined=0, rejected=0,
    )  # fmt: skip
    browser = browser_of(holder)

    live, _ = browser.get(address("sources", holder)).context["cards"]
    overview = browser.get(address("overview", holder) + "?mode=live").context["overview"]

    assert (live.received, live.lately.chart.total) == ("3 events", "3 events")
    assert dict(live.facts)["Accepted"] == "3"
    assert (overview.day.received, overview.month.received) == ("3", "3")
