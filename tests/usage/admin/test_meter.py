"""Meters in the admin."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin_forms import errors_of, form_of, send_form
from tests.factories import accepted, acme, ai_call_meter, call_body, northwind, partner, source
from usage.models import Meter

CALLS = {
    "code": "CALLS", "display_name": "Calls", "event_name": "call", "aggregation": "sum",
    "property": "minutes", "group_keys": "region,outcome", "unit": "minute",
}  # fmt: skip


def _add(client: Client, **values: Any) -> Any:
    url = reverse("admin:usage_meter_add")
    return send_form(client, url, legal_entity=northwind().pk, **{**CALLS, **values})


def test_a_meter_is_made_with_its_group_keys(staff_client: Client) -> None:
    assert errors_of(_add(staff_client)) == []

    assert Meter.objects.get().group_keys == ["region", "outcome"]


@pytest.mark.parametrize(
    "values, words",
    [
        ({"property": ""}, "property: a sum needs a property"),
        ({"aggregation": "count"}, "property: a count has no property"),
        ({"group_keys": "region,region"}, "group_keys[1]: 'region' stands twice"),
        ({"code": "-"}, "letters, digits"),
    ],
)
def test_a_meter_that_cannot_count_is_refused(
    staff_client: Client, values: dict[str, str], words: str
) -> None:
    page = _add(staff_client, **values)

    assert words in " ".join(errors_of(page))
    assert not Meter.objects.exists()


def test_what_a_meter_counts_is_fixed_once_it_has_counted(staff_client: Client) -> None:
    meter = ai_call_meter()
    url = reverse("admin:usage_meter_change", args=[meter.pk])
    assert "property" in form_of(staff_client, url)

    accepted(source(partner(acme())), [call_body("call-1")])

    assert "property" not in form_of(staff_client, url)
    assert "display_name" in form_of(staff_client, url)
