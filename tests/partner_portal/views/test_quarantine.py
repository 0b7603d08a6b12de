"""The quarantine on its sender's pages: reasons, and another try."""

import pytest
from django.test import Client

from accounts.models import Customer, Partner, PartnerCustomer
from tests import factories as make
from tests.partner_portal.people import address, browser_of
from usage.models import Event, QuarantinedEvent, ReplayJob
from usage.queries.quarantine_causes import MOST_CAUSES
from usage.tasks import replay_cause

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Customer:
    buyer = make.acme()
    make.acme_contract(buyer)
    return buyer


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    """Callwave sent three calls of a customer that is not there yet, and one of a wrong name."""
    holder = make.partner(acme)
    lost = [make.call_body(f"lost-{number}", customer_id="dora") for number in range(3)]
    make.accepted(make.source(holder), [*lost, make.call_body("odd", event_name="AI_CALLS")])
    return holder


@pytest.fixture
def client(callwave: Partner) -> Client:
    return browser_of(callwave)


def dora_comes(callwave: Partner) -> None:
    dora = make.customer("dora", "Dora's Diner", is_sandbox=True)
    PartnerCustomer.objects.create(partner=callwave, customer=dora)


def waiting() -> set[str]:
    events = QuarantinedEvent.objects.filter(resolved_at=None)
    return set(events.values_list("idempotency_key", flat=True))


def test_reasons_stand_with_counts_words_and_what_they_name(
    client: Client, callwave: Partner
) -> None:
    cards = client.get(address("quarantine", callwave)).context["cards"]

    assert [(card.reason.code, card.events) for card in cards] == [
        ("unknown_customer", "3 events"),
        ("unknown_event_name", "1 event"),
    ]
    assert [(cause.named, cause.events) for cause in cards[0].causes] == [("dora", "3 events")]


def test_a_reason_lists_its_events(client: Client, callwave: Partner) -> None:
    answer = client.get(address("quarantine", callwave) + "?reason=unknown_customer")

    assert {row.key for row in answer.context["rows"]} == {"lost-0", "lost-1", "lost-2"}
    assert client.get(address("quarantine", callwave) + "?reason=x").status_code == 404


def test_a_name_that_is_nearly_known_is_told(client: Client, callwave: Partner) -> None:
    make.accepted(make.source(callwave), [make.call_body("caps", customer_id="ACME ")])
    QuarantinedEvent.objects.filter(idempotency_key__startswith="lost").update(resolved_at=make.NOW)

    page = address("quarantine", callwave) + "?mode=test&reason=unknown_customer"
    hint = client.get(page).context["hint"]

    assert (hint.named, hint.known) == ("ACME ", ("acme",))


def test_the_page_of_an_event_says_why_it_waits(client: Client, callwave: Partner) -> None:
    event = QuarantinedEvent.objects.get(idempotency_key="odd")

    text = client.get(address("event", callwave, event.public_id)).content.decode()

    assert "no meter counts events named" in text
    assert "ask for a meter" in text


def test_an_event_is_replayed_once_its_cause_is_fixed(client: Client, callwave: Partner) -> None:
    event = QuarantinedEvent.objects.get(idempotency_key="lost-0")
    replay = address("replay_event", callwave, event.public_id)

    text = client.post(replay, follow=True).content.decode()
    assert "It goes on waiting" in text

    dora_comes(callwave)
    text = client.post(replay, follow=True).content.decode()
    assert "It is accepted" in text
    assert waiting() == {"lost-1", "lost-2", "odd"}

    text = client.post(replay, follow=True).content.decode()
    assert "It waits no more" in text
    assert Event.objects.filter(idempotency_key="lost-0").count() == 1


def test_all_of_a_reason_are_replayed(client: Client, callwave: Partner) -> None:
    dora_comes(callwave)

    client.post(address("replay_reason", callwave), {"mode": "test", "reason": "unknown_customer"})
    for job in ReplayJob.objects.all():
        replay_cause(job.pk)

    assert waiting() == {"odd"}
    assert "Dora" in client.get(address("customers", callwave)).content.decode()


def test_causes_beyond_the_largest_are_replayed_too(client: Client, callwave: Partner) -> None:
    more = [make.call_body(f"odd-{each}", event_name=f"odd {each}") for each in range(MOST_CAUSES)]
    again = [make.call_body(f"odd+{each}", event_name=f"odd {each}") for each in range(MOST_CAUSES)]
    lost = [make.call_body("late", customer_id="somebody")]
    make.accepted(make.source(callwave), [*more, *again, *lost])

    client.post(address("replay_reason", callwave), {"mode": "test", "reason": "unknown_customer"})

    assert set(ReplayJob.objects.values_list("named", flat=True)) == {"dora", "somebody"}


def test_what_is_discarded_is_never_billed_even_once_its_cause_is_gone(
    client: Client, callwave: Partner
) -> None:
    event = QuarantinedEvent.objects.get(idempotency_key="lost-0")
    discard = address("discard_event", callwave, event.public_id)

    text = client.post(discard, {"reason": " "}, follow=True).content.decode()
    assert "Say why the event is taken back" in text
    assert "Discard it" in text

    text = client.post(discard, {"reason": "mistyped"}, follow=True).content.decode()
    assert "It is discarded, and never billed" in text
    assert "Discard it" not in text

    dora_comes(callwave)
    client.post(address("replay_reason", callwave), {"mode": "test", "reason": "unknown_customer"})
    for job in ReplayJob.objects.all():
        replay_cause(job.pk)
    assert not Event.objects.filter(idempotency_key="lost-0").exists()
    assert waiting() == {"odd"}


def test_nothing_of_another_partner_is_discarded(callwave: Partner) -> None:
    elsewhere = make.partner(make.carla(), name="Elsewhere AI")
    event = QuarantinedEvent.objects.get(idempotency_key="lost-0")

    discard = address("discard_event", elsewhere, event.public_id)

    assert browser_of(elsewhere).post(discard, {"reason": "x"}).status_code == 404
    assert "lost-0" in waiting()


def test_nothing_of_another_partner_is_replayed(callwave: Partner) -> None:
    elsewhere = make.partner(make.carla(), name="Elsewhere AI")
    make.source(elsewhere)
    client = browser_of(elsewhere)

    client.post(address("replay_reason", elsewhere), {"mode": "test", "reason": "unknown_customer"})

    assert not ReplayJob.objects.exists()


def test_an_empty_quarantine_says_so(client: Client, callwave: Partner) -> None:
    text = client.get(address("quarantine", callwave) + "?mode=live").content.decode()

    assert "Nothing waits" in text
