"""Which usage to show, as it stands in the address."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from portal.queries.usage import UsageSearch
from usage.queries.used_meters import UsedMeter
from values.calendar import local_date, local_midnight
from values.period import Period

MOST_DAYS = 400
THIS, LAST, DAYS_30, CUSTOM = "this", "last", "30", "dates"
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


class UsageSearchForm(forms.Form):
    """A meter, a range of time, and the property whose values stand apart."""

    meter = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    range = forms.ChoiceField(
        required=False,
        label="Time",
        choices=[
            (THIS, "This period"),
            (LAST, "Last period"),
            (DAYS_30, "Last 30 days"),
            (CUSTOM, "These dates:"),
        ],
    )
    first = forms.DateField(
        required=False,
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        required=False,
        label="To",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    by = forms.ChoiceField(required=False, label="Group by")

    def __init__(
        self,
        data: Any,
        *,
        meters: Sequence[UsedMeter],
        periods: tuple[Period | None, Period | None],
        zone: str,
        now: datetime,
    ) -> None:
        """`periods` are the running one and the one before; `now` is the customer's."""
        data = data.copy()
        data["range"] = data.get("range") or (THIS if periods[0] else DAYS_30)
        super().__init__(data)
        self.meters = {meter.code: meter for meter in meters}
        self.periods, self.zone, self.now = periods, zone, now
        self._offer("meter", [(code, meter.name) for code, meter in self.meters.items()])
        keys = [] if self.chosen_meter is None else self.chosen_meter.group_keys
        self._offer("by", [("", "Nothing"), *((key, key_words(key)) for key in keys)])
        if keys and "by" not in data:
            data["by"] = keys[0]

    @property
    def chosen_meter(self) -> UsedMeter | None:
        """Return the meter that is asked for, else the first one; None where there is none."""
        asked = self.meters.get(self.data.get("meter") or "")
        return asked or next(iter(self.meters.values()), None)

    def clean(self) -> dict[str, Any]:
        """Find the stretch of time, or say what is wrong with it."""
        cleaned: dict[str, Any] = super().clean() or {}
        asked = cleaned.get("range")
        if asked == CUSTOM:
            cleaned["period"] = self._between(cleaned.get("first"), cleaned.get("last"))
        elif asked == DAYS_30:
            today = local_date(self.now, self.zone)
            cleaned["period"] = self._days(today - timedelta(days=29), today)
        elif asked:
            cleaned["period"] = self.periods[asked == LAST]
            if cleaned["period"] is None:
                self.add_error("range", "There is no such period; choose dates instead.")
        return cleaned

    def wanted(self) -> UsageSearch:
        """Return what a valid form asks for; there is a meter."""
        assert self.chosen_meter is not None
        return UsageSearch(
            meter_id=self.chosen_meter.meter_id,
            period=self.cleaned_data["period"],
            key=self.cleaned_data["by"] or None,
        )

    def _between(self, first: date | None, last: date | None) -> Period | None:
        for name, day in (("first", first), ("last", last)):
            if name in self.errors:
                return None
            if day is None:
                self.add_error(name, "Choose a day.")
            elif not _EARLIEST <= day < _LATEST:
                self.add_error(name, "Choose a day between 2000 and 2099.")
        if self.errors or first is None or last is None:
            return None
        if last < first:
            self.add_error("last", "The last day lies before the first.")
            return None
        if (last - first).days >= MOST_DAYS:
            self.add_error("last", f"Choose at most {MOST_DAYS} days.")
            return None
        return self._days(first, last)

    def _days(self, first: date, last: date) -> Period:
        after = last + timedelta(days=1)
        return Period(local_midnight(first, self.zone), local_midnight(after, self.zone))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def key_words(key: str) -> str:
    """Return a property's name as people read it: ``Call outcome``."""
    return key.replace("_", " ").capitalize()
