"""An entry's match in a form: a box for each group key, JSON for the rest."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from catalog.admin.ordered_rows import OrderedForm
from invoicing.rating.match_format import match_as_json, parse_match
from values.problems import InvalidTerms

VALUE_HELP = (
    'Empty: not asked. * is any value, null is absent; ["visa", "amex"] is a list, '
    '{"gte": "128000"} a range.'
)
OTHER_HELP = 'Other properties as JSON, such as {"model": "fast"}.'


class MatchForm(OrderedForm):
    """An entry whose match is put together from `group_keys` and `other`."""

    group_keys: Sequence[str] = ()
    other = forms.CharField(
        label="Other properties",
        required=False,
        max_length=4000,
        help_text=OTHER_HELP,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    priority = forms.IntegerField(
        required=False,
        initial=0,
        min_value=-(2**31),
        max_value=2**31 - 1,
        widget=forms.NumberInput(attrs={"size": 4}),
        help_text="Higher first.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = dict(self.instance.match or {})
        for index, key in enumerate(self.group_keys):
            if key in stored:
                self.initial[f"key_{index}"] = text_of(stored.pop(key))
        if stored:
            self.initial["other"] = json.dumps(stored, ensure_ascii=False)

    def clean_priority(self) -> int:
        return self.cleaned_data["priority"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        raw: dict[str, Any] = {}
        for index, key in enumerate(self.group_keys):
            text = (cleaned.get(f"key_{index}") or "").strip()
            if text:
                raw[key] = self._read(f"key_{index}", text)
        other = (cleaned.get("other") or "").strip()
        if other:
            read = self._read("other", other)
            if isinstance(read, dict):
                raw.update(read)
            elif "other" not in self.errors:
                self.add_error("other", 'Write an object such as {"model": "fast"}.')
        try:
            self.instance.match = match_as_json(parse_match(raw))
        except InvalidTerms as error:
            for problem in error.problems:
                self.add_error(None, problem.under("match").text())
        return cleaned

    def _read(self, name: str, text: str) -> Any:
        try:
            return read_value(text)
        except ValidationError as error:
            self.add_error(name, error)
            return None


def match_form(model: type[Model], group_keys: Sequence[str]) -> type[MatchForm]:
    """Return the form of an entry of `model` with a box for each of these keys."""
    boxes = {
        f"key_{index}": forms.CharField(
            label=key,
            required=False,
            max_length=1000,
            strip=False,
            help_text=VALUE_HELP,
            widget=forms.TextInput(attrs={"size": 16}),
        )
        for index, key in enumerate(group_keys)
    }
    meta = type("Meta", (), {"model": model, "fields": ("position", "rate", "priority")})
    return type("EntryForm", (MatchForm,), {**boxes, "Meta": meta, "group_keys": tuple(group_keys)})


def match_form_fields(group_keys: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of the rows."""
    boxes = [f"key_{index}" for index in range(len(group_keys))]
    return ("position", *boxes, "other", "rate", "priority")


def read_value(text: str) -> Any:
    """
    Return what a box says: JSON where it begins like JSON or is null, else the text itself.

    :raises ValidationError: it begins like JSON and is none.
    """
    if text[0] not in '[{"' and text != "null":
        return text
    try:
        value = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
        cannot_be_stored = "\\u0000" in text or _has_lone_surrogate(value)
    except ValueError as error:
        raise ValidationError(f"This begins like JSON and is none: {error}") from error
    except RecursionError as error:
        raise ValidationError(
            "This has too many brackets inside brackets; a list or a range has one pair."
        ) from error
    if cannot_be_stored:
        raise ValidationError("A character in this cannot be stored.")
    return value


def _has_lone_surrogate(value: Any) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in json.dumps(value, ensure_ascii=False))


def text_of(value: Any) -> str:
    """Return what a box shows for a stored value; `read_value` reads it back."""
    if isinstance(value, str) and value and value[0] not in '[{"' and value != "null":
        return value
    return json.dumps(value, ensure_ascii=False)
