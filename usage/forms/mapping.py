"""What the columns of a file mean, as a form that needs no scripts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from accounts.admin.pages.billing_admin import TimeZoneSelect
from usage.files.encodings import Encoding
from usage.files.formats.csv_rows import DELIMITERS
from usage.files.mapping import (
    Condition,
    EventRule,
    FileMapping,
    KeyRule,
    Origin,
    PropertyRule,
    TimeRule,
)
from usage.files.times import TimeFormat, Twice
from usage.forms.mapping_words import is_plain, origin_words
from usage.models import UsageFile

_AS_IT_IS = "\x1fas it is"
_CONSTANT = "\x1fconstant"
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_TIME_FORMATS = (
    (TimeFormat.AUTO.value, "2024-11-05 10:00:00, seconds or milliseconds since 1970"),
    (TimeFormat.MONTH_FIRST.value, "month first: 11/05/2024 10:00 PM"),
    (TimeFormat.DAY_FIRST.value, "day first: 05.11.2024 22:00"),
    (TimeFormat.EPOCH_SECONDS.value, "seconds since 1970"),
    (TimeFormat.EPOCH_MILLISECONDS.value, "milliseconds since 1970"),
)
_TWICE = (
    (Twice.REFUSED.value, "refused"),
    (Twice.EARLIER.value, "the earlier one"),
    (Twice.LATER.value, "the later one"),
)


class OptionalZoneSelect(TimeZoneSelect):
    """Zones, and none."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = [("", "every time has its offset"), *self.choices]


class MappingForm(forms.Form):
    """Whose usage it is, what it is called, what it is known by, when it was; how text is read."""

    customer = forms.ChoiceField(
        label="Customer",
        help_text="An id of a customer, or a number or agent that one holds.",
    )
    customer_constant = forms.CharField(
        label="Always this customer", required=False, max_length=255
    )
    event_name = forms.ChoiceField(label="Event name")
    event_name_constant = forms.CharField(label="Always this name", required=False, max_length=255)
    key = forms.MultipleChoiceField(
        label="Key",
        required=False,
        help_text="Columns that together name the usage for ever, such as the call's id.",
    )
    key_of_content = forms.BooleanField(
        label="There is no key: take the whole row",
        required=False,
        help_text="Two rows that are alike in every column then count once.",
    )
    time = forms.ChoiceField(label="Time")
    time_format = forms.ChoiceField(label="Written as", choices=_TIME_FORMATS)
    zone = forms.CharField(
        label="Time zone of times without an offset", required=False, widget=OptionalZoneSelect
    )
    twice = forms.ChoiceField(
        label="A local time that comes twice is", choices=_TWICE, required=False
    )
    decimal_comma = forms.BooleanField(label="Numbers have a decimal comma", required=False)
    left_out_column = forms.ChoiceField(label="Leave out rows whose …", required=False)
    left_out_values = forms.CharField(
        label="… is one of", required=False, max_length=500, help_text="Parted by semicolons."
    )
    legs = forms.MultipleChoiceField(
        label="Events of each row", required=False, widget=forms.CheckboxSelectMultiple
    )
    encoding = forms.ChoiceField(label="Text is", required=False)
    delimiter = forms.ChoiceField(label="Columns are parted by", required=False)

    def __init__(
        self, *args: Any, file: UsageFile, base: FileMapping, columns: Sequence[str], **kwargs: Any
    ) -> None:
        self.base = base
        self.rule = base.events[0]
        super().__init__(*args, **{**kwargs, "initial": _initial(file, base)})
        # A mapping for objects of JSON may name what the first of them do not have.
        names = [(name, name) for name in dict.fromkeys([*columns, *sorted(base.columns())])]
        for field, origin in (
            ("customer", self.rule.customer),
            ("event_name", self.rule.event_name),
            ("time", self.rule.occurred_at.origin),
        ):
            kept = [] if is_plain(origin) else [(_AS_IT_IS, origin_words(origin))]
            constant = [] if field == "time" else [(_CONSTANT, "the same for every row:")]
            self._choices(field, [*kept, *names, *constant])
        self._choices("key", names)
        self._choices("left_out_column", [("", "no rows"), *names])
        if len(base.events) > 1:
            labels = [(str(i), _label(event, i)) for i, event in enumerate(base.events)]
            self._choices("legs", labels)
        else:
            del self.fields["legs"]
        self._text_fields(file)

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _text_fields(self, file: UsageFile) -> None:
        if file.format != "csv":
            del self.fields["delimiter"], self.fields["encoding"]
            return
        self._choices("delimiter", [
            ("", "found out"), *((mark, _DELIMITER_NAMES[mark]) for mark in DELIMITERS)
        ])  # fmt: skip
        if file.encoding == Encoding.UTF_16:
            del self.fields["encoding"]
            return
        self._choices("encoding", [
            (Encoding.UTF_8.value, "UTF-8"),
            (Encoding.WINDOWS_1252.value, "Windows-1252 (old spreadsheets of the west)"),
        ])  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("customer", "event_name"):
            if cleaned.get(name) == _CONSTANT and not cleaned.get(f"{name}_constant"):
                self.add_error(f"{name}_constant", "Write what it always is.")
        if bool(cleaned.get("key")) == bool(cleaned.get("key_of_content")):
            self.add_error("key", "Choose columns, or the whole row.")
        if "legs" in self.fields and not cleaned.get("legs"):
            self.add_error("legs", "Choose one at least.")
        return cleaned

    def mapping(self, properties: Sequence[PropertyRule]) -> FileMapping:
        """Return the mapping that was entered, with these properties of the first event."""
        entered = self.cleaned_data
        key = KeyRule(
            columns=tuple(entered["key"]),
            suffix=self.rule.key.suffix,
            of_content=entered["key_of_content"],
        )
        chosen = {int(leg) for leg in entered.get("legs", ["0"])}
        first = self._common(self.rule, key)
        events = [replace(first, properties=tuple(properties))]
        events += [
            self._common(event, replace(key, suffix=event.key.suffix))
            for event in self.base.events[1:]
        ]
        values = [part.strip() for part in entered["left_out_values"].split(";")]
        left_out = entered["left_out_column"]
        return FileMapping(
            events=tuple(event for i, event in enumerate(events) if i in chosen),
            left_out=Condition(left_out, tuple(filter(None, values))) if left_out else None,
            decimal_comma=entered["decimal_comma"],
        )

    def _common(self, event: EventRule, key: KeyRule) -> EventRule:
        """Return an event rule with what was entered for all events of a row."""
        entered = self.cleaned_data
        time = event.occurred_at.origin
        if event is self.rule:
            time = self._origin("time", time)
        return replace(
            event,
            customer=self._origin("customer", event.customer),
            event_name=self._origin("event_name", event.event_name),
            key=key,
            occurred_at=TimeRule(
                origin=time,
                format=TimeFormat(entered["time_format"]),
                zone=entered["zone"],
                twice=Twice(entered["twice"] or Twice.REFUSED),
            ),
        )

    def _origin(self, name: str, kept: Origin) -> Origin:
        chosen = self.cleaned_data[name]
        if chosen == _AS_IT_IS:
            return kept
        if chosen == _CONSTANT:
            return Origin(constant=self.cleaned_data[f"{name}_constant"])
        return Origin((chosen,))

    def text_reading(self) -> dict[str, Any]:
        """Return how the text of the file is read, as it was entered."""
        encoding = self.cleaned_data.get("encoding")
        return {
            "encoding": Encoding(encoding) if encoding else None,
            "delimiter": self.cleaned_data.get("delimiter"),
        }


def _initial(file: UsageFile, base: FileMapping) -> dict[str, Any]:
    rule = base.events[0]
    time = rule.occurred_at
    return {
        **_chosen("customer", rule.customer),
        **_chosen("event_name", rule.event_name),
        **_chosen("time", time.origin),
        "key": list(rule.key.columns),
        "key_of_content": rule.key.of_content,
        "time_format": time.format.value,
        "zone": time.zone,
        "twice": time.twice.value,
        "decimal_comma": base.decimal_comma,
        "left_out_column": base.left_out.column if base.left_out else "",
        "left_out_values": "; ".join(base.left_out.values) if base.left_out else "",
        "legs": [str(i) for i in range(len(base.events))],
        "encoding": file.encoding,
        "delimiter": file.delimiter,
    }


def _chosen(name: str, origin: Origin) -> dict[str, str]:
    if origin.constant:
        return {name: _CONSTANT, f"{name}_constant": origin.constant}
    return {name: origin.columns[0] if is_plain(origin) else _AS_IT_IS}


def _label(event: EventRule, place: int) -> str:
    return event.label or f"event {place + 1}"
