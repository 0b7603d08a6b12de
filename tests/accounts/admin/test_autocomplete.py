"""Search boxes of every staff page, asked with what no hand can choose."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.admin.pages.autocomplete import SearchBoxes
from tests.admin_forms import errors_of, rows, send_form
from tests.factories import ai_call_center, ai_call_price

pytestmark = pytest.mark.django_db

NO_KEYS = ["x", "\x00", "9" * 30, "-", "1.5"]
NOT_A_CHOICE = "Select a valid choice. That choice is not one of the available choices."


def _pages_with_boxes() -> Iterator[tuple[Any, str]]:
    for model, page in admin.site._registry.items():
        if page.autocomplete_fields and model._meta.app_label != "django_celery_beat":
            yield page, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def test_every_page_and_every_row_with_search_boxes_has_these() -> None:
    pages = [page for page, _ in _pages_with_boxes()]
    every_row = [row for page in admin.site._registry.values() for row in page.inlines]
    boxed = [*map(type, pages), *(row for row in every_row if row.autocomplete_fields)]

    assert len(boxed) > 10
    assert [each.__name__ for each in boxed if not issubclass(each, SearchBoxes)] == []


@pytest.mark.parametrize("entered", NO_KEYS)
def test_what_is_no_key_is_refused_at_its_box(staff_client: Client, entered: str) -> None:
    for page, url in _pages_with_boxes():
        answer = staff_client.post(url, dict.fromkeys(page.autocomplete_fields, entered))

        assert answer.status_code == 200, url
        assert errors_of(answer), url


@pytest.mark.parametrize("entered", NO_KEYS)
def test_an_address_that_fills_in_no_key_shows_an_empty_box(
    staff_client: Client, entered: str
) -> None:
    for page, url in _pages_with_boxes():
        asked = dict.fromkeys(page.autocomplete_fields, entered)

        assert staff_client.get(url, asked).status_code == 200, url


def test_what_is_no_key_is_refused_in_a_row(staff_client: Client) -> None:
    plan = ai_call_center()
    url = reverse("admin:catalog_plan_change", args=[plan.pk])

    page = staff_client.post(
        url, rows("items", {"position": "1", "price": "x"}) | {"items-INITIAL_FORMS": "0"}
    )

    assert NOT_A_CHOICE in errors_of(page)


@pytest.mark.parametrize("entered", NO_KEYS)
def test_a_price_by_no_rate_card_is_told_so_and_keeps_what_was_entered(
    staff_client: Client, entered: str
) -> None:
    url = f"{reverse('admin:catalog_priceversion_add')}?price={ai_call_price().pk}"

    page = send_form(staff_client, url, name="Night calls", rate_card=entered)

    why = "Null characters are not allowed." if entered == "\x00" else NOT_A_CHOICE
    assert page.context["adminform"].form.errors["rate_card"] == [why]
    assert 'value="Night calls"' in page.content.decode()
