"""Days in forms: a plain date is local midnight, an end is typed as the last day that counts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, cast

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey

from values.calendar import date_or_time, last_day, local_date, local_midnight

_FIRST_YEAR, _LAST_YEAR = 2000, 9998


class DayField(forms.CharField):
    """
    The first day of a range, such as 2024-11-01, or an exact time with its offset.

    Cleans to a date or an aware datetime; `instant` makes it a time in the zone of the form.
    """

    widget = AdminDateWidget
    default_error_messages = {
        "day": "Write a date such as 2024-11-01, or a time with its offset such as "
        "2024-11-01T09:30:00Z.",
        "year": f"The year must be {_FIRST_YEAR} to {_LAST_YEAR}.",
    }

    def to_python(self, value: Any) -> date | datetime | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        day = _read(text)
        if day is None:
            raise ValidationError(self.error_messages["day"], code="day")
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise ValidationError(self.error_messages["year"], code="year")
        return day

    def run_validators(self, value: Any) -> None:
        """Text was checked while it was read."""

    def instant(self, value: date | datetime, zone: str) -> datetime:
        """Return the time in UTC at which the day begins in the zone."""
        return value if isinstance(value, datetime) else local_midnight(value, zone)

    def text(self, instant: datetime, zone: str) -> str:
        """Return what a person would have typed."""
        return date_or_time(instant, zone)


class LastDayField(DayField):
    """The last day of a range that counts; the stored end is the midnight after it."""

    def instant(self, value: date | datetime, zone: str) -> datetime:
        """Return the time in UTC at which the day is over in the zone."""
        if isinstance(value, datetime):
            return value
        return local_midnight(value + timedelta(days=1), zone)

    def text(self, instant: datetime, zone: str) -> str:
        """Return the last day, or the time where the end is no local midnight."""
        if local_midnight(local_date(instant, zone), zone) == instant:
            return last_day(instant, zone).isoformat()
        return date_or_time(instant, zone)


class ZonedForm(forms.ModelForm):
    """
    A form whose days are read in the zone of the row that another of its fields names.

    That row, of the field `zone_of`, has a time zone of its own, or its legal entity has.
    """

    zone_of: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self._day_fields():
            stored = getattr(self.instance, name, None)
            if isinstance(stored, datetime):
                self.initial[name] = field.text(stored, self.zone())

    def zone(self) -> str:
        """Return the zone, from what was entered or from the stored row; UTC if unknown."""
        entered = getattr(self, "cleaned_data", {}).get(self.zone_of)
        column = cast(ForeignKey, self.instance._meta.get_field(self.zone_of))
        is_stored = getattr(self.instance, column.attname) is not None
        owner = entered or (getattr(self.instance, self.zone_of) if is_stored else None)
        if owner is None:
            return "UTC"
        return str(owner.timezone if hasattr(owner, "timezone") else owner.legal_entity.timezone)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, field in self._day_fields():
            if cleaned.get(name) is not None:
                cleaned[name] = field.instant(cleaned[name], self.zone())
        return cleaned

    def _day_fields(self) -> list[tuple[str, DayField]]:
        return [(name, f) for name, f in self.fields.items() if isinstance(f, DayField)]


def _read(text: str) -> date | datetime | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if instant.utcoffset() is None else instant.astimezone(UTC)
