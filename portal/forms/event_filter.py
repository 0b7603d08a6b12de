"""What the events behind a line are narrowed to."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from values.calendar import local_midnight

# Days that every time zone's calendar can turn into instants.
_DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(9000, 1, 1))]


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
    """First and last day, and the key under which an event was sent."""

    first = _day("From")
    last = _day("To")
    key = forms.CharField(
        label="Key",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first.")
        return cleaned

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """Return the bounds `[start, end)` of a valid form's days in a zone."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return (
            None if first is None else local_midnight(first, zone),
            None if last is None else local_midnight(last + timedelta(days=1), zone),
        )
