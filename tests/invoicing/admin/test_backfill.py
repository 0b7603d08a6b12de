"""Staff see what a backfill would do, and close, discard or undo it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.at_once import uncommitted
from usage.intake.sent_event import read_event
from usage.models import Backfill, BackfillState, Source
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from usage.operations.changing_hands import attribute
from usage.tasks import walk_backfill
from values.period import Period

pytestmark = pytest.mark.django_db


@pytest.fixture
def backfill() -> Backfill:
    """A call of Acme is there, and one of ten minutes is staged, at 0.20 each."""
    acme: Customer = make.acme()
    make.contract(acme)
    make.accepted(make.source(make.partner(acme)), [make.call_body("old")])
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    opened = open_backfill(
        source=Source.objects.get(),
        customer=None,
        span=Period(make.NOVEMBER_1, make.NOVEMBER_1 + timedelta(days=30)),
        event_name="",
        replaces_existing=True,
        reason="lost log",
        now=make.NOW,
    )
    items = [read_event(make.call_body("new", minutes=10))]
    stage_events(backfill_id=opened.pk, items=items, now=make.NOW)
    return opened


def address(backfill: Backfill, page: str) -> str:
    return reverse(f"admin:usage_backfill_{page}", args=[backfill.pk])


def state(backfill: Backfill) -> str:
    return Backfill.objects.get(pk=backfill.pk).state


def test_the_list_and_page_show_how_far_it_is(clerk_client: Client, backfill: Backfill) -> None:
    listed = clerk_client.get(reverse("admin:usage_backfill_changelist")).content.decode()
    page = clerk_client.get(address(backfill, "change")).content.decode()

    assert "0 of 1" in listed
    assert "lost log" in page
    assert address(backfill, "close") not in page


def test_closing_tells_counts_and_money_first(staff_client: Client, backfill: Backfill) -> None:
    page = staff_client.get(address(backfill, "close")).content.decode()

    assert "Of 1 staged events 1 would be added" in page
    assert "1 others would become void" in page
    assert '<strong id="change-adds">1.00 USD</strong>' in page
    assert state(backfill) == BackfillState.OPEN


def test_closed_and_undone_by_buttons(staff_client: Client, backfill: Backfill) -> None:
    staff_client.post(address(backfill, "close"), {"_reason": "agreed"})
    walk_backfill(backfill.pk)
    assert state(backfill) == BackfillState.CLOSED

    staff_client.post(address(backfill, "undo"), {"_reason": "not agreed"})
    walk_backfill(backfill.pk)
    assert state(backfill) == BackfillState.UNDONE


def test_what_was_refused_is_told_and_not_made_void_without_a_word(
    staff_client: Client, backfill: Backfill
) -> None:
    wrong = read_event(make.call_body("old", minutes="ten"))
    stage_events(backfill_id=backfill.pk, items=[wrong], now=make.NOW)

    page = staff_client.get(address(backfill, "change")).content.decode()
    told = staff_client.post(address(backfill, "close"), follow=True).content.decode()

    assert "1 of the events that were sent to it were refused" in page
    assert "1 of the events that were sent to it were refused" in told
    assert address(backfill, "close_despite_refused") in page
    assert state(backfill) == BackfillState.OPEN
    asked = staff_client.get(address(backfill, "close_despite_refused")).content.decode()
    assert "What they were to replace becomes void, with nothing in its place." in asked

    staff_client.post(address(backfill, "close_despite_refused"), {"_reason": "it never was"})
    walk_backfill(backfill.pk)

    backfill.refresh_from_db()
    assert (backfill.state, backfill.refused, backfill.voided) == (BackfillState.CLOSED, 1, 1)


def test_discarded_by_its_button_it_cannot_be_closed(
    staff_client: Client, backfill: Backfill
) -> None:
    staff_client.post(address(backfill, "discard"))

    answer = staff_client.post(address(backfill, "close"), follow=True)

    assert state(backfill) == BackfillState.DISCARDED
    assert "The backfill is discarded." in answer.content.decode()


def test_who_only_looks_presses_nothing(clerk_client: Client, backfill: Backfill) -> None:
    for button in ("close", "close_despite_refused", "discard", "undo"):
        assert clerk_client.post(address(backfill, button)).status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed")
def test_while_somebody_stores_without_end_it_is_said_and_nothing_is_changed(
    staff_client: Client, backfill: Backfill
) -> None:
    with uncommitted(attribute):
        told = staff_client.post(address(backfill, "close"), {"_reason": "agreed"}, follow=True)

    assert "took too long: nothing is changed. Try it again" in told.content.decode()
    assert state(backfill) == BackfillState.OPEN
