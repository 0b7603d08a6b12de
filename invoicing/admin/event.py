"""What invoicing adds to an event's page: taking it back and amending it, with the money first."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.admin.pages.buttons import Button, object_url
from accounts.admin.pages.tables import Cell
from accounts.looking import staff_look
from invoicing.admin.change_effect import change_effect
from invoicing.admin.event_bill import bill_cells
from usage.admin.body import pretty_body
from usage.admin.event import EventAdmin
from usage.intake.json_body import NotJson
from usage.intake.quick_event import read_item
from usage.intake.sent_event import Rejected, SentEvent
from usage.models import Event
from usage.operations.accepting.outcome import Outcome
from usage.operations.amend_event import amend_event
from usage.operations.discard_event import ReasonNeeded
from usage.operations.void_event import NoSuchEvent, void_event
from usage.queries.events import ReadingFate

CORRECT = "usage.change_event"
_AMEND = "usage_event_amend"

admin.site.unregister(Event)


def _counts(event: Event) -> bool:
    return not event.is_void  # type: ignore[attr-defined]


def _effect_of_void(admin_: Any, request: HttpRequest, event: Event) -> dict[str, Any]:
    now = datetime.now(UTC)

    def void() -> Collection[int]:
        void_event(key=event.key, reason="preview", now=now)
        return [event.customer_id]

    return change_effect(change=void, now=now)


def _void(admin_: Any, request: HttpRequest, event: Event, entered: dict[str, Any]) -> str:
    reason = request.POST.get("_reason", "").replace("\x00", "")[:500]
    void_event(key=event.key, reason=reason, now=datetime.now(UTC))
    return "The event is void. Open invoices lose it within a minute."


class AmendForm(forms.Form):
    """What the event should have said, and why."""

    body = forms.CharField(
        label="Event (JSON)",
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 16, "cols": 80, "spellcheck": "false"}),
    )
    reason = forms.CharField(
        max_length=500,
        help_text="Kept with your name and the time. The sender of the event sees this reason.",
    )

    def clean_body(self) -> SentEvent:
        try:
            item = read_item(self.cleaned_data["body"].encode())
        except (NotJson, UnicodeEncodeError) as error:
            raise ValidationError(f"This is no JSON: {error}.") from error
        if isinstance(item, Rejected):
            raise ValidationError([f"{fault.pointer}: {fault.detail}" for fault in item.faults])
        return item


@admin.register(Event)
class CorrectedEventAdmin(EventAdmin):
    """Events, which staff may take back or amend."""

    buttons = (
        Button(
            name="void",
            label="Void",
            permission=CORRECT,
            press=_void,
            refusals=(NoSuchEvent, ReasonNeeded),
            is_offered=_counts,
            facts_template="admin/usage/void_event.html",
            facts=_effect_of_void,
            is_irreversible=True,
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        amend = path(
            "<path:object_id>/amend/", self.admin_site.admin_view(self.amend_view), name=_AMEND
        )
        return [amend, *super().get_urls()]

    def event_links(self, request: HttpRequest, event: Event) -> list[tuple[str, str]]:
        if not request.user.has_perm(CORRECT) or not _counts(event):
            return []
        return [("Amend", reverse(f"admin:{_AMEND}", args=[event.public_id]))]

    def bill_cells(
        self, request: HttpRequest, event: Event, fates: Sequence[ReadingFate]
    ) -> list[tuple[Cell, Cell]]:
        return bill_cells(event, fates, user=request.user)

    def amend_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take another body for the event, tell what it changes, and store it."""
        if not request.user.has_perm(CORRECT):
            raise PermissionDenied
        event = self.get_object(request, unquote(object_id))
        if event is None:
            raise Http404
        staff_look(request, rows=1, asked=event.public_id, customer=event.customer)
        form = AmendForm(request.POST or None, initial={"body": pretty_body(event.sent)})
        shown: dict[str, Any] = {}
        if request.method == "POST" and form.is_valid():
            if "_amend" in request.POST:
                outcome = self._amended(request, event, form.cleaned_data)
                if outcome is not None:
                    return redirect("admin:usage_event_change", outcome.key)
            else:
                shown = _effect_of_amendment(event, form)
        context = {
            **self.admin_site.each_context(request),
            "title": "Amend",
            "opts": self.opts,
            "original": event,
            "object_url": object_url(self, event),
            "form": form,
            "media": self.media,
            **shown,
        }
        return TemplateResponse(request, "admin/usage/amend_event.html", context)

    def _amended(
        self, request: HttpRequest, event: Event, entered: dict[str, Any]
    ) -> Outcome | None:
        with transaction.atomic():
            outcome = amend_event(event=event, now=datetime.now(UTC), **entered)
            if outcome.status == "accepted":
                self.log_change(request, event, f"Amended. {entered['reason']}")
        if outcome.status == "accepted":
            messages.success(request, "This event stands in for the one that you amended.")
            return outcome
        if outcome.status == "duplicate":
            messages.warning(request, "Nothing is different: this is the event that counts.")
            return outcome
        for words in _words(outcome):
            messages.error(request, words)
        return None


def _effect_of_amendment(event: Event, form: AmendForm) -> dict[str, Any]:
    now = datetime.now(UTC)
    outcomes: list[Outcome] = []

    def amend() -> Collection[int]:
        outcome = amend_event(event=event, now=now, **form.cleaned_data)
        outcomes.append(outcome)
        return _touched(event, outcome)

    shown = change_effect(change=amend, now=now)
    if outcomes[0].status == "accepted":
        return shown
    for words in _words(outcomes[0]):
        form.add_error("body", words)
    return {}


def _touched(event: Event, outcome: Outcome) -> Collection[int]:
    if outcome.status != "accepted" or outcome.key is None:
        return []
    return {
        event.customer_id,
        *Event.objects.filter(key=outcome.key).values_list("customer_id", flat=True),
    }


def _words(outcome: Outcome) -> list[str]:
    match outcome.status:
        case "duplicate":
            return ["Nothing is different from the event that counts."]
        case "conflict":
            return ["It was amended before, in another way; amend what stands in for it."]
    return [f"{fault.pointer}: {fault.detail}".lstrip(": ") for fault in outcome.faults]
