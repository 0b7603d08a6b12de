"""Rates of a card as rows of a file: they make or extend drafts, never what is published."""

import re
from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Max
from import_export.fields import Field
from import_export.widgets import Widget

from accounts.admin.file_formats import UnreadableFile
from accounts.admin.imports import FileResource
from accounts.admin.pages.days import DayField
from catalog.admin.match_form import read_value, text_of
from catalog.models import RateCard, RateCardVersion, RateEntry
from invoicing.rating.match import canonical
from invoicing.rating.match_format import match_as_json, parse_match
from values.calendar import date_or_time
from values.exact import exact_decimal, plain
from values.problems import InvalidTerms

_OWN_COLUMNS = ("effective_from", "rate", "priority")
_LARGEST_PRIORITY = 2**31 - 1


class RateText(Widget):
    """A rate to its last digit."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """:raises NotExact: for anything but a plain number."""
        return exact_decimal(str(value or "").strip() or None)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the rate without trailing zeros."""
        return "" if value is None else plain(value)


class PriorityText(Widget):
    """A whole number; nothing is 0."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        """:raises ValueError: it is none, or none that can be stored."""
        text = str(value or "").strip() or "0"
        if not re.fullmatch(r"-?[0-9]{1,10}", text) or abs(int(text)) > _LARGEST_PRIORITY:
            raise ValueError(f"{text[:40]!r} is not a priority such as 0 or 10")
        return int(text)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the number."""
        return str(value or 0)


class MatchField(Field):
    """What an entry asks one group key for, as it is typed in the form of an entry."""

    def __init__(self, key: str) -> None:
        column = f"match.{key}" if key in _OWN_COLUMNS else key
        super().__init__(attribute=column, column_name=column)
        self.key = key

    def get_value(self, instance: Any) -> str:
        """Return the value as text; empty is not asked."""
        return text_of(instance.match[self.key]) if self.key in instance.match else ""

    def save(self, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        """:raises ValueError: the text begins like JSON and is none, or is no match."""
        text = str(row[self.column_name] or "").strip()
        match = {key: value for key, value in instance.match.items() if key != self.key}
        if text:
            try:
                value = read_value(text)
            except ValidationError as error:
                raise ValueError(" ".join(error.messages)) from error
            match[self.key] = match_as_json(parse_match({self.key: value}))[self.key]
        instance.match = match


class StartField(Field):
    """From when the version is in force, in the seller's zone."""

    def __init__(self, zone: str) -> None:
        super().__init__(attribute="effective_from", column_name="effective_from")
        self.zone = zone

    def get_value(self, instance: Any) -> str:
        """Return the day, or the time where it is no local midnight."""
        return date_or_time(instance.version.effective_from, self.zone)

    def save(self, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        """Do nothing: the version was found or made for the row."""


class RateResource(FileResource):
    """The entries of one card; an entry is known by its version, match and priority."""

    class Meta:
        model = RateEntry
        fields = ()
        import_id_fields = ("effective_from",)
        skip_unchanged = True
        clean_model_instances = True

    def __init__(self, *, card: RateCard, **kwargs: Any) -> None:
        super().__init__()
        self.card = card
        self.zone = card.legal_entity.timezone
        self.fields["effective_from"] = StartField(self.zone)
        for key in card.meter.group_keys:
            self.fields[key if key not in _OWN_COLUMNS else f"match.{key}"] = MatchField(key)
        self.fields["rate"] = Field("rate", "rate", widget=RateText())
        self.fields["priority"] = Field("priority", "priority", widget=PriorityText())
        self._versions: dict[datetime, RateCardVersion] = {}
        self._entries: dict[int, dict[Any, RateEntry]] = {}
        self._seen: set[Any] = set()

    def get_import_order(self) -> list[str]:
        """Return the columns: when, what for, how much."""
        return list(self.fields)

    def get_export_order(self) -> list[str]:
        """Return the same columns."""
        return list(self.fields)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """:raises UnreadableFile: for a column that nobody reads, or without rates."""
        super().before_import(dataset, **kwargs)
        missing = [name for name in ("effective_from", "rate") if name not in dataset.headers]
        if missing:
            raise UnreadableFile(f"The column '{missing[0]}' is missing.")

    def get_instance(self, instance_loader: Any, row: Any) -> RateEntry | None:
        """Return the entry of a draft that the row is about, if there is one."""
        version = self._version(row)
        probe = RateEntry(version=version, match={}, priority=0)
        try:
            self.import_instance(probe, row)
            key = _key(probe)
        except (ValidationError, InvalidTerms):
            return None  # said when the row itself is read
        if (version.pk, key) in self._seen:
            raise _of(NON_FIELD_ERRORS, "this combination stands twice in the file")
        self._seen.add((version.pk, key))
        return self._entries[version.pk].get(key)

    def init_instance(self, row: Any = None) -> RateEntry:
        """Return a new entry at the end of its version."""
        version = self._version(row)
        last = version.entries.aggregate(last=Max("position"))["last"]
        return RateEntry(version=version, match={}, position=0 if last is None else last + 1)

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """:raises ValidationError: in the words of the engine that prices by it."""
        errors = dict(import_validation_errors or {})
        if not errors:
            try:
                instance.terms()
            except InvalidTerms as error:
                words = [problem.text() for problem in error.problems]
                raise ValidationError({NON_FIELD_ERRORS: words}) from error
        super().validate_instance(instance, errors, validate_unique)

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """:raises InvalidTerms: entries of a version tie, naming both."""
        if result.has_errors() or result.has_validation_errors():
            return
        for version in self._versions.values():
            version.terms(version.entries.all())

    def _version(self, row: Any) -> RateCardVersion:
        starts = self._starts(str(row.get("effective_from") or "").strip())
        if starts not in self._versions:
            version = self._versions[starts] = self._draft(starts)
            self._entries[version.pk] = {
                _key(entry): entry for entry in version.entries.select_related("version")
            }
        return self._versions[starts]

    def _draft(self, starts: datetime) -> RateCardVersion:
        same_start = self.card.versions.filter(effective_from=starts).order_by("pk")
        draft = same_start.filter(published_at=None).first()
        if draft is None and same_start.exists():
            raise _of("effective_from", "a published version starts then; it does not change")
        return draft or RateCardVersion.objects.create(rate_card=self.card, effective_from=starts)

    def _starts(self, text: str) -> datetime:
        field = DayField()
        try:
            day = field.clean(text)
        except ValidationError as error:
            raise _of("effective_from", " ".join(error.messages)) from error
        return field.instant(day, self.zone)


def _key(entry: RateEntry) -> tuple[object, int]:
    return canonical(parse_match(entry.match)), entry.priority


def _of(field: str, words: str) -> ValidationError:
    return ValidationError({field: ValidationError(words)})
