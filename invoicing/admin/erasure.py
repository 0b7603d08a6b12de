"""One person in the stored events of a customer: found, exported, erased."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.count_columns import count_column
from accounts.admin.pages.tables import Table, text
from accounts.admin.pages.words import instant_words
from accounts.looking import staff_look
from accounts.models import Customer, User
from accounts.operations.record_look import counted
from invoicing.queries.needed_properties import needed_of_number
from invoicing.rating.calls.numbers import number_digits
from usage.intake.json_body import read_json
from usage.intake.personal_value import LONGEST_VALUE, NoSuchValue, PersonalValue
from usage.models import Erasure, QuarantinedEvent
from usage.operations.erasing.erase_person import NotErased, erase_person
from usage.operations.erasing.plan import plan_erasure
from usage.operations.erasing.stand_ins import hash_of
from usage.queries.person_events import (
    PersonEvent,
    sources_of,
    stored_of_person,
    waiting_of_person,
)

ERASE = "usage.add_erasure"
MOST_SHOWN = 50
_PERSON = "usage_erasure_person"


class PersonForm(forms.Form):
    """Whose events, and the value that stands for the person."""

    customer = forms.CharField(max_length=200, help_text="External id or cus_….")
    value = forms.CharField(
        max_length=LONGEST_VALUE,
        label="Number, agent id or other value",
        help_text="A number is found however it is written; anything else as it stands.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_customer(self) -> Customer:
        named = self.cleaned_data["customer"].strip()
        uid = Customer.uid_of(named)
        found = Customer.objects.filter(Q(external_id=named) if uid is None else Q(uid=uid)).first()
        if found is None:
            raise ValidationError(f"There is no customer {named!r}.")
        return found

    def clean_value(self) -> PersonalValue:
        try:
            return PersonalValue(self.cleaned_data["value"])
        except NoSuchValue as error:
            raise ValidationError(str(error)) from error


class ConfirmForm(forms.Form):
    """Why, and that it is meant."""

    reason = forms.CharField(max_length=500, help_text="Kept with your name and the time.")
    sure = forms.BooleanField(label="Replace it in all these records; there is no way back")


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """Erasures that were done; the way to a person's records."""

    list_display = ("public_id", "customer", "erased", "requested_by", "events_told", "reason")
    list_select_related = ("customer", "requested_by")
    search_fields = ("customer__name", "=customer__external_id", "requested_by__email")
    date_hierarchy = "erased_at"
    show_full_result_count = False
    change_list_template = "admin/usage/erasures.html"
    fields = (
        "public_id", "customer", "erased", "requested_by", "reason", "events_told",
        "waiting_told", "staged_told", "file_errors_told", "value_hash",
    )  # fmt: skip
    readonly_fields = fields
    events_told = count_column("events")
    waiting_told = count_column("waiting", "events in quarantine")
    staged_told = count_column("staged", "events of backfills")
    file_errors_told = count_column("file_errors", "errors of files")

    def get_urls(self) -> list[URLPattern]:
        person = path("person/", self.admin_site.admin_view(self.person_view), name=_PERSON)
        return [person, *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Erasure | None = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description="id")
    def public_id(self, erasure: Erasure) -> str:
        return erasure.public_id

    @admin.display(description="erased", ordering="erased_at")
    def erased(self, erasure: Erasure) -> str:
        return instant_words(erasure.erased_at)

    def person_view(self, request: HttpRequest) -> HttpResponseBase:
        """
        Find a person's records, hand them out, or erase them.

        By POST alone: a value that stands for a person has no place in an address.
        """
        if not request.user.has_perm(ERASE):
            raise PermissionDenied
        form = PersonForm(request.POST or None)
        context = self._context(request, form)
        if request.method == "POST" and form.is_valid():
            customer, value = form.cleaned_data["customer"], form.cleaned_data["value"]
            if "export" in request.POST:
                return self._exported(request, customer, value)
            if "erase" in request.POST or "confirm" in request.POST:
                return self._erasing(request, customer, value, context)
            context |= self._found(request, customer, value)
        return TemplateResponse(request, "admin/usage/person.html", context)

    def _found(
        self, request: HttpRequest, customer: Customer, value: PersonalValue
    ) -> dict[str, Any]:
        rows: list[tuple[Any, ...]] = []
        more = 0
        for event in _records(customer, value):
            if len(rows) < MOST_SHOWN:
                rows.append(_row(event, value))
            else:
                more += 1
        asked = _asked(customer, value)
        staff_look(request, rows=len(rows), asked=asked, customer=customer)
        total = len(rows) + more
        note = f"These are the first {MOST_SHOWN} of {total:,}; the export has all." if more else ""
        return {
            "total": total,
            "table": Table(
                f"{total:,} record{'' if total == 1 else 's'} of {customer}",
                ("Happened", "Event", "Name", "State", "Stands in"),
                rows,
                empty="Nothing that is stored in the database says it.",
                note=note,
            ),
        }

    def _exported(
        self, request: HttpRequest, customer: Customer, value: PersonalValue
    ) -> HttpResponseBase:
        look = staff_look(request, rows=None, asked=_asked(customer, value), customer=customer)
        day = datetime.now(UTC).date().isoformat()
        return StreamingHttpResponse(
            counted((_line(event) for event in _records(customer, value)), look=look),
            content_type="application/x-ndjson",
            headers={
                "Content-Disposition": f'attachment; filename="person-{day}.ndjson"',
                "Cache-Control": "no-store",
            },
        )

    def _erasing(
        self,
        request: HttpRequest,
        customer: Customer,
        value: PersonalValue,
        context: dict[str, Any],
    ) -> HttpResponse:
        """Show what would be replaced; where that is confirmed, replace it."""
        needed = needed_of_number(customer=customer, number=value.text)
        confirm = ConfirmForm(request.POST if "confirm" in request.POST else None)
        if "confirm" in request.POST and confirm.is_valid():
            assert isinstance(request.user, User)
            try:
                erasure = erase_person(
                    customer=customer,
                    value=value,
                    needed=needed,
                    digits_of=number_digits,
                    reason=confirm.cleaned_data["reason"],
                    by=request.user,
                    now=datetime.now(UTC),
                )
            except NotErased as refusal:
                for words in refusal.reasons:
                    messages.error(request, words)
            else:
                messages.success(
                    request, f"Erased from {erasure.events:,} events. No amount has changed."
                )
                return redirect("admin:usage_erasure_change", erasure.pk)
        plan = plan_erasure(customer=customer, value=value, needed=needed, digits_of=number_digits)
        context |= {"title": "Erase a person", "plan": plan, "confirm": confirm}
        return TemplateResponse(request, "admin/usage/person_erase.html", context)

    def _context(self, request: HttpRequest, form: PersonForm) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": "Records of a person",
            "form": form,
        }


def _records(customer: Customer, value: PersonalValue) -> Iterator[PersonEvent | QuarantinedEvent]:
    yield from stored_of_person(customer_id=customer.pk, value=value)
    sources = sources_of(customer=customer)
    for event in waiting_of_person(customer=customer, value=value, sources=sources):
        if event.resolved_at is None or event.discarded_reason:
            yield event


def _row(event: PersonEvent | QuarantinedEvent, value: PersonalValue) -> tuple[Any, ...]:
    waits = isinstance(event, QuarantinedEvent)
    page = "admin:usage_quarantinedevent_change" if waits else "admin:usage_event_change"
    key = event.key if waits else event.public_id
    places = sorted({name for name, _ in value.said_in(read_json(event.sent.encode()))})
    return (
        text(instant_words(event.occurred_at)),
        text(event.public_id, link=reverse(page, args=[quote(str(key))])),
        text(event.event_name),
        text(_state(event)),
        text(", ".join(places)),
    )


def _state(event: PersonEvent | QuarantinedEvent) -> str:
    if isinstance(event, PersonEvent):
        return "stored"
    return "discarded" if event.discarded_reason else "in quarantine"


def _line(event: PersonEvent | QuarantinedEvent) -> str:
    """Return a line of JSON: what we know of an event, and its body with every digit."""
    known = json.dumps(
        {
            "id": event.public_id,
            "state": _state(event),
            "event_name": event.event_name,
            "idempotency_key": event.idempotency_key,
            "occurred_at": event.occurred_at.isoformat(),
            "received_at": event.received_at.isoformat(),
        }
    )
    return f'{known[:-1]}, "event": {event.sent}}}\n'


def _asked(customer: Customer, value: PersonalValue) -> str:
    """Return by what a search is known again, without the value itself."""
    return f"value with the keyed hash {hash_of(value, customer=customer)[:16]}"
