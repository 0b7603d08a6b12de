"""The forms of backfills: opening one, and choosing the file whose events it stages."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Customer
from usage.models import Backfill, Source, UsageFile
from usage.operations.backfills.stage_file import stageable_files
from values.period import Period

_EARLIEST, _LATEST = 2000, 9998


class _Moment(forms.DateTimeField):
    """A date and a time in UTC, by the browser's own box where it has one."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self, value: Any) -> datetime:
        at: datetime = super().clean(value).astimezone(UTC)
        if not _EARLIEST <= at.year <= _LATEST:
            raise ValidationError(f"A year from {_EARLIEST} to {_LATEST}.")
        return at


class OpenBackfillForm(forms.Form):
    """Whose events of which time are sent anew, and why."""

    source = forms.ModelChoiceField(
        Source.objects.select_related("partner").order_by("partner__name", "mode"),
        help_text="Its keys are met: what the source sent already is known.",
    )
    customer = forms.CharField(
        required=False,
        max_length=200,
        help_text="An external id or cus_…; empty: events of all customers.",
    )
    start = _Moment(label="From (UTC)")
    end = _Moment(label="To (UTC)", help_text="The first moment that is not of it.")
    event_name = forms.CharField(required=False, max_length=255, help_text="Empty: of every name.")
    replaces_existing = forms.BooleanField(
        required=False,
        label="It is all there was",
        help_text="Other events of this source, time, customer and name become void when it is "
        "closed. A page tells how many, and the money, before that.",
    )
    reason = forms.CharField(
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Kept for ever; it stands on each event that becomes void.",
    )

    def clean_customer(self) -> Customer | None:
        """Return the customer, None for all."""
        named = self.cleaned_data["customer"].strip()
        if not named:
            return None
        found = Customer.with_public_id(named) or Customer.objects.filter(external_id=named).first()
        if found is None:
            raise ValidationError("There is no such customer.")
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a customer that the source may not send for, and a time that is none."""
        entered = super().clean() or {}
        source, customer = entered.get("source"), entered.get("customer")
        if source and customer and not source.partner.customers.filter(pk=customer.pk).exists():
            self.add_error("customer", f"{source.partner} does not send for this customer.")
        start, end = entered.get("start"), entered.get("end")
        if start and end:
            if start >= end:
                self.add_error("end", "The end is after the start.")
            else:
                entered["span"] = Period(start, end)
        return entered


class StageFileForm(forms.Form):
    """A file of the source that is mapped and was not imported."""

    file = forms.ModelChoiceField(UsageFile.objects.none())

    def __init__(self, *args: Any, backfill: Backfill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = stageable_files(backfill=backfill).order_by("-uploaded_at")
