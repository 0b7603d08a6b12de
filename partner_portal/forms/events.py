"""Which events to list."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from values.calendar import local_midnight

DAYS_LISTED = 90
_STATES = {"": "All", "accepted": "Accepted", "quarantined": "In quarantine", "void": "Void"}
# Days that can be turned into instants with room for the one after.
_DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(9000, 1, 1))]


def _text(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        validators=_DAYS,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a day as 2024-11-30."},
    )


class EventFilterForm(forms.Form):
    """Customer, name, state and days (of UTC), or one idempotency key."""

    customer = _text("Customer id")
    event_name = _text("Event name")
    status = forms.ChoiceField(label="State", choices=list(_STATES.items()), required=False)
    first = _day("From")
    last = _day("To")
    key = _text("Idempotency key")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first.")
        return cleaned

    def span(self, *, now: datetime) -> tuple[datetime | None, datetime | None]:
        """
        Return the bounds `[since, before)` of a valid form's days.

        Without a first day it begins so many days before the last one, or before now: a list
        of everything ever sent has no end. One key is looked for at any time.
        """
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        before = None if last is None else local_midnight(last + timedelta(days=1), "UTC")
        if first is None and not self.cleaned_data["key"]:
            return (before or now) - timedelta(days=DAYS_LISTED), before
        return None if first is None else local_midnight(first, "UTC"), before
