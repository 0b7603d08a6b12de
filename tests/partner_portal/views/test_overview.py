"""The overview of a partner: alarms on its own sources stand first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Partner
from tests import factories as make
from tests.partner_portal.people import address, browser_of
from usage.models import UsageAlarm


@pytest.fixture
def holder(db: None) -> Partner:
    """Callwave, which sends usage of Basil's."""
    return make.partner(make.basil())


def alarm(holder: Partner, **fields: object) -> None:
    UsageAlarm.objects.create(
        **{
            "source": make.source(holder, "live"), "kind": "quarantine_grows",
            "reason": "unknown_customer", "found": 640, "usual": 3,
            "since": make.NOW, "opened_at": make.NOW, **fields,
        }
    )  # fmt: skip


def told(holder: Partner, mode: str = "live") -> list[tuple[str, str]]:
    page = browser_of(holder).get(address("overview", holder), {"mode": mode})
    return [(todo.tone, todo.words) for todo in page.context["todos"] if todo.tone == "bad"]


def test_an_open_alarm_says_what_was_found(holder: Partner) -> None:
    alarm(holder)

    ((_, words),) = told(holder)

    assert words.startswith("The quarantine of Callwave (live) grows. 640 events that came from ")


@pytest.mark.parametrize("whose", ["closed", "of the other mode", "of somebody else"])
def test_other_alarms_are_not_told(holder: Partner, whose: str) -> None:
    elsewhere = make.partner(name="Elsewhere AI")
    alarm(
        elsewhere if whose == "of somebody else" else holder,
        closed_at=make.NOW if whose == "closed" else None,
    )

    assert told(holder, "test" if whose == "of the other mode" else "live") == []


def test_a_silent_source_leads_to_what_came(holder: Partner) -> None:
    alarm(holder, kind="source_silent", reason="", found=300, usual=60)

    page = browser_of(holder).get(address("overview", holder), {"mode": "live"})

    assert "Nothing comes from Callwave (live)" in page.content.decode()
    assert page.context["todos"][0].link == f"{address('sources', holder)}?mode=live"


def test_the_page_costs_few_queries(holder: Partner) -> None:
    alarm(holder)
    browser = browser_of(holder)

    with CaptureQueriesContext(connection) as captured:
        browser.get(address("overview", holder))

    assert len(captured) <= 15
