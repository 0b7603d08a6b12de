"""The event browser's search: what staff type, and the address that shows exactly some events."""

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

from accounts.admin.pages.days import DayField, LastDayField
from accounts.admin.pages.words import utc_text
from accounts.models import Customer
from usage.models import DimensionSet, Meter
from usage.queries.event_browser import EventSearch, combinations

_SNAPSHOT = re.compile(r"\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?", re.ASCII)


class EventSearchForm(forms.Form):
    """Customer, meter, dimensions and time; a line's link names one combination and what it saw."""

    customer = forms.CharField(required=False, max_length=200, help_text="External id or cus_….")
    meter = forms.ModelChoiceField(Meter.objects.all(), required=False, empty_label="any meter")
    dimensions = forms.CharField(
        required=False, max_length=500, help_text="region=US; call_outcome=resolved"
    )
    start = DayField(label="From", required=False)
    end = LastDayField(label="To", required=False, help_text="The last day that counts.")
    combination = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )
    seen = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    zone = "UTC"

    def clean_customer(self) -> Customer | None:
        text = self.cleaned_data["customer"].strip()
        if not text:
            return None
        uid = Customer.uid_of(text)
        named = Q(external_id=text) if uid is None else Q(uid=uid)
        customer = Customer.objects.filter(named).first()
        if customer is None:
            raise ValidationError(f"There is no customer {text!r}.")
        return customer

    def clean_dimensions(self) -> dict[str, str | None]:
        values: dict[str, str | None] = {}
        for pair in filter(None, map(str.strip, self.cleaned_data["dimensions"].split(";"))):
            name, sign, value = pair.partition("=")
            if not sign:
                raise ValidationError("Write pairs such as region=US; call_outcome=resolved.")
            values[name.strip()] = None if value == "null" else value
        return values

    def clean_seen(self) -> str | None:
        text: str = self.cleaned_data["seen"]
        if text and not _SNAPSHOT.fullmatch(text):
            raise ValidationError("This is no snapshot.")
        return text or None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        customer, meter = cleaned.get("customer"), cleaned.get("meter")
        if customer:
            self.zone = customer.timezone
        if meter and not customer and "customer" not in self.errors:
            self.add_error("customer", "To look for a meter's events, name the customer as well.")
        narrowed = cleaned.get("dimensions") or cleaned.get("combination")
        if narrowed and not meter and "meter" not in self.errors:
            self.add_error("meter", "Dimensions are those of a meter: choose one.")
        return cleaned

    def search(self) -> EventSearch:
        """Return the search of a valid form."""
        entered = self.cleaned_data
        customer, meter = entered["customer"], entered["meter"]
        dimension_ids = None
        if meter and entered["dimensions"]:
            dimension_ids = combinations(meter_id=meter.pk, values=entered["dimensions"])
        if entered["combination"]:
            dimension_ids = [entered["combination"]]
        return EventSearch(
            customer_id=customer and customer.pk,
            meter_id=meter and meter.pk,
            dimension_ids=dimension_ids,
            start=self._instant("start"),
            end=self._instant("end"),
            snapshot=entered["seen"],
        )

    def combination_shown(self) -> DimensionSet | None:
        """Return the one combination that a link asks for."""
        wanted = self.cleaned_data["combination"]
        return DimensionSet.objects.filter(pk=wanted).first() if wanted else None

    def _instant(self, name: str) -> datetime | None:
        value: date | datetime | None = self.cleaned_data[name]
        field = self.fields[name]
        assert isinstance(field, DayField)
        return None if value is None else field.instant(value, self.zone)


def events_address(
    *,
    customer: str,
    meter_id: int,
    combination: int | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    seen: str = "",
) -> str:
    """Return the address of the browser that lists exactly these events."""
    wanted = {
        "customer": customer,
        "meter": meter_id,
        "combination": combination or "",
        "start": utc_text(start) if start else "",
        "end": utc_text(end) if end else "",
        "seen": seen,
    }
    given = {name: value for name, value in wanted.items() if value}
    return f"{reverse('admin:usage_event_changelist')}?{urlencode(given)}"
