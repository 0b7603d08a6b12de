"""API keys on a partner's pages: what may be made, shown once, replaced, ended."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, Partner, PartnerRole, Scope
from accounts.operations.revoke_api_key import revoke_api_key
from accounts.queries.api_keys import KeyRefused, usable_api_key
from tests import factories as make
from tests.partner_portal.people import address, browser_of

pytestmark = pytest.mark.django_db

SECRET = re.compile(r"vb_(?:live|test)_[a-z2-7]{8}_[a-z2-7]{52}_[0-9a-f]{8}")


@pytest.fixture
def callwave() -> Partner:
    return make.partner(make.acme())


@pytest.fixture
def client(callwave: Partner) -> Client:
    return browser_of(callwave, PartnerRole.DEVELOPER)


def asked(**fields: object) -> dict[str, object]:
    return {
        "name": "their server",
        "mode": "test",
        "scopes": ["events:write"],
        "lifetime": "90",
        **fields,
    }


def works(secret: str) -> bool:
    try:
        usable_api_key(presented=secret, now=datetime.now(UTC))
    except KeyRefused:
        return False
    return True


def test_a_new_key_works_and_is_shown_once(callwave: Partner, client: Client) -> None:
    answer = client.post(address("new_key", callwave), asked())

    found = SECRET.search(answer.content.decode())
    assert found is not None
    key = usable_api_key(presented=found[0], now=datetime.now(UTC))
    assert (key.partner, key.mode, key.scopes) == (callwave, "test", ["events:write"])
    assert "no-store" in answer["Cache-Control"]
    for page in ("keys", "docs"):
        shown = client.get(address(page, callwave) + "?mode=test").content.decode()
        assert key.prefix in shown
        assert not SECRET.search(shown)


def test_a_form_that_is_sent_again_makes_no_second_key(callwave: Partner, client: Client) -> None:
    client.post(address("new_key", callwave), asked())

    again = client.post(address("new_key", callwave), asked())

    name = asked()["name"]
    assert again.status_code == 422
    assert again.context["form"].errors == {
        "name": [f"A key named '{name}' works already: replace it, or name this otherwise."]
    }
    (key,) = ApiKey.objects.filter(name=name)
    revoke_api_key(key=key, now=datetime.now(UTC))
    assert client.post(address("new_key", callwave), asked()).status_code == 200


def test_a_key_is_replaced_once(callwave: Partner, client: Client) -> None:
    old, _ = make.api_key(callwave, scopes=["events:write"])
    client.post(address("rotate_key", callwave, old.pk), {"overlap_hours": "24"})

    again = client.post(address("rotate_key", callwave, old.pk), {"overlap_hours": "24"})

    assert again.status_code == 422
    assert again.context["form"].non_field_errors() == [
        f"{old} was replaced already; replace the key that replaced it"
    ]
    assert ApiKey.objects.filter(replaces=old).count() == 1


def test_a_key_ends_when_it_was_asked_to(callwave: Partner, client: Client) -> None:
    before = datetime.now(UTC)
    client.post(address("new_key", callwave), asked(lifetime="30"))
    client.post(address("new_key", callwave), asked(lifetime="", name="for ever"))

    ends = callwave.api_keys.get(name="their server").expires_at
    assert ends is not None
    assert timedelta(days=30) <= ends - before < timedelta(days=30, minutes=5)
    assert callwave.api_keys.get(name="for ever").expires_at is None


@pytest.mark.parametrize("scope", ["plan_file:write", "invoices:read", "prices:read", "root"])
def test_what_staff_do_not_allow_nobody_gives(
    callwave: Partner, client: Client, scope: str
) -> None:
    answer = client.post(address("new_key", callwave), asked(scopes=["events:write", scope]))

    assert answer.status_code == 422
    assert not callwave.api_keys.exists()


def test_what_staff_allow_may_be_given(callwave: Partner, client: Client) -> None:
    callwave.scopes_to_give = [Scope.INVOICES_READ.value]
    callwave.save()

    client.post(address("new_key", callwave), asked(scopes=["invoices:read"]))

    assert callwave.api_keys.get().scopes == ["invoices:read"]


def test_a_key_without_a_scope_is_refused_with_words(callwave: Partner, client: Client) -> None:
    answer = client.post(address("new_key", callwave), asked(scopes=[]))

    assert answer.status_code == 422
    assert "choose at least one" in answer.content.decode()


def test_a_replaced_key_works_through_the_overlap(callwave: Partner, client: Client) -> None:
    old, text = make.api_key(callwave, scopes=["events:write"])

    answer = client.post(address("rotate_key", callwave, old.pk), {"overlap_hours": "24"})

    made = SECRET.search(answer.content.decode())
    assert made is not None
    assert works(made[0])
    assert works(text)
    assert ApiKey.objects.get(replaces=old).name == old.name


def test_a_key_replaced_without_overlap_ends_at_once(callwave: Partner, client: Client) -> None:
    old, text = make.api_key(callwave, scopes=["events:write"])

    client.post(address("rotate_key", callwave, old.pk), {"overlap_hours": "0"})

    assert not works(text)


def test_a_key_that_may_do_more_is_not_theirs_to_copy(callwave: Partner, client: Client) -> None:
    old, _ = make.api_key(callwave, scopes=["plan_file:write"])

    answer = client.post(address("rotate_key", callwave, old.pk), {"overlap_hours": "24"})

    assert answer.status_code == 422
    assert "plan_file:write: staff make keys with this" in answer.content.decode()
    assert callwave.api_keys.count() == 1


def test_a_revoked_key_opens_nothing(callwave: Partner, client: Client) -> None:
    key, text = make.api_key(callwave)

    answer = client.post(address("revoke_key", callwave, key.pk))

    assert answer["Location"] == address("keys", callwave) + "?mode=test"
    assert not works(text)


def shown_again(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})


def test_a_live_key_is_made_replaced_and_revoked_by_who_showed_the_password_just_now(
    callwave: Partner, client: Client
) -> None:
    key, _ = make.api_key(callwave, mode="live", scopes=["events:write"])
    asked_for = [
        (address("new_key", callwave), asked(mode="live", name="another server")),
        (address("rotate_key", callwave, key.pk), {"overlap_hours": "24"}),
        (address("revoke_key", callwave, key.pk), {}),
    ]

    for page, body in asked_for:
        answer = client.post(page, body)
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    key.refresh_from_db()
    assert (callwave.api_keys.count(), key.revoked_at) == (1, None)

    shown_again(client)
    for page, body in asked_for:
        client.post(page, body)
    key.refresh_from_db()
    assert callwave.api_keys.count() == 3
    assert key.revoked_at is not None


def test_what_was_asked_for_is_done_once_the_password_is_shown(
    callwave: Partner, client: Client
) -> None:
    question = client.post(address("new_key", callwave), asked(mode="live"))["Location"]

    answer = client.post(
        reverse("account_reauthenticate"),
        {"password": make.PASSWORD, "next": address("new_key", callwave)},
    )

    assert question.endswith(quote(address("new_key", callwave), safe=""))
    assert SECRET.search(answer.content.decode()) is not None
    assert callwave.api_keys.get().mode == "live"


def test_the_list_and_who_removes_a_person_see_who_made_a_key(
    callwave: Partner, client: Client
) -> None:
    owner = browser_of(callwave)
    leaving = callwave.memberships.get(role=PartnerRole.DEVELOPER)
    shown_again(client)
    client.post(address("new_key", callwave), asked(mode="live"))
    key = callwave.api_keys.get()

    listed = client.get(address("keys", callwave) + "?mode=live").content.decode()
    removal = owner.get(address("remove_person", callwave, leaving.pk)).content.decode()

    assert f"made by {leaving.user.email}" in listed
    assert key.prefix in removal
    assert f"made by {leaving.user.email}" in removal


def test_live_and_test_keys_stand_apart(callwave: Partner, client: Client) -> None:
    live, _ = make.api_key(callwave, mode="live")
    test, _ = make.api_key(callwave, mode="test")

    shown = {
        mode: client.get(address("keys", callwave) + f"?mode={mode}").content.decode()
        for mode in ("live", "test")
    }

    assert live.prefix in shown["live"]
    assert test.prefix not in shown["live"]
    assert test.prefix in shown["test"]
    assert live.prefix not in shown["test"]


def test_a_key_that_ends_soon_is_told_until_it_is_replaced(
    callwave: Partner, client: Client
) -> None:
    soon = datetime.now(UTC) + timedelta(days=3, minutes=1)
    key, _ = make.api_key(callwave, scopes=["events:write"], expires_at=soon)
    ApiKey.objects.filter(pk=key.pk).update(created_at=soon - timedelta(days=90))
    overview = address("overview", callwave)

    assert "ends in 3 days" in client.get(overview).content.decode()

    client.post(address("rotate_key", callwave, key.pk), {"overlap_hours": "24"})
    assert "ends in" not in client.get(overview).content.decode()
