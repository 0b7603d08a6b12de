"""What the list of invoices is narrowed to."""

from collections.abc import Sequence
from typing import Any

from django import forms

from portal.queries.invoices import STATES, InvoiceFilter


class InvoiceFilterForm(forms.Form):
    """State, year and a part of the number, as they stand in the address."""

    state = forms.ChoiceField(required=False, choices=[("", "Any"), *STATES.items()])
    year = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    number = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, years: Sequence[int]) -> None:
        super().__init__(data)
        year = self.fields["year"]
        assert isinstance(year, forms.TypedChoiceField)
        year.choices = [("", "Any"), *((year, str(year)) for year in years)]

    def wanted(self) -> InvoiceFilter:
        """Return the filter of a valid form."""
        return InvoiceFilter(**self.cleaned_data)
