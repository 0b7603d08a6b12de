"""An event to send, and where a sandbox's clock goes."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from usage.intake.json_body import NotJson, read_json
from usage.intake.sent_event import Rejected, SentEvent, read_event
from values.calendar import local_midnight
from values.identifiers import uuid7

LONGEST_MOVE = timedelta(days=370)
_STEPS = {
    "hour": "One hour",
    "day": "One day",
    "week": "One week",
    "period": "To the end of the running period",
    "date": "To the day below",
}
_WIDTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


class SampleEventForm(forms.Form):
    """The body of one event, read by the same rules as the API's."""

    body = forms.CharField(
        label="Event",
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off", "class": "mono"}
        ),
        help_text="Sent with the source of your test keys: only sandbox customers are reached. "
        "Without occurred_at it happens now, by the customer's clock.",
    )

    def clean_body(self) -> SentEvent:
        try:
            event = read_event(read_json(self.cleaned_data["body"].encode()))
        except NotJson as error:
            raise forms.ValidationError(f"{error}.") from error
        except UnicodeEncodeError as error:
            raise forms.ValidationError("The text has a character that is none.") from error
        except Rejected as rejected:
            raise forms.ValidationError(
                [f"{fault.pointer or '/'}: {fault.detail}" for fault in rejected.faults]
            ) from rejected
        return event if event.idempotency_key else event.with_key(f"sample-{uuid7()}")


class ClockForm(forms.Form):
    """A step forward, or a day."""

    step = forms.ChoiceField(label="Move the clock", choices=list(_STEPS.items()), initial="day")
    day = forms.DateField(
        label="Day",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a day as 2024-11-30."},
    )

    def __init__(
        self, *args: Any, at: datetime, closes_at: datetime | None, zone: str, **kwargs: Any
    ) -> None:
        """Take where the clock stands, when the running period closes, and the zone of days."""
        super().__init__(*args, **kwargs)
        self.at, self.closes_at, self.zone = at, closes_at, zone

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        to = self._target(cleaned["step"], cleaned.get("day"))
        if to is not None and to <= self.at:
            self.add_error("day", "The clock only goes forward: choose a later day.")
        elif to is not None and to - self.at > LONGEST_MOVE:
            self.add_error("day", "The clock moves by a year at most; move it again from there.")
        return {**cleaned, "to": to}

    def _target(self, step: str, day: date | None) -> datetime | None:
        if step in _WIDTHS:
            return self.at + _WIDTHS[step]
        if step == "period":
            if self.closes_at is None:
                self.add_error("step", "No period runs: without a contract nothing is billed.")
            return self.closes_at
        if day is None or not date(2000, 1, 1) <= day < date(9000, 1, 1):
            self.add_error("day", "Choose a day.")
            return None
        return local_midnight(day, self.zone)
