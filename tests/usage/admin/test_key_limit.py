"""Limits of single keys in the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories as make
from tests.admin_forms import errors_of, send_form
from usage.models import KeyLimit

pytestmark = pytest.mark.django_db


def test_staff_limit_a_key_and_read_that_its_successor_begins_with_the_same(
    staff_client: Client,
) -> None:
    key, _ = make.api_key(make.partner(make.acme()))
    address = reverse("admin:usage_keylimit_add")

    shown = staff_client.get(address).content.decode()
    saved = send_form(staff_client, address, api_key=key.pk, requests_per_minute="7")

    assert "its successor begins with the same limits; nothing more is needed" in shown
    assert errors_of(saved) == []
    limit = KeyLimit.objects.get()
    assert (limit.api_key, limit.requests_per_minute, limit.events_per_minute) == (key, 7, None)
