"""The page of an event tells its sender how it came, and nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, Partner, PartnerRole
from tests import factories as make
from tests.partner_portal.people import address, browser_of
from usage.models import Event, QuarantinedEvent
from usage.operations.replay_quarantined import replay_quarantined

pytestmark = pytest.mark.django_db
NUMBER = "+15550100"


@pytest.fixture
def acme() -> Customer:
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    return make.partner(acme)


def facts(client: Client, holder: Partner) -> dict[str, str]:
    event = Event.objects.get()
    shown = client.get(address("event", holder, event.public_id)).context["event"]
    return dict(shown.facts)


def test_its_sender_reads_by_what_it_came_and_that_it_waited(
    acme: Customer, callwave: Partner
) -> None:
    make.accepted(make.source(callwave), [make.call_body("one", customer_id=NUMBER)])
    acme.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    later = make.NOW + timedelta(hours=1)
    replay_quarantined(key=QuarantinedEvent.objects.get().key, now=later)

    told = facts(browser_of(callwave, PartnerRole.VIEWER), callwave)

    assert told["Found its customer by"] == f"the number {NUMBER}, which it held then"
    assert told["Came by"] == "API, by itself"
    assert told["Was in quarantine"].endswith("UTC: unknown customer or subject")


def test_another_partner_of_the_customer_reads_nothing_of_it(
    acme: Customer, callwave: Partner
) -> None:
    make.accepted(make.source(callwave), [make.call_body("one")])
    other = make.partner(acme, name="Elsewhere AI")

    told = facts(browser_of(other), other)

    assert told["Sent by"] == "somebody else"
    assert not {"Came by", "Found its customer by"} & set(told)


def test_the_page_costs_few_queries(callwave: Partner) -> None:
    make.accepted(make.source(callwave), [make.call_body("one")])
    browser, event = browser_of(callwave), Event.objects.get()

    with CaptureQueriesContext(connection) as captured:
        browser.get(address("event", callwave, event.public_id))

    assert len(captured) <= 15, [query["sql"][:120] for query in captured]
