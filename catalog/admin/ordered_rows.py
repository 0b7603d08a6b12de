"""Inline rows with a place; a row without one comes last."""

from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst


class OrderedForm(forms.ModelForm):
    """A row whose place may be left empty."""

    position = forms.IntegerField(
        label="Order",
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "vPositiveSmallIntegerField", "size": 4}),
        help_text="Empty: last.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.pop("position", None)
        for name, field in self.fields.items():
            # The head of the table has the labels; each box says its own to who cannot see it.
            widget: Any = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", capfirst(field.label or name))


class OrderedFormSet(BaseInlineFormSet):
    """Rows in the order of their places, then as they stand in the form."""

    def clean(self) -> None:
        super().clean()
        rows = self.kept_forms()
        given = [form.cleaned_data.get("position") for form in rows]
        following = max((place for place in given if place is not None), default=-1) + 1
        for form, place in zip(rows, given, strict=True):
            if place is None:
                form.instance.position = following
                following += 1

    def kept_forms(self) -> list[Any]:
        """Return the valid rows that are filled in and not to be deleted."""
        return [
            form
            for form in self.forms
            if hasattr(form, "cleaned_data")
            and (form.instance.pk is not None or form.has_changed())
            and not (self.can_delete and form.cleaned_data.get(DELETION_FIELD_NAME))
        ]
