"""The form of a meter: each of its structured parts in fields of its own."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone

from usage.admin.meter_text import (
    NotALine,
    credit_units_text,
    filters_text,
    read_credit_units,
    read_filters,
)
from usage.metering.credit_units import counts_otherwise
from usage.metering.meter_format import parse_parts, stored_parts
from usage.models import DimensionSet, Meter
from values.problems import InvalidTerms, Problem

ROUNDING_MODES = [
    ("", "not rounded"),
    ("up", "up"),
    ("down", "down"),
    ("half_up", "to the nearest, halves up"),
]
CREDITS_ARE_FIXED = "The meter has counted events by these; add a version that is yet to begin."
FIXED_FIELDS = ("filters_text", "event_increment", "event_minimum")
"""Fields of what a meter counts, which is fixed once it has counted."""
QUANTITY_FIELDS = ("rounding_mode", "rounding_places", "divide_by", "priced_unit", "begun_units")
"""Fields of what the quantity of a period becomes before it is priced."""
FIELD_OF = {
    "filters": "filters_text",
    "credit_units": "credit_units_text",
    "event_rounding.increment": "event_increment",
    "event_rounding.minimum": "event_minimum",
    "quantity_rounding.mode": "rounding_mode",
    "quantity_rounding.places": "rounding_places",
    "unit_conversion.divide_by": "divide_by",
    "unit_conversion.label": "priced_unit",
}
"""Where a problem of the plan file's form stands on the page."""


def _text(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=10_000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
    )


def _short(label: str, help_text: str = "", **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=100,
        help_text=help_text,
        widget=forms.TextInput(attrs={"size": 12, **attrs}),
    )


class MeterForm(forms.ModelForm):
    """What an event must be, what it counts, and what the sum of a period becomes."""

    filters_text = _text(
        "Only events where",
        "One property a line: region = US, EU for allowed values, tokens >= 1000, < 5000 for a "
        "range. Empty: every event of this name.",
    )
    event_increment = _short(
        "Round each event up to",
        "60: a call of 78 seconds counts 120. Empty: events are not rounded.",
    )
    event_minimum = _short("Each event at least", "Nothing stays nothing.")
    credit_units_text = _text(
        "Credits of each action",
        "One action a line: email_draft = 1. A line such as from 2024-07-01: begins a version; "
        "days are in UTC.",
    )
    rounding_mode = forms.ChoiceField(
        label="Round the period's quantity", required=False, choices=ROUNDING_MODES
    )
    rounding_places = _short("to places", "Digits after the point; empty is none.")
    divide_by = _short(
        "Priced unit is so many", "1000: prices are for 1,000 tokens. Empty: no other unit."
    )
    priced_unit = _short("called", "1K tokens, minute …", size=20)
    begun_units = forms.BooleanField(label="Begun units count whole", required=False)

    class Meta:
        model = Meter
        fields = (
            *("legal_entity", "code", "display_name", "event_name", "unit", "aggregation"),
            *("property", "group_keys", "calls", "allows_negative", "action_property"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_counted = has_counted(self.instance)
        if self.has_counted:
            for name in FIXED_FIELDS:
                self.fields.pop(name, None)
        self.counted_by = parse_parts({"credit_units": self.instance.credit_units or None})
        self.initial = {**_shown(self.instance), **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        raw = self._raw_parts(cleaned)
        if self.errors:
            return cleaned
        try:
            parts = parse_parts({name: part or None for name, part in raw.items()})
        except InvalidTerms as error:
            for problem in error.problems:
                self.add_error(_field_of(problem), problem.text())
            return cleaned
        if self.has_counted and counts_otherwise(
            self.counted_by["credit_units"], parts["credit_units"], until=timezone.now()
        ):
            self.add_error("credit_units_text", CREDITS_ARE_FIXED)
            return cleaned
        stored = stored_parts(parts)
        for name in raw:
            setattr(self.instance, name, stored[name])
        return cleaned

    def _raw_parts(self, cleaned: dict[str, Any]) -> dict[str, object]:
        """Return the parts whose fields are on the page; the others stay as they are."""
        raw: dict[str, object] = {
            "credit_units": self._read("credit_units_text", read_credit_units, cleaned)
        }
        if "divide_by" in self.fields:
            raw["quantity_rounding"] = _given(
                mode=cleaned.get("rounding_mode"), places=cleaned.get("rounding_places")
            )
            raw["unit_conversion"] = _given(
                divide_by=cleaned.get("divide_by"),
                label=cleaned.get("priced_unit"),
                round="up" if cleaned.get("begun_units") else None,
            )
        if "filters_text" in self.fields:
            raw["filters"] = self._read("filters_text", read_filters, cleaned)
            raw["event_rounding"] = _given(
                increment=cleaned.get("event_increment"), minimum=cleaned.get("event_minimum")
            )
        return raw

    def _read(self, field: str, read: Callable[[str], object], cleaned: dict[str, Any]) -> object:
        try:
            return read(cleaned.get(field) or "")
        except NotALine as error:
            self.add_error(field, str(error))
            return None


def has_counted(meter: Meter) -> bool:
    """Return whether events were counted by the meter, so that what it counts is fixed."""
    return meter.pk is not None and DimensionSet.objects.filter(meter=meter).exists()


def _shown(meter: Meter) -> dict[str, object]:
    rounding, conversion = meter.quantity_rounding, meter.unit_conversion
    return {
        "filters_text": filters_text(meter.filters),
        "event_increment": meter.event_rounding.get("increment", ""),
        "event_minimum": meter.event_rounding.get("minimum", ""),
        "credit_units_text": credit_units_text(meter.credit_units),
        "rounding_mode": rounding.get("mode", ""),
        "rounding_places": rounding.get("places", ""),
        "divide_by": conversion.get("divide_by", ""),
        "priced_unit": conversion.get("label", ""),
        "begun_units": conversion.get("round") == "up",
    }


def _given(**parts: object) -> dict[str, object]:
    return {name: part for name, part in parts.items() if part not in (None, "")}


def _field_of(problem: Problem) -> str | None:
    keys = ".".join(map(str, problem.path[:2])), str(problem.path[0])
    return next((FIELD_OF[key] for key in keys if key in FIELD_OF), None)
