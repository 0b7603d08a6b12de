"""The quarantine on its sender's pages: reasons, and another try."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import Customer, Partner, PartnerCustomer
from partner_portal.views import quarantine
from tests import factories as make
from tests.partner_portal.people import address, browser_of
from usage.models import Event, QuarantinedEvent, ReplayJob
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


def test_a_name_leads_to_its_own_events_and_what_it_nearly_is(
    client: Client, callwave: Partner
) -> None:
    caps = [make.call_body("caps", customer_id=" ACME"), make.call_body("low", customer_id="acme ")]
    make.accepted(make.source(callwave), caps)
    reasons = address("quarantine", callwave)

    links = re.findall(r'href="(\?[^"]*named=[^"]*)">“(.*?)”', client.get(reasons).content.decode())
    pages = {name: client.get(reasons + unescape(link)) for link, name in links}

    assert {name: {row.key for row in page.context["rows"]} for name, page in pages.items()} == {
        "dora": {"lost-0", "lost-1", "lost-2"}, " ACME": {"caps"}, "acme ": {"low"},
        "AI_CALLS": {"odd"},
    }  # fmt: skip
    assert pages["dora"].context["hint"] is None
    assert pages[" ACME"].context["hint"].known == ("acme",)
    assert client.get(reasons, {"reason": "unknown_customer", "named": "\0"}).status_code == 404


def test_the_pages_of_a_name_keep_to_it(
    client: Client, callwave: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "ON_A_PAGE", 2)
    make.accepted(make.source(callwave), [make.call_body("other", customer_id="somebody")])
    asked = {"mode": "test", "reason": "unknown_customer", "named": "dora"}

    first = client.get(address("quarantine", callwave), asked)
    link = re.findall(r'rel="next" href="([^"]+)"', first.content.decode())
    rest = client.get(address("quarantine", callwave) + unescape(link[0]))

    keys = [row.key for page in (first, rest) for row in page.context["rows"]]
    assert sorted(keys) == ["lost-0", "lost-1", "lost-2"]


def test_one_name_is_replayed_and_the_others_wait(client: Client, callwave: Partner) -> None:
    make.accepted(make.source(callwave), [make.call_body("other", customer_id="Elsa")])
    dora_comes(callwave)
    asked = {"mode": "test", "reason": "unknown_customer", "named": "dora"}

    plan = client.get(address("replay_reason", callwave), asked).context["plan"]
    answer = client.post(address("replay_reason", callwave), asked, follow=True)

    assert (plan.events, plan.named, plan.would_count, plan.would_wait) == (
        "3 events", "dora", "3", "0",
    )  # fmt: skip
    assert "“dora”: 0 of 3 events tried" in answer.content.decode()
    (job,) = ReplayJob.objects.all()
    replay_cause(job.pk)
    assert waiting() == {"other", "odd"}


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


def test_a_replay_tells_first_what_would_become_of_the_events(
    client: Client, callwave: Partner
) -> None:
    make.accepted(make.source(callwave), [make.call_body("other", customer_id="somebody")])
    replay = address("replay_reason", callwave) + "?mode=test&reason=unknown_customer"

    before = client.get(replay).context["plan"]
    dora_comes(callwave)
    after = client.get(replay).context["plan"]

    assert (before.events, before.names, before.would_count) == ("4 events", "2 names", "0")
    assert (after.would_count, after.would_wait, after.are_all) == ("3", "1", True)
    assert waiting() == {"lost-0", "lost-1", "lost-2", "other", "odd"}
    assert not ReplayJob.objects.exists()


def test_only_the_first_of_many_are_looked_at_before_a_replay(
    client: Client, callwave: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST_FORESEEN", 2)

    answer = client.get(address("replay_reason", callwave) + "?mode=test&reason=unknown_customer")

    assert "of the first 2 events" in answer.content.decode()
    assert answer.context["plan"].events == "3 events"


@pytest.mark.parametrize("mode, reason, status", [
    ("live", "unknown_customer", 302), ("test", "unknown_action", 302), ("test", "made_up", 404),
])  # fmt: skip
def test_what_waits_not_is_not_replayed(
    client: Client, callwave: Partner, mode: str, reason: str, status: int
) -> None:
    asked = {"mode": mode, "reason": reason}

    seen = client.get(address("replay_reason", callwave), asked)
    sent = client.post(address("replay_reason", callwave), asked)

    assert (seen.status_code, sent.status_code) == (status, status)
    assert not ReplayJob.objects.exists()


def test_all_of_a_reason_are_replayed(client: Client, callwave: Partner) -> None:
    dora_comes(callwave)

    client.post(address("replay_reason", callwave), {"mode": "test", "reason": "unknown_customer"})
    for job in ReplayJob.objects.all():
        replay_cause(job.pk)

    assert waiting() == {"odd"}
    assert "Dora" in client.get(address("customers", callwave)).content.decode()


def test_however_many_they_name_and_however_often_it_is_asked_it_is_one_replay(
    client: Client, callwave: Partner
) -> None:
    lost = [make.call_body(f"late-{each}", customer_id=f"somebody {each}") for each in range(9)]
    make.accepted(make.source(callwave), lost)

    for _ in range(2):
        client.post(
            address("replay_reason", callwave), {"mode": "test", "reason": "unknown_customer"}
        )

    job = ReplayJob.objects.get()
    assert (job.named, job.events) == ("", 12)
    replay_cause(job.pk)
    job.refresh_from_db()
    assert (job.accepted, job.still_waiting) == (0, 12)


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
