"""The form of a price: its kind, and a meter where it counts usage or calls."""

from typing import Any

from django import forms
from django.http import HttpRequest

from catalog.models import Price
from catalog.models.price import PriceKindChoice
from usage.models import Meter

COUNTING = (PriceKindChoice.USAGE.value, PriceKindChoice.CALL.value)


def kind_of_request(request: HttpRequest, price: Price | None) -> str:
    """Return the kind that a form is for: as it was sent, as the address says, as it is stored."""
    asked = request.POST if request.method == "POST" else request.GET
    stored = price.kind if price is not None else PriceKindChoice.USAGE.value
    kind = asked.get("kind", stored)
    return kind if kind in PriceKindChoice.values else stored


class PriceForm(forms.ModelForm):
    """A price; a fee has no meter, whatever was chosen before."""

    class Meta:
        model = Price
        fields = ("legal_entity", "code", "product", "kind", "meter")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].help_text = "What it charges for; fixed once there is a version."
        if "meter" in self.fields:
            self.fields["meter"].help_text = "What is counted: of usage and of calls."

    def clean_meter(self) -> Meter | None:
        meter: Meter | None = self.cleaned_data["meter"]
        kind = self.cleaned_data.get("kind") or self.instance.kind
        if kind in COUNTING and meter is None:
            raise forms.ValidationError("Choose what is counted.")
        if kind == PriceKindChoice.CALL and meter is not None and not meter.calls:
            raise forms.ValidationError(
                "The events of this meter are not phone calls; say so on the meter's own page."
            )
        return meter

    def _post_clean(self) -> None:
        if "meter" not in self.fields and "kind" in self.fields:
            self.instance.meter = None
        super()._post_clean()  # type: ignore[misc]
