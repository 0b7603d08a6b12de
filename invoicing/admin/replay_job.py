"""Replaying all that waits for one cause: what it would add, then how far it is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.tables import Table, money, text
from accounts.admin.pages.words import instant_words, money_words, state_badge
from accounts.models import User
from invoicing.admin.invoice_tables import invoice_period
from invoicing.operations.money_of_change import ChangeEffect, CustomerInHand, money_of_change
from usage.models import QuarantinedEvent, QuarantineReason, ReplayJob, Source
from usage.operations.foresee_replay import would_count
from usage.operations.replay_cause import NothingWaits, start_replay
from usage.operations.replay_quarantined import replayed_customers
from usage.queries.quarantine_causes import Cause, waiting_cause, waiting_keys
from usage.tasks import replay_cause

MOST_PREVIEWED = 500
REPLAY = "usage.change_quarantinedevent"
_CAUSES = "admin:usage_quarantinedevent_causes"


@admin.register(ReplayJob)
class ReplayJobAdmin(ReadOnlyAdmin):
    """Requests to replay, and what came of each."""

    list_display = ("requested", "source", "reason", "named", "requested_by", "state", "progress")
    list_select_related = ("source__partner", "requested_by")
    search_fields = ("=named", "requested_by__email")
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "start/", self.admin_site.admin_view(self.start_view), name="usage_replayjob_start"
            ),
            path(
                "<int:job_id>/",
                self.admin_site.admin_view(self.progress_view),
                name="usage_replayjob_progress",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        if job is None:
            raise Http404
        return redirect("admin:usage_replayjob_progress", job.pk)

    def start_view(self, request: HttpRequest) -> HttpResponse:
        """Tell what a replay would add to open invoices; sent by POST, start it."""
        if not request.user.has_perm(REPLAY):
            raise PermissionDenied
        cause = _cause(request.GET if request.method != "POST" else request.POST)
        if cause is None:
            messages.error(request, "Nothing waits for this any more.")
            return redirect(_CAUSES)
        if request.method == "POST":
            return self._started(request, cause)
        context = {
            **self.admin_site.each_context(request),
            "title": "Replay",
            "opts": self.opts,
            "cause": cause,
            "words": cause.reason.label,
            "previewed": min(cause.events, MOST_PREVIEWED),
            "back": reverse(_CAUSES),
            "media": self.media,
            **_effect(cause),
        }
        return TemplateResponse(request, "admin/usage/replay_start.html", context)

    def _started(self, request: HttpRequest, cause: Cause) -> HttpResponse:
        assert isinstance(request.user, User)
        try:
            job, is_new = start_replay(
                cause=cause, requested_by=request.user, now=datetime.now(UTC)
            )
        except NothingWaits as nothing:
            messages.error(request, str(nothing))
            return redirect(_CAUSES)
        if is_new:
            self.log_addition(request, job, f"{cause.events:,} events to be tried again.")
            # Without a broker the failure is logged, and `finish_replays` finds the job later.
            transaction.on_commit(lambda: replay_cause.delay(job.pk), robust=True)
        return redirect("admin:usage_replayjob_progress", job.pk)

    def progress_view(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """Show how far the job is; htmx asks for the live part alone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        jobs = self.get_queryset(request).select_related("source__partner", "requested_by")
        job = jobs.filter(pk=job_id).first()
        if job is None:
            raise Http404
        context: dict[str, Any] = {"job": job, "words": job.get_reason_display()}
        if request.headers.get("HX-Request"):
            return TemplateResponse(request, "admin/usage/replay_live.html", context)
        context |= {
            **self.admin_site.each_context(request),
            "title": "Replay",
            "opts": self.opts,
            "original": job,
            "object_url": request.path,
            "requested": instant_words(job.requested_at),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/usage/replay.html", context)

    @admin.display(description="requested", ordering="requested_at")
    def requested(self, job: ReplayJob) -> str:
        return instant_words(job.requested_at)

    @admin.display(description="events")
    def progress(self, job: ReplayJob) -> str:
        return f"{job.tried:,} of {job.events:,}"

    @admin.display(description="state")
    def state(self, job: ReplayJob) -> SafeString:
        if job.finished_at is None:
            return state_badge("running", "waiting")
        if job.still_waiting:
            return state_badge(f"done, {job.still_waiting:,} wait on", "bad")
        return state_badge("done", "good")


def _cause(asked: Any) -> Cause | None:
    reason, named, source = asked.get("reason", ""), asked.get("named", ""), asked.get("source", "")
    if reason not in QuarantineReason.values or "\x00" in named:
        return None
    if not (source.isascii() and source.isdigit() and len(source) < 19):
        return None
    return waiting_cause(source_id=int(source), reason=reason, named=named)


def _effect(cause: Cause) -> dict[str, Any]:
    """Return how many would be counted, and what the page says of the money or why it cannot."""
    now = datetime.now(UTC)
    keys = waiting_keys(
        source_id=cause.source_id,
        reason=cause.reason,
        named=cause.named,
        limit=MOST_PREVIEWED,
    )
    counted = _would_count(cause, keys=keys, now=now)
    told = {"would_count": counted, "would_wait": len(keys) - counted}
    try:
        effect = money_of_change(change=partial(replayed_customers, keys=keys, now=now), now=now)
    except CustomerInHand as busy:
        return {**told, "refused": str(busy)}
    return {
        **told,
        "effect": effect,
        "totals": map(money_words, effect.totals),
        "table": _table(effect),
    }


def _would_count(cause: Cause, *, keys: Sequence[UUID], now: datetime) -> int:
    waiting = list(QuarantinedEvent.objects.filter(key__in=keys, resolved_at=None))
    source = Source.objects.select_related("partner").get(pk=cause.source_id)
    return would_count(source=source, events=waiting, now=now)


def _table(effect: ChangeEffect) -> Table:
    rows = [
        (
            text(
                each.invoice.customer,
                link=reverse("admin:invoicing_invoice_change", args=[each.invoice.pk]),
            ),
            text(invoice_period(each.invoice)),
            money(each.before),
            money(each.after),
            money(each.difference),
        )
        for each in effect.invoices
    ]
    return Table(
        "Open invoices that would change, before credit",
        ("Customer", "Period", "Now", "Then", "Difference"),
        rows,
        empty="No open invoice would change.",
        stacks=True,
    )
