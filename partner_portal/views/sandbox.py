"""The sandbox: sample events, a clock to move, and what would be billed."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Customer, KeyMode
from accounts.operations.advance_test_clock import ClockOnlyGoesForward, advance_test_clock
from partner_portal.documents.event_row import event_row
from partner_portal.documents.sample_event import body_text, sample_event
from partner_portal.documents.sandbox import sandbox_bill
from partner_portal.forms.sandbox import ClockForm, SampleEventForm
from partner_portal.pages import page, partner_page
from partner_portal.queries.reach import key_of_mode
from partner_portal.queries.sandbox import (
    SandboxInvoices,
    explained_lines,
    is_alone_on_clock,
    meter_to_try,
    sandbox_invoices,
    sandbox_of,
    sandboxes_of,
)
from partner_portal.viewer import PartnerViewer, Right
from portal.documents.times import moment
from usage.models import event_public_id
from usage.operations.accept_events import Outcome, accept_events
from usage.operations.source_of_key import source_of_key
from usage.queries.events import reading_fates
from usage.queries.sent_events import EventFilter, SeenEvent, seen_events
from values.calendar import local_date

MOST_EVENTS, MOST_LINES, MOST_RUNNING = 8, 200, 3
TEMPLATE = "partner/sandbox/sandbox.html"


@partner_page()
def sandboxes(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return the sandbox customers to choose from; where there is one, go to it."""
    found = list(sandboxes_of(partner=viewer.partner))
    if len(found) == 1:
        return _to_sandbox(viewer, found[0])
    return page(request, viewer, "partner/sandbox/choose.html", {"sandboxes": found})


@partner_page()
def sandbox(request: HttpRequest, viewer: PartnerViewer, *, customer_id: str) -> HttpResponse:
    """Return a sandbox customer: its clock, a form to send an event, and what it would bill."""
    return _page(request, viewer, _customer(viewer, customer_id))


@partner_page()
def sandbox_live(request: HttpRequest, viewer: PartnerViewer, *, customer_id: str) -> HttpResponse:
    """Return what would be billed anew, or 204 while it is as in the version that is shown."""
    customer = _customer(viewer, customer_id)
    found = sandbox_invoices(customer=customer)
    if request.GET.get("version") == found.version:
        return HttpResponse(status=204)
    context = _bills(customer, found)
    return page(request, viewer, "partner/sandbox/bills.html", {"sandbox": customer, **context})


@partner_page(Right.SANDBOX, methods=("POST",))
def send_event(request: HttpRequest, viewer: PartnerViewer, *, customer_id: str) -> HttpResponse:
    """Send the event of the form as if it came with a test key."""
    customer, form = _customer(viewer, customer_id), SampleEventForm(request.POST)
    if not form.is_valid():
        return _page(request, viewer, customer, event_form=form)
    key = key_of_mode(partner=viewer.partner, mode=KeyMode.TEST)
    (outcome,) = accept_events(
        source=source_of_key(key=key), items=[form.cleaned_data["body"]], now=datetime.now(UTC)
    )
    if outcome.status == "rejected":
        for fault in outcome.faults:
            form.add_error("body", f"{fault.pointer or '/'}: {fault.detail}")
        return _page(request, viewer, customer, event_form=form)
    _tell(request, outcome)
    if outcome.status in ("quarantined", "conflict") and outcome.key is not None:
        event_id = event_public_id(outcome.key)
        return redirect("partner:event", partner_id=viewer.partner.public_id, event_id=event_id)
    return _to_sandbox(viewer, customer)


@partner_page(Right.SANDBOX, methods=("POST",))
def move_clock(request: HttpRequest, viewer: PartnerViewer, *, customer_id: str) -> HttpResponse:
    """Move the sandbox customer's own clock forward."""
    customer = _customer(viewer, customer_id)
    if customer.test_clock is None or not is_alone_on_clock(
        partner=viewer.partner, customer=customer
    ):
        raise PermissionDenied
    form = _clock_form(customer, sandbox_invoices(customer=customer), request)
    if form.is_valid():
        try:
            clock = advance_test_clock(clock=customer.test_clock, to=form.cleaned_data["to"])
        except ClockOnlyGoesForward as refusal:
            form.add_error(None, str(refusal))
        else:
            at = moment(clock.now_at, customer.timezone)
            messages.success(
                request,
                f"The clock stands at {at}. What ends before that is billed within a minute.",
            )
            return _to_sandbox(viewer, customer)
    return _page(request, viewer, customer, clock_form=form)


def _page(
    request: HttpRequest,
    viewer: PartnerViewer,
    customer: Customer,
    *,
    event_form: SampleEventForm | None = None,
    clock_form: ClockForm | None = None,
) -> HttpResponse:
    found, events = sandbox_invoices(customer=customer), _events(viewer, customer)
    fates = reading_fates(keys=[event.key for event in events]) if events else {}
    may_move = viewer.may_use_sandbox and is_alone_on_clock(
        partner=viewer.partner, customer=customer
    )
    if event_form is None and viewer.may_use_sandbox:
        event_form = SampleEventForm(initial={"body": _sample(customer, events)})
    context = {
        "sandbox": customer,
        "others": viewer.partner.customers.filter(is_sandbox=True).exclude(pk=customer.pk).exists(),
        "now": moment(customer.now(now=datetime.now(UTC)), customer.timezone),
        "events": [event_row(event, fates.get(event.key, [])) for event in events],
        "event_form": event_form,
        "clock_form": (clock_form or _clock_form(customer, found)) if may_move else None,
        **_bills(customer, found),
    }
    is_refused = any(form is not None and form.errors for form in (event_form, clock_form))
    return page(request, viewer, TEMPLATE, context, status=422 if is_refused else 200)


def _bills(customer: Customer, found: SandboxInvoices) -> dict[str, Any]:
    now = customer.now(now=datetime.now(UTC))
    today = local_date(now, customer.timezone)
    running = [each for each in found.running if each.period_start <= now][:MOST_RUNNING]
    lines = explained_lines(invoices=running, limit=MOST_LINES) if running else []
    return {
        "running": [sandbox_bill(each, lines, customer=customer, today=today) for each in running],
        "closed": [sandbox_bill(each, (), customer=customer, today=today) for each in found.closed],
        "version": found.version,
    }


def _clock_form(
    customer: Customer, found: SandboxInvoices, request: HttpRequest | None = None
) -> ClockForm:
    now = customer.now(now=datetime.now(UTC))
    ends = [each.closes_at for each in found.running if each.period_start <= now < each.closes_at]
    return ClockForm(
        None if request is None else request.POST,
        at=now,
        closes_at=min(ends, default=None),
        zone=customer.timezone,
    )


def _sample(customer: Customer, events: list[SeenEvent]) -> str:
    sent = events[0].sent if events else ""
    meter = None if sent else meter_to_try(customer=customer)
    return body_text(sample_event(customer_id=customer.external_id, meter=meter, sent=sent))


def _events(viewer: PartnerViewer, customer: Customer) -> list[SeenEvent]:
    return seen_events(
        key=key_of_mode(partner=viewer.partner, mode=KeyMode.TEST),
        wanted=EventFilter(customer=customer),
        after=None,
        limit=MOST_EVENTS,
    )


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    match outcome.status:
        case "accepted":
            messages.success(
                request, "The event is accepted. What it bills stands below within seconds."
            )
        case "duplicate":
            messages.info(request, "This very event was sent before; nothing changed.")
        case "conflict":
            messages.error(
                request,
                f"The key {outcome.idempotency_key} is taken by the event below, with another "
                "body; it stays as it is. Choose a new key.",
            )
        case _:
            messages.warning(request, "The event was taken, and waits in quarantine.")


def _customer(viewer: PartnerViewer, customer_id: str) -> Customer:
    found = sandbox_of(partner=viewer.partner, public_id=customer_id)
    if found is None:
        raise Http404
    return found


def _to_sandbox(viewer: PartnerViewer, customer: Customer) -> HttpResponse:
    return redirect(
        "partner:sandbox_of",
        partner_id=viewer.partner.public_id,
        customer_id=customer.public_id,
    )
