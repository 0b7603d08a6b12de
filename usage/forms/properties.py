"""What the columns of a file become as properties: a form for each."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory

from usage.files.mapping import FileMapping, Origin, PropertyRule, PropertyType
from usage.forms.mapping_words import is_plain, property_words, read_values, values_text
from values.exact import NotExact, exact_decimal, plain

# A form of more fields is refused by the web server's own limit.
MOST_ROWS = 150


class PropertyForm(forms.Form):
    """What one column becomes in the event; without a name it is left out."""

    column = ""

    name = forms.CharField(required=False, max_length=200)
    type = forms.ChoiceField(choices=[(each.value, each.value) for each in PropertyType])
    values = forms.CharField(required=False, max_length=2000, widget=forms.TextInput)
    factor = forms.CharField(
        required=False, max_length=40, widget=forms.TextInput(attrs={"size": 6})
    )

    def clean_values(self) -> dict[str, str]:
        """Return what each value means."""
        try:
            return read_values(self.cleaned_data["values"])
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def clean_factor(self) -> Any:
        """Return the number that values are multiplied by, None without one."""
        text = self.cleaned_data["factor"].strip()
        try:
            return exact_decimal(text) if text else None
        except NotExact as error:
            raise ValidationError(str(error)) from error

    def rule(self, before: PropertyRule) -> PropertyRule | None:
        """Return the property as it was entered, None where the column is left out."""
        entered = self.cleaned_data
        if not entered["name"].strip():
            return None
        kind = PropertyType(entered["type"])
        counts = kind in {PropertyType.NUMBER, PropertyType.DURATION}
        return replace(
            before,
            name=entered["name"].strip(),
            type=kind,
            values=entered["values"],
            factor=entered["factor"] if counts else None,
            zero_where=before.zero_where if counts else None,
            since=before.since if kind is PropertyType.DURATION else "",
        )


_PropertyForms = formset_factory(PropertyForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def property_forms(
    base: FileMapping, columns: Sequence[str], data: Any = None
) -> tuple[Any, list[PropertyRule]]:
    """Return a form for each property and each other column, and the rules they begin from."""
    rules = list(base.events[0].properties)
    plain_rules = (rule for rule in rules if is_plain(rule.origin) and not rule.since)
    taken = {name for rule in plain_rules for name in rule.origin.columns}
    rules += [PropertyRule("", Origin((name,))) for name in columns if name not in taken]
    rules = rules[:MOST_ROWS]
    initial = [
        {
            "name": rule.name,
            "type": rule.type.value,
            "values": values_text(rule.values),
            "factor": "" if rule.factor is None else plain(rule.factor),
        }
        for rule in rules
    ]
    forms_ = _PropertyForms(data, initial=initial, prefix="property")
    for form, rule in zip(forms_, rules, strict=False):
        form.column = property_words(rule)
        for name, field in form.fields.items():
            field.widget.attrs["aria-label"] = f"{name} of {form.column}"
    return forms_, rules


def entered_properties(forms_: Any, rules: Sequence[PropertyRule]) -> list[PropertyRule]:
    """
    Return the properties that were entered.

    :raises ValidationError: a name stands twice.
    """
    found: list[PropertyRule] = []
    for form, before in zip(forms_, rules, strict=False):
        rule = form.rule(before)
        if rule is None:
            continue
        if any(other.name == rule.name for other in found):
            raise ValidationError(f"The property '{rule.name}' stands twice.")
        found.append(rule)
    return found
