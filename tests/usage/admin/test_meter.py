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


def _change(meter: Meter) -> str:
    return reverse("admin:usage_meter_change", args=[meter.pk])


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


def test_every_part_of_a_meter_has_its_fields(staff_client: Client) -> None:
    page = _add(
        staff_client, filters_text="kind = ai, human\nminutes > 0.50",
        event_increment="1.0", event_minimum="2", rounding_mode="up", rounding_places="1",
        divide_by="60", priced_unit="hour", begun_units="on",
        action_property="action", credit_units_text="email = 1\nfrom 2024-07-01:\nemail = 1.50",
    )  # fmt: skip

    assert errors_of(page) == []
    meter = Meter.objects.get()
    assert meter.filters == {"kind": ["ai", "human"], "minutes": {"gt": "0.5"}}
    assert meter.event_rounding == {"mode": "up", "increment": "1", "minimum": "2"}
    assert meter.quantity_rounding == {"mode": "up", "places": 1}
    assert meter.unit_conversion == {"divide_by": "60", "label": "hour", "round": "up"}
    assert meter.credit_units == [
        {"units": {"email": "1"}},
        {"effective_from": "2024-07-01", "units": {"email": "1.5"}},
    ]


def test_saving_a_meter_as_it_is_shown_changes_nothing(staff_client: Client) -> None:
    _add(
        staff_client, filters_text="kind = ai", event_increment="60", rounding_mode="half_up",
        divide_by="60", priced_unit="hour", action_property="action", credit_units_text="a = 1",
    )  # fmt: skip
    before = Meter.objects.values().get()

    assert errors_of(send_form(staff_client, _change(Meter.objects.get()))) == []

    assert Meter.objects.values().get() == before


def test_parts_that_are_emptied_are_gone(staff_client: Client) -> None:
    _add(staff_client, filters_text="kind = ai", event_increment="60", divide_by="60",
         priced_unit="hour")  # fmt: skip

    send_form(staff_client, _change(Meter.objects.get()), filters_text="", event_increment="",
              divide_by="", priced_unit="")  # fmt: skip

    meter = Meter.objects.get()
    assert (meter.filters, meter.event_rounding, meter.unit_conversion) == ({}, {}, {})


@pytest.mark.parametrize(
    "values, field, words",
    [
        ({"filters_text": "kind"}, "filters_text", "Line 1: write region = US, EU"),
        (
            {"filters_text": "minutes > 5, < 1"},
            "filters_text",
            "filters.minutes: no number lies in this range",
        ),
        ({"event_increment": "0"}, "event_increment", "must be above 0"),
        ({"event_minimum": "x"}, "event_minimum", "'x' is not a number"),
        ({"rounding_places": "2"}, "rounding_mode", "is required"),
        ({"rounding_mode": "up", "rounding_places": "x"}, "rounding_places", "whole number"),
        ({"begun_units": "on", "priced_unit": "hour"}, "divide_by", "is required"),
        ({"divide_by": "60"}, "priced_unit", "is required"),
        ({"credit_units_text": "email"}, "credit_units_text", "Line 1: write email_draft = 1"),
        ({"credit_units_text": "email = -1"}, "credit_units_text", "must not be negative"),
        ({"credit_units_text": "email = 1"}, "__all__", "action_property: is required"),
    ],
)
def test_a_mistake_in_a_part_stands_at_its_field(
    staff_client: Client, values: dict[str, str], field: str, words: str
) -> None:
    page = _add(staff_client, **values)

    assert words in " ".join(page.context["adminform"].form.errors[field])
    assert not Meter.objects.exists()


def test_a_meter_that_has_counted_may_gain_credits_that_are_yet_to_begin(
    staff_client: Client,
) -> None:
    meter = ai_call_meter()
    Meter.objects.update(
        action_property="call_outcome", credit_units=[{"units": {"resolved": "2"}}]
    )
    accepted(source(partner(acme())), [call_body("call-1")])

    refused = send_form(staff_client, _change(meter), credit_units_text="resolved = 3")
    taken = send_form(
        staff_client, _change(meter),
        credit_units_text="resolved = 2\nfrom 2300-01-01:\nresolved = 3",
    )  # fmt: skip

    assert errors_of(refused) == [
        "The meter has counted events by these; add a version that is yet to begin."
    ]
    assert errors_of(taken) == []
    assert len(Meter.objects.get().credit_units) == 2


def test_what_a_meter_counts_is_fixed_once_it_has_counted(staff_client: Client) -> None:
    meter = ai_call_meter()
    url = reverse("admin:usage_meter_change", args=[meter.pk])
    assert "property" in form_of(staff_client, url)

    accepted(source(partner(acme())), [call_body("call-1")])

    fixed = form_of(staff_client, url)
    assert {"property", "calls", "filters_text", "event_increment"}.isdisjoint(fixed)
    assert "every event of this name" in staff_client.get(url).content.decode()
    assert "display_name" in form_of(staff_client, url)
