"""The form of a contract's own rates."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin_forms import errors_of

pytestmark = pytest.mark.django_db


def test_an_empty_form_is_answered_with_what_is_missing(staff_client: Client) -> None:
    page = staff_client.post(reverse("admin:contracts_contractoverride_add"), {})

    assert page.status_code == 200
    assert "This field is required." in " ".join(errors_of(page))
