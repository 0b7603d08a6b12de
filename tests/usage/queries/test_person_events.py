"""Where a customer's people stand: with whom it has been a customer, under any name it had."""

import pytest
from django.db import connection

from accounts.models import Customer, PartnerCustomer, Subject
from tests import factories as make
from usage.intake.personal_value import PersonalValue
from usage.models import Source
from usage.queries.person_events import names_of, sources_of, waiting_of_person

pytestmark = pytest.mark.django_db

NUMBER = PersonalValue("+14155550123")


@pytest.fixture
def acme() -> Customer:
    """Acme, with the meter of its calls."""
    make.ai_call_meter()
    return make.acme()


def waiting(customer: Customer) -> list[str]:
    sources = sources_of(customer=customer)
    found = waiting_of_person(customer=customer, value=NUMBER, sources=sources)
    return [event.idempotency_key for event in found]


def test_sources_are_those_of_partners_now_or_once_in_the_customers_mode(acme: Customer) -> None:
    now, once = make.partner(acme), make.partner(acme, name="Once")
    stranger = make.partner(make.basil(), name="Stranger")
    for each in (now, once, stranger):
        make.source(each, "test"), make.source(each, "live")

    PartnerCustomer.objects.filter(partner=once).delete()

    assert sources_of(customer=acme) == [make.source(now), make.source(once)]


def test_whoever_sent_events_of_the_customer_is_a_source_of_it(acme: Customer) -> None:
    source = make.source(make.partner(acme))
    make.accepted(source, [make.call_body("call-1")])
    PartnerCustomer.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_partnercustomerevent")

    assert sources_of(customer=acme) == [source]
    assert sources_of(customer=make.carla(is_sandbox=True)) == []


def test_what_waits_under_a_name_that_the_customer_had_is_found(acme: Customer) -> None:
    source: Source = make.source(make.partner(acme))
    held = Subject.objects.create(
        customer=acme, kind="agent", identifier="agent-1", held_from=make.NOVEMBER_1
    )
    for name in ("acme", "agent-1"):
        body = make.call_body(name, customer_id=name, event_name="new")
        body["properties"]["from_number"] = NUMBER.text
        (outcome,) = make.accepted(source, [body])
        assert outcome.reason == "unknown_event_name"

    acme.external_id = "acme-inc"
    acme.save()
    held.delete()

    assert names_of(customer=acme) == {"acme", "acme-inc", acme.public_id, "agent-1"}
    assert sorted(waiting(acme)) == ["acme", "agent-1"]
