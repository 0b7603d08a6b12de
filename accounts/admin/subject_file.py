"""Subjects as rows of a file."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.widgets import Widget

from accounts.admin.customer_file import Text, Unless
from accounts.admin.imports import FileResource
from accounts.models import Customer, Subject
from values.calendar import date_or_time, last_day, local_date, local_midnight


class ByExternalId(Unless):
    """A customer, by its external id; each is looked for once."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Customer | None] = {}

    def read(self, text: str) -> Customer:
        """:raises ValueError: there is none."""
        if text not in self.found:
            self.found[text] = Customer.objects.filter(external_id=text).first()
        found = self.found[text]
        if found is None:
            raise ValueError(f"there is no customer '{text[:64]}'")
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the external id."""
        return "" if value is None else str(value.external_id)


class Day(Widget):
    """A day such as 2024-11-01, or a time with its offset; read in the customer's zone later."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | datetime | None:
        """:raises ValueError: it is neither."""
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            instant = None
        if instant is None or instant.utcoffset() is None:
            raise ValueError(
                "write a date such as 2024-11-01, or a time with its offset such as "
                "2024-11-01T09:30:00Z"
            )
        return instant


class ByHolding(BaseInstanceLoader):
    """The row of this customer and identifier that begins on the same day."""

    def get_instance(self, row: Any) -> Subject | None:
        """Return the subject that a row is about, None for a new one."""
        fields = self.resource.fields
        customer = fields["customer"].clean(row)
        first = fields["held_from"].clean(row)
        if customer is None or first is None:
            return None
        return (
            self.resource.get_queryset()
            .select_for_update(of=("self",))
            .filter(
                customer=customer,
                identifier=fields["identifier"].clean(row),
                held_from=start_of(first, customer.timezone),
            )
            .first()
        )


class SubjectResource(FileResource):
    """
    Subjects by identifier, customer and first day: new ones are added, known ones changed.

    A number that moves has two rows: its old holder with a last day, then the new one.
    """

    identifier = Field("identifier", "identifier", widget=Text())
    customer = Field("customer", "customer", widget=ByExternalId())
    kind = Field("kind", "kind", widget=Text())
    held_from = Field("held_from", "held_from", widget=Day())
    held_to = Field("held_to", "last_day", widget=Day())

    class Meta:
        model = Subject
        fields = ("identifier", "customer", "kind", "held_from", "held_to")
        import_id_fields = ("identifier", "customer", "held_from")
        instance_loader_class = ByHolding
        skip_unchanged = True
        clean_model_instances = True

    def get_queryset(self) -> QuerySet[Subject]:
        """Return what rows may be about."""
        return Subject.objects.select_related("customer")

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """Return the subjects with all that a row says."""
        return queryset.select_related("customer")

    def dehydrate_held_from(self, subject: Any) -> str:
        """Return the first day in the customer's zone, as a person would have typed it."""
        # Of a row that cannot be read there may be no customer, and days as they were typed.
        if subject.customer_id is None or not isinstance(subject.held_from, datetime):
            return str(subject.held_from or "")
        return date_or_time(subject.held_from, subject.customer.timezone)

    def dehydrate_held_to(self, subject: Any) -> str:
        """Return the last day that counts, or the time where the end is no local midnight."""
        if subject.customer_id is None or not isinstance(subject.held_to, datetime):
            return str(subject.held_to or "")
        zone = subject.customer.timezone
        if local_midnight(local_date(subject.held_to, zone), zone) == subject.held_to:
            return last_day(subject.held_to, zone).isoformat()
        return date_or_time(subject.held_to, zone)

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Read a row; its days are those of the customer's zone."""
        super().import_instance(instance, row, **kwargs)
        if not instance.customer_id:
            return
        zone = instance.customer.timezone
        if instance.held_from is not None:
            instance.held_from = start_of(instance.held_from, zone)
        if instance.held_to is not None:
            instance.held_to = end_of(instance.held_to, zone)

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """:raises ValidationError: with the words of each field."""
        errors = dict(import_validation_errors or {})
        for name in ("customer", "held_from"):
            if getattr(instance, f"{name}_id" if name == "customer" else name) is None:
                errors.setdefault(name, [ValidationError("this is missing")])
        if errors:
            raise ValidationError(errors)
        super().validate_instance(instance, errors, validate_unique)


def start_of(day: date | datetime, zone: str) -> datetime:
    """Return the time at which a day begins in the zone; a time as it is."""
    return day if isinstance(day, datetime) else local_midnight(day, zone)


def end_of(day: date | datetime, zone: str) -> datetime:
    """Return the time at which a last day is over in the zone; a time as it is."""
    return day if isinstance(day, datetime) else local_midnight(day + timedelta(days=1), zone)
