"""The quarantine and its replay."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import PartnerCustomer
from tests.admin_forms import errors_of
from tests.factories import accepted, acme, ai_call_meter, basil, call_body, partner, source
from usage.admin import quarantine
from usage.models import Event, QuarantinedEvent, Source

LIST = "admin:usage_quarantinedevent_changelist"


def _waiting(*keys: str) -> Source:
    ai_call_meter()
    sender = source(partner(acme()), "live")
    accepted(sender, [call_body(key, customer_id="basil") for key in keys])
    return sender


def _let_in(sender: Source) -> None:
    PartnerCustomer.objects.create(partner=sender.partner, customer=basil())


def test_the_list_shows_who_waits_and_why(clerk_client: Client) -> None:
    _waiting("call-1")

    page = clerk_client.get(reverse(LIST)).content.decode()

    assert "unknown customer or subject" in page
    assert "basil" in page
    filtered = clerk_client.get(f"{reverse(LIST)}?reason__exact=unknown_event_name")
    assert filtered.context["cl"].result_count == 0


def test_replay_accepts_what_can_be_attributed_now(staff_client: Client) -> None:
    sender = _waiting("call-1")
    event = QuarantinedEvent.objects.get()
    _let_in(sender)

    page = staff_client.post(
        reverse("admin:usage_quarantinedevent_replay", args=[event.pk]), follow=True
    )

    assert errors_of(page) == []
    assert Event.objects.get().idempotency_key == "call-1"
    assert staff_client.get(reverse(LIST)).context["cl"].result_count == 0


def test_replay_says_why_an_event_goes_on_waiting(staff_client: Client) -> None:
    _waiting("call-1")
    event = QuarantinedEvent.objects.get()

    page = staff_client.post(
        reverse("admin:usage_quarantinedevent_replay", args=[event.pk]), follow=True
    )

    assert "It goes on waiting: no customer of yours has the id" in page.content.decode()
    assert not Event.objects.exists()


def test_a_replayed_event_is_not_replayed_again(staff_client: Client) -> None:
    sender = _waiting("call-1")
    event = QuarantinedEvent.objects.get()
    _let_in(sender)
    url = reverse("admin:usage_quarantinedevent_replay", args=[event.pk])
    staff_client.post(url)

    assert errors_of(staff_client.post(url, follow=True))
    assert Event.objects.count() == 1


def test_many_are_replayed_at_once(staff_client: Client) -> None:
    sender = _waiting("call-1", "call-2", "call-3")
    _let_in(sender)

    page = staff_client.post(
        reverse(LIST),
        {
            "action": "replay_selected",
            "_selected_action": [str(event.pk) for event in QuarantinedEvent.objects.all()],
        },
        follow=True,
    )

    assert "3 accepted, 0 go on waiting." in page.content.decode()


def test_of_too_many_selected_none_is_replayed(
    staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST_SELECTED", 2)
    sender = _waiting("call-1", "call-2", "call-3")
    _let_in(sender)
    first = str(QuarantinedEvent.objects.all()[0].pk)

    page = staff_client.post(
        reverse(LIST),
        {"action": "replay_selected", "_selected_action": [first], "select_across": "1"},
        follow=True,
    )

    assert "At most 2 are replayed at once" in page.content.decode()
    assert QuarantinedEvent.objects.filter(resolved_at=None).count() == 3


def test_a_clerk_may_not_replay(clerk_client: Client) -> None:
    _waiting("call-1")
    event = QuarantinedEvent.objects.get()
    url = reverse("admin:usage_quarantinedevent_replay", args=[event.pk])

    assert clerk_client.post(url).status_code == 403


def test_replay_takes_post_alone(staff_client: Client) -> None:
    _waiting("call-1")
    event = QuarantinedEvent.objects.get()
    url = reverse("admin:usage_quarantinedevent_replay", args=[event.pk])

    assert staff_client.get(url).status_code == 405


def test_an_event_is_discarded_with_its_reason(staff_client: Client) -> None:
    _waiting("lost")
    event = QuarantinedEvent.objects.get()
    address = reverse("admin:usage_quarantinedevent_discard", args=[event.key])

    asked = staff_client.get(address).content.decode()
    refused = staff_client.post(address, {"_reason": ""}, follow=True).content.decode()
    page = staff_client.post(address, {"_reason": "a test call"}, follow=True).content.decode()

    event.refresh_from_db()
    assert "The sender of the event sees this reason." in asked
    assert "Say why the event is taken back." in refused
    assert (event.discarded_reason, "discarded" in page) == ("a test call", True)
