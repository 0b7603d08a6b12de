"""The first page of a customer."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Customer, Role
from invoicing.models import Invoice, Question
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.invoicing.agreements import (
    billed,
    call,
    dollar_a_minute,
    refreshed,
    sender_of,
)
from tests.many import many_events, many_invoices

pytestmark = pytest.mark.django_db


def client_of(customer: Customer, role: Role = Role.OWNER) -> Client:
    client = Client()
    client.force_login(make.member(customer, role=role))
    return client


def acme_of_the_worked_example() -> Customer:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refreshed(acme)
    return acme


def overview(client: Client, customer: Customer) -> str:
    answer = client.get(reverse("portal:overview", args=[customer.public_id]))
    assert answer.status_code == 200
    return answer.content.decode()


def live(client: Client, customer: Customer, version: str) -> tuple[int, str]:
    answer = client.get(
        reverse("portal:overview_live", args=[customer.public_id]), {"version": version}
    )
    return answer.status_code, answer.content.decode()


def version_of(page: str) -> str:
    return page.split("version=")[1].split('"', maxsplit=1)[0]


def test_the_running_period_shows_what_it_comes_to_and_who_pays() -> None:
    acme = acme_of_the_worked_example()

    page = overview(client_of(acme), acme)

    assert "Nothing due. Next invoice on Dec 1, 2024." in page
    assert '<p class="stat-value">$21.35</p>' in page
    assert "<dt>Paid by credit</dt><dd>-$21.35</dd>" in page
    assert "<dt>To pay so far</dt><dd>$0.00</dd>" in page
    assert "Day 19 of 30, to Nov 30, 2024" in page
    assert "the most: Nov 9, 2024, $11.25." in page
    assert "Usage has come in to Nov 10, 2024 10:00 EST." in page


def test_credit_left_is_told_with_when_it_ends() -> None:
    acme = acme_of_the_worked_example()

    page = overview(client_of(acme), acme)

    assert '<p class="stat-value">$9,978.65</p>' in page
    assert "about $9,172.45 would be left unused when it expires after Oct 31, 2026." in page


def test_overdue_invoices_come_first() -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    call(sender_of(basil), "call", at="2024-11-05T12:00:00Z", minutes=7)
    billed(basil)

    page = overview(client_of(basil), basil)

    assert "An invoice over $7.00 is overdue." in page
    assert "On 1 invoice, overdue." in page
    assert f"{reverse('portal:invoices', args=[basil.public_id])}?state=overdue" in page


def test_a_customer_without_anything_reads_the_first_steps() -> None:
    basil = make.basil()

    page = overview(client_of(basil), basil)

    assert "Three steps to your first invoice" in page
    assert "Due now" not in page


def test_a_contract_without_usage_says_what_comes_next() -> None:
    basil = make.basil()
    make.contract(basil, end=None)

    page = overview(client_of(basil), basil)

    assert "Nothing to bill yet" in page
    assert "No usage has come in yet." in page
    assert "No invoices yet" in page


@pytest.mark.parametrize("role, asked", [(Role.OWNER, True), (Role.READ_ONLY, False)])
def test_only_who_can_do_it_is_asked_to(role: Role, asked: bool) -> None:
    basil = make.basil(email="")

    page = overview(client_of(basil, role), basil)

    assert ("new ones are sent to nobody" in page) is asked
    assert ("protect your sign-in" in page) is asked


def test_nothing_is_sent_while_nothing_changed() -> None:
    acme = acme_of_the_worked_example()
    client = client_of(acme)
    version = version_of(overview(client, acme))

    assert live(client, acme, version) == (204, "")


def test_new_usage_shows_without_reloading() -> None:
    acme = acme_of_the_worked_example()
    client = client_of(acme)
    version = version_of(overview(client, acme))
    sender = make.source(make.partner(acme, name="Another"))
    make.accepted(sender, [make.call_body("one-more", minutes=10)])
    refreshed_later(acme)

    status, fragment = live(client, acme, version)

    assert status == 200
    assert '<p class="stat-value">$23.35</p>' in fragment
    assert version_of(fragment) != version
    assert live(client, acme, version_of(fragment))[0] == 204
    assert "<html" not in fragment


def refreshed_later(acme: Customer) -> None:
    """Bring the amounts up to date a second after they were computed the first time."""
    refresh_customer(customer_id=acme.pk, now=make.NOW.replace(second=1))


def test_when_nothing_runs_any_more_nobody_asks_again() -> None:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    billed(basil)

    status, fragment = live(client_of(basil), basil, "x")

    assert status == 200
    assert "hx-get" not in fragment


def queries(customer: Customer, route: str, role: Role = Role.BILLING) -> int:
    client = Client()
    client.force_login(make.member(customer, f"{route[7:]}{role}@example.com", role=role))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(route, args=[customer.public_id]))
    return len(captured)


def test_many_invoices_and_events_take_the_queries_of_few() -> None:
    acme = acme_of_the_worked_example()
    few = queries(acme, "portal:overview")
    many_invoices(acme, 300)
    many_events(acme, make.ai_call_meter(), 2000, sender=make.source(make.partner(acme, name="M")))
    refreshed(acme)

    assert queries(acme, "portal:overview", Role.OWNER) == few
    assert few <= 15


def test_amounts_due_are_summed_over_all_invoices() -> None:
    basil = make.basil()
    many_invoices(basil, 20)

    page = overview(client_of(basil), basil)

    assert '<p class="stat-value">$210.00</p>' in page
    assert "20 invoices are overdue, $210.00 together." in page
    assert sum(i.amount_due.amount for i in Invoice.objects.all()) == Decimal(210)


def test_the_pages_of_others_are_not_found() -> None:
    basil, carla = make.basil(), make.carla()

    for route in ("portal:overview", "portal:overview_live", "portal:usage", "portal:credits"):
        answer = client_of_first(basil).get(reverse(route, args=[carla.public_id]))
        assert answer.status_code == 404


def client_of_first(customer: Customer) -> Client:
    client = Client()
    someone = customer.memberships.first()
    client.force_login(someone.user if someone else make.member(customer))
    return client


@pytest.mark.parametrize("days_ago, is_news", [(13, True), (15, False)])
def test_an_answer_is_news_for_two_weeks_of_everybodys_time(days_ago: int, is_news: bool) -> None:
    acme = acme_of_the_worked_example()
    someone = make.member(acme, "olive@acme.example")
    answered_at = datetime.now(UTC) - timedelta(days=days_ago)
    Question.objects.create(
        invoice=acme.invoices.all()[0],
        text="Why?",
        asked_by=someone,
        asked_at=answered_at,
        answer="So.",
        answered_by=make.staff(),
        answered_at=answered_at,
    )

    assert ("answered lately" in overview(client_of(acme), acme)) == is_news


def test_a_test_clock_tells_the_time_of_its_customer() -> None:
    acme = make.acme(clock_at=datetime(2024, 11, 2, 12, tzinfo=UTC))
    make.acme_contract(acme)
    refreshed(acme)

    assert "Day 2 of 30" in overview(client_of(acme), acme)
