"""What the price tester asks: the questions of the price's kind, several cases at once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from accounts.admin.pages.days import DayField
from invoicing.admin.tested_price import Asked, TestedPrice
from invoicing.rating.price import PriceKind
from usage.metering.meter import Aggregation
from values.exact import NotExact, exact_decimal

MOST_CASES = 20
MOST_VALUES = 200
MOST_DAYS = 31
MOST_RINGS = 3600
_OF_A_DAY = (PriceKind.RECURRING, PriceKind.SEAT)


class ExactField(forms.CharField):
    """An exact number."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        return read_number(text) if text else None

    def run_validators(self, value: Any) -> None:
        """The number was checked while it was read."""


class CasesField(forms.CharField):
    """Cases, one a line; with `many` each has several numbers, apart by blanks."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"})

    def __init__(self, *, many: bool, **kwargs: Any) -> None:
        super().__init__(max_length=10_000, **kwargs)
        self.many = many

    def to_python(self, value: Any) -> list[tuple[Decimal, ...]]:  # type: ignore[override]
        lines = [line for line in (super().to_python(value) or "").splitlines() if line.strip()]
        if len(lines) > MOST_CASES:
            raise ValidationError(f"At most {MOST_CASES} cases are priced at once.")
        cases = [tuple(read_number(word) for word in line.split()) for line in lines]
        if not self.many and any(len(case) > 1 for case in cases):
            raise ValidationError("Write one number a line; each is a case of its own.")
        if any(len(case) > MOST_VALUES for case in cases):
            raise ValidationError(f"At most {MOST_VALUES} values are taken in one case.")
        return cases

    def run_validators(self, value: Any) -> None:
        """The numbers were checked while they were read."""


def read_number(text: str) -> Decimal:
    """:raises ValidationError: it is no exact number."""
    try:
        return exact_decimal(text.replace("_", ""))
    except NotExact as error:
        raise ValidationError(str(error)) from error


class TesterForm(forms.Form):
    """What to price."""

    def __init__(self, tested: TestedPrice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tested = tested
        if cases := _cases_field(tested):
            self.fields["quantity"] = cases
        for index, code in enumerate(tested.measured()):
            self.fields[f"measure_{index}"] = ExactField(
                label=f"Quantity of {code}", help_text="What the meter comes to in the period."
            )
        for index, code in enumerate(tested.looked_at()):
            self.fields[f"amount_{index}"] = ExactField(
                label=f"Lines of {code}", help_text="What they come to in the period."
            )
        self.fields["at"] = DayField(label="Time", help_text=_time_help(tested))
        if tested.kind in _OF_A_DAY:
            self.fields["days"] = forms.IntegerField(
                required=False, min_value=1, max_value=MOST_DAYS,
                help_text="The first days of the month; empty: all of it.",
            )  # fmt: skip
        if tested.kind is PriceKind.CALL:
            self.fields["unanswered"] = forms.BooleanField(label="Not answered", required=False)
        if tested.from_setup:
            self.fields["rings"] = forms.IntegerField(
                label="Seconds before the answer", required=False, min_value=0,
                max_value=MOST_RINGS,
            )  # fmt: skip
        for index, name in enumerate(tested.counted_by()):
            self.fields[f"counted_{index}"] = ExactField(
                label=f"Number of {name}", help_text="The allowance is given for each."
            )
        for index, name in enumerate(tested.properties()):
            self.fields[f"property_{index}"] = forms.CharField(
                label=name, required=False, max_length=1000, strip=False, help_text="Empty: absent."
            )

    def asked(self) -> list[Asked]:
        """Return the cases, one where there is nothing to count."""
        entered = self.cleaned_data
        return [
            Asked(
                at=self._at(entered["at"]),
                values=values,
                properties=self._named("property", self.tested.properties()),
                days=entered.get("days"),
                quantities=self._named("counted", self.tested.counted_by()),
                measures=self._named("measure", self.tested.measured()),
                amounts=self._named("amount", self.tested.looked_at()),
                rings=entered.get("rings") or 0,
                is_answered=not entered.get("unanswered"),
            )
            for values in entered.get("quantity", [()])
        ]

    def _named(self, kind: str, names: list[str]) -> dict[str, Any]:
        values = ((name, self.cleaned_data[f"{kind}_{i}"]) for i, name in enumerate(names))
        return {name: value for name, value in values if value not in (None, "")}

    def _at(self, entered: date | datetime) -> datetime:
        field = self.fields["at"]
        assert isinstance(field, DayField)
        if self.tested.kind is PriceKind.CALL and not isinstance(entered, datetime):
            noon = datetime.combine(entered, time(12), ZoneInfo(self.tested.zone))
            return noon.astimezone(UTC)
        return field.instant(entered, self.tested.zone)


def initial_values(tested: TestedPrice, *, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what the boxes hold at first."""
    yield "quantity", "60" if tested.kind is PriceKind.CALL else "1"
    yield "at", now.astimezone(ZoneInfo(tested.zone)).date().isoformat()
    for index, name in enumerate(tested.properties()):
        if tested.kind is PriceKind.CALL and name == "direction":
            yield f"property_{index}", "outbound"
    for index, _ in enumerate(tested.counted_by()):
        yield f"counted_{index}", "1"


def _cases_field(tested: TestedPrice) -> CasesField | None:
    one_a_line = "One a line: each is priced by itself."
    if tested.kind is PriceKind.CALL:
        text = "Of each call. One case a line, its calls apart by blanks, such as 78 120."
        return CasesField(many=True, label="Seconds", help_text=text)
    if tested.kind is PriceKind.SEAT:
        return CasesField(many=False, label="Seats", help_text=one_a_line)
    if tested.meter is None:
        return None
    if tested.goes_by_value:
        text = "What each event is worth. One case a line, its events apart by blanks."
        return CasesField(many=True, label="Values of events", help_text=text)
    words = [f"In {_unit(tested)}." if _unit(tested) else "", one_a_line]
    if tested.counts_outcomes:
        words.append("Each is an outcome whose window has passed.")
    return CasesField(many=False, label="Quantity", help_text=" ".join(filter(None, words)))


def _unit(tested: TestedPrice) -> str:
    meter = tested.meter
    if meter is None or not meter.unit:
        return ""
    if meter.aggregation in (Aggregation.MAX, Aggregation.LATEST, Aggregation.WEIGHTED_SUM):
        return f"{meter.unit}s, as the month's {meter.aggregation.value.replace('_', ' ')}"
    return f"{meter.unit}s"


def _time_help(tested: TestedPrice) -> str:
    if tested.kind is PriceKind.CALL:
        return "When the calls are answered: a time with its offset, or a date for its noon."
    return "A date or a time with its offset; the month around it is billed."
