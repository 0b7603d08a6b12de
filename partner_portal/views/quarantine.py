"""What waits in quarantine: why, what to do, and another try."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import KeyMode
from partner_portal.documents.quarantine import (
    NearMiss,
    reason_cards,
    replay_words,
    waiting_row,
)
from partner_portal.documents.reasons import reason_of
from partner_portal.documents.replay import ReplayPlan, replay_plan
from partner_portal.pages import mode_asked, page, partner_page
from partner_portal.queries.quarantine import (
    is_of_quarantine,
    reason_counts,
    running_replays,
    waiting_events,
)
from partner_portal.queries.received import sources_of
from partner_portal.viewer import PartnerViewer, Right
from partner_portal.views.events import place_text, position
from usage.models import QuarantineReason, Source, event_key
from usage.operations.discard_event import ReasonNeeded, discard_event
from usage.operations.foresee_replay import would_count
from usage.operations.replay_cause import NothingWaits, start_replay_of_reason
from usage.operations.replay_quarantined import NotInQuarantine, replay_quarantined
from usage.queries.near_misses import near_misses
from usage.queries.quarantine_causes import waiting_cause, waiting_causes, waiting_of_reason
from usage.tasks import replay_cause

ON_A_PAGE = 50
MOST_FORESEEN = 500
LONGEST_REASON = 500


@partner_page()
def quarantine(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """
    Return the reasons with their counts; with one chosen, the events that wait for it.

    With a name as well, only those that name it.
    """
    mode = mode_asked(request, viewer)
    sources = sources_of(partner=viewer.partner, mode=mode)
    chosen, named = request.GET.get("reason", ""), _named(request.GET)
    if chosen and chosen not in QuarantineReason.values:
        raise Http404
    context: dict[str, Any] = {
        "mode": mode,
        "replays": [replay_words(job) for job in running_replays(sources=sources)],
    }
    if chosen:
        found = waiting_events(
            sources=sources,
            reason=chosen,
            named=named,
            after=position(request.GET.get("after", "")),
            limit=ON_A_PAGE + 1,
        )
        shown, has_more = found[:ON_A_PAGE], len(found) > ON_A_PAGE
        context |= {
            "reason": reason_of(chosen),
            "named": named,
            "rows": [waiting_row(event) for event in shown],
            "hint": _hint(sources, chosen, named) if shown else None,
            "older": place_text(shown[-1].received_at, shown[-1].key) if has_more else "",
        }
        return page(request, viewer, "partner/quarantine/reason.html", context)
    counts = reason_counts(sources=sources)
    causes = waiting_causes(source_ids=[source.pk for source in sources]) if counts else []
    context["cards"] = reason_cards(counts, causes)
    return page(request, viewer, "partner/quarantine/quarantine.html", context)


@partner_page(Right.REPLAY, methods=("POST",))
def replay_event(request: HttpRequest, viewer: PartnerViewer, *, event_id: str) -> HttpResponse:
    """Try one event again."""
    key = event_key(event_id)
    if key is None or not is_of_quarantine(partner=viewer.partner, key=key):
        raise Http404
    back = redirect("partner:event", partner_id=viewer.partner.public_id, event_id=event_id)
    try:
        outcome = replay_quarantined(key=key, now=datetime.now(UTC))
    except NotInQuarantine:
        messages.info(request, "It waits no more: it was replayed or thrown away before.")
        return back
    if outcome.status == "accepted":
        messages.success(request, "It is accepted, under its own key and time.")
    else:
        reasons = [fault.detail for fault in outcome.faults] or [outcome.detail]
        messages.warning(request, f"It goes on waiting: {'; '.join(reasons)}.")
    return back


@partner_page(Right.REPLAY, methods=("POST",))
def discard(request: HttpRequest, viewer: PartnerViewer, *, event_id: str) -> HttpResponse:
    """Let one event wait no more, for the reason that is given: it is never billed."""
    key = event_key(event_id)
    if key is None or not is_of_quarantine(partner=viewer.partner, key=key):
        raise Http404
    reason = request.POST.get("reason", "").replace("\x00", "")[:LONGEST_REASON]
    try:
        discard_event(key=key, reason=reason, now=datetime.now(UTC))
    except NotInQuarantine:
        messages.info(request, "It waits no more: it was replayed before.")
    except ReasonNeeded as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It is discarded, and never billed. Its key stays taken.")
    return redirect("partner:event", partner_id=viewer.partner.public_id, event_id=event_id)


@partner_page(Right.REPLAY, methods=("GET", "POST"))
def replay_reason(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """
    Tell what replaying all that waits for a reason comes to; sent by POST, begin it.

    With a name, all that waits for the reason and names it.
    """
    mode = mode_asked(request, viewer)
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("reason", "") not in QuarantineReason.values:
        raise Http404
    reason, named = QuarantineReason(asked["reason"]), _named(asked)
    # A partner has one source in each mode, none before its first event.
    source = next(iter(sources_of(partner=viewer.partner, mode=mode)), None)
    if source is not None and request.method != "POST":
        plan = _plan(source, reason, named)
        if plan is not None:
            context = {"mode": mode, "plan": plan}
            return page(request, viewer, "partner/quarantine/replay.html", context)
    elif source is not None and _begun(source, reason, named, viewer):
        messages.success(
            request,
            "All of them will be tried again, beginning within a minute. What still cannot be "
            "counted goes on waiting.",
        )
        return redirect(_address(viewer, mode))
    messages.info(request, "Nothing waits for this any more.")
    return redirect(_address(viewer, mode))


def _named(asked: QueryDict) -> str:
    """Return the name that is asked for, empty for whatever is named."""
    named = asked.get("named", "")
    if "\x00" in named:
        raise Http404
    return named


def _plan(source: Source, reason: QuarantineReason, named: str) -> ReplayPlan | None:
    found = waiting_of_reason(source_id=source.pk, reason=reason, named=named)
    events = waiting_events(
        sources=[source], reason=reason, named=named, after=None, limit=MOST_FORESEEN
    )
    if not events:
        return None
    return replay_plan(
        reason=reason,
        named=named,
        found=found,
        looked_at=len(events),
        would_count=would_count(source=source, events=events, now=datetime.now(UTC)),
    )


def _begun(source: Source, reason: QuarantineReason, named: str, viewer: PartnerViewer) -> bool:
    try:
        job, is_new = start_replay_of_reason(
            source_id=source.pk,
            reason=reason,
            named=named,
            requested_by=viewer.user,
            now=datetime.now(UTC),
        )
    except NothingWaits:
        return False
    if is_new:
        # Without a broker the schedule finds the job later.
        transaction.on_commit(lambda: replay_cause.delay(job.pk), robust=True)
    return True


def _hint(sources: Sequence[Source], reason: str, named: str) -> NearMiss | None:
    """
    Return what a name of a reason is nearly, None if nothing is known.

    Without a name, the most frequent one.
    """
    by_id = {source.pk: source for source in sources}
    if named:
        found = [waiting_cause(source_id=each, reason=reason, named=named) for each in by_id]
    else:
        found = [*waiting_causes(source_ids=list(by_id), reason=reason, limit=1)]
    most = next(filter(None, found), None)
    known = [] if most is None else near_misses(cause=most, source=by_id[most.source_id])
    return NearMiss(most.named, tuple(known)) if most and known else None


def _address(viewer: PartnerViewer, mode: KeyMode) -> str:
    return f"{reverse('partner:quarantine', args=[viewer.partner.public_id])}?mode={mode.value}"
