"""Staff see which months are in files, and are told so where events are looked for."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Customer
from tests import factories as make
from tests.usage.archives import archived, keep_in
from usage.models import Event, Meter, UsageArchive


@pytest.fixture
def archive(committed: None, settings: Settings, tmp_path: Path) -> UsageArchive:
    """November 2024 with two calls of Acme, in a file."""
    keep_in(tmp_path, settings)
    make.ai_call_meter()
    source = make.source(make.partner(make.acme()))
    make.accepted(source, [make.call_body("call-1"), make.call_body("call-2")])
    written = archived()
    assert written is not None
    return written


def browser(**asked: object) -> str:
    customer = Customer.objects.get()
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{reverse('admin:usage_event_changelist')}?customer={customer.external_id}&{query}"


def test_a_month_is_listed_with_what_its_file_holds(
    archive: UsageArchive, clerk_client: Client
) -> None:
    page = clerk_client.get(reverse("admin:usage_usagearchive_changelist")).content.decode()
    assert "2024-11" in page

    address = reverse("admin:usage_usagearchive_change", args=[archive.pk])
    page = clerk_client.get(address).content.decode()
    for told in (archive.sha256, archive.stored_as, "restore 2024-11", "Nov 21, 2026", "Callwave"):
        assert told in page


@pytest.mark.usefixtures("archive")
def test_the_browser_says_that_there_are_archived_events(clerk_client: Client) -> None:
    page = clerk_client.get(browser()).content.decode()

    assert "Events of 2024-11 are archived and not listed here" in page


@pytest.mark.usefixtures("archive")
def test_of_another_time_the_browser_says_nothing(clerk_client: Client) -> None:
    page = clerk_client.get(browser(start="2024-12-01", end="2024-12-31")).content.decode()

    assert "archived" not in page


@pytest.mark.usefixtures("archive")
def test_a_sum_of_archived_events_is_refused(clerk_client: Client) -> None:
    meter = Meter.objects.get()

    answer = clerk_client.get(browser(meter=meter.pk, start="2024-11-01", end="2024-11-30"))

    assert answer.status_code == 410
    assert "manage.py usage_archive restore 2024-11" in answer.content.decode()


def test_the_page_of_an_archived_event_says_so(
    committed: None, settings: Settings, tmp_path: Path, clerk_client: Client
) -> None:
    keep_in(tmp_path, settings)
    make.ai_call_meter()
    make.accepted(make.source(make.partner(make.acme())), [make.call_body("call-1")])
    address = reverse("admin:usage_event_change", args=[Event.objects.get().public_id])
    archived()

    assert clerk_client.get(address).status_code == 410
