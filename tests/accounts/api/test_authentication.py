"""Who may call: missing, wrong, expired and revoked keys; scopes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.key_text import new_key_text
from accounts.models import ApiKey, Partner
from accounts.operations.revoke_api_key import revoke_api_key
from tests import factories as make
from tests.caller import PROBLEM, Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def callwave() -> Partner:
    return make.partner(make.acme())


def assert_unauthenticated(key: str | None, words: str) -> None:
    answer = Caller(key).get("/customers")

    assert answer.status_code == 401
    assert answer["Content-Type"] == PROBLEM
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer.json()["type"] == "/api/docs/problems/#unauthenticated"
    assert words in answer.json()["detail"]


def test_a_good_key_opens(callwave: Partner) -> None:
    assert Caller(make.api_key(callwave)[1]).get("/customers").status_code == 200


def test_a_missing_key_is_asked_for(callwave: Partner) -> None:
    assert_unauthenticated(None, "Send an API key")


def test_a_mistyped_key_is_told_so(callwave: Partner) -> None:
    text = make.api_key(callwave)[1]

    assert_unauthenticated(text[:-1], "mistyped")
    assert_unauthenticated("caf\u00e9", "mistyped")


def test_a_key_that_was_never_made_is_unknown(callwave: Partner) -> None:
    assert_unauthenticated(new_key_text("test").text, "There is no such API key.")


def test_the_right_name_with_another_secret_is_unknown(callwave: Partner) -> None:
    key, _ = make.api_key(callwave)
    other = new_key_text("test")
    ApiKey.objects.filter(pk=key.pk).update(prefix=other.prefix)

    assert_unauthenticated(other.text, "There is no such API key.")


def test_an_expired_key_is_told_since_when(callwave: Partner) -> None:
    key, text = make.api_key(callwave)
    ApiKey.objects.filter(pk=key.pk).update(
        created_at=timezone.now() - timedelta(days=2), expires_at=timezone.now()
    )

    assert_unauthenticated(text, "expired at 20")


def test_a_revoked_key_is_told_so(callwave: Partner) -> None:
    key, text = make.api_key(callwave)
    revoke_api_key(key=key, now=timezone.now())

    assert_unauthenticated(text, "revoked")


def test_the_keys_of_a_partner_that_is_switched_off_do_not_open(callwave: Partner) -> None:
    text = make.api_key(callwave)[1]
    callwave.is_active = False
    callwave.save()

    assert_unauthenticated(text, "switched off")


def test_another_scheme_is_refused(callwave: Partner) -> None:
    answer = Caller(None).get("/customers", Authorization="Basic YTpi")

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "method, path, scope",
    [
        ("get", "/customers", "customers:read"),
        ("get", "/customers/acme", "customers:read"),
        ("get", "/events", "events:read"),
        ("post", "/events", "events:write"),
        ("post", "/events/batch", "events:write"),
        ("get", "/events/evt_1", "events:read"),
        ("get", "/invoices", "invoices:read"),
        ("get", "/invoices/inv_1", "invoices:read"),
        ("get", "/invoices/inv_1/pdf", "invoices:read"),
        ("get", "/invoices/inv_1/lines/lin_1/events", "events:read"),
    ],
)
def test_a_key_without_the_scope_is_told_which(
    callwave: Partner, method: str, path: str, scope: str
) -> None:
    others = ["customers:read" if scope != "customers:read" else "events:read"]
    client = Caller(None).client
    key = make.api_key(callwave, scopes=others)[1]

    answer = getattr(client, method)(f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 403
    assert answer.json()["detail"] == f"This needs a key with the scope {scope}."
    assert answer.json()["type"] == "/api/docs/problems/#scope-missing"


def test_use_is_noted(callwave: Partner) -> None:
    key, text = make.api_key(callwave)

    Caller(text).get("/customers")

    key.refresh_from_db()
    assert key.last_used_at is not None
