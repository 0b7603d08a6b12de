"""A new API key, and how one is replaced."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from accounts.models import KeyMode, Partner, Scope

_LIFETIMES = {"30": "30 days", "90": "90 days", "365": "One year", "": "No end"}
_OVERLAPS = {
    "0": "None: the old key ends at once",
    "1": "1 hour",
    "24": "24 hours",
    "168": "7 days",
    "720": "30 days",
}


class NewKeyForm(forms.Form):
    """What the key is for, what it may do, how long it works."""

    name = forms.CharField(
        max_length=100,
        label="Name",
        help_text="Where it is used, as in “production server”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mode = forms.ChoiceField(
        label="Live or test",
        choices=[
            (KeyMode.TEST.value, "Test: reaches sandbox customers alone"),
            (KeyMode.LIVE.value, "Live: reaches your other customers; what it sends is billed"),
        ],
        widget=forms.RadioSelect,
    )
    scopes = forms.MultipleChoiceField(
        label="May",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "A key without a scope may do nothing: choose at least one."},
    )
    lifetime = forms.ChoiceField(
        label="Works for",
        choices=list(_LIFETIMES.items()),
        required=False,
        initial="90",
        help_text="These pages warn two weeks before it ends; replace it then without a break.",
    )

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (scope.value, f"{scope.label} ({scope.value})".capitalize())
            for scope in Scope
            if scope in partner.scopes_to_give
        ]

    def expires_at(self, *, now: datetime) -> datetime | None:
        """Return the end that a valid form asks for, None for no end."""
        days = self.cleaned_data["lifetime"]
        return now + timedelta(days=int(days)) if days else None


class RotateForm(forms.Form):
    """How long the old key goes on working."""

    overlap_hours = forms.TypedChoiceField(
        label="Both keys work for",
        choices=list(_OVERLAPS.items()),
        initial="24",
        coerce=int,
        help_text="Time to put the new key where the old one is.",
    )
