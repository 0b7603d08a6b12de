"""Backfills: what each would do to open invoices, and closing, discarding or undoing it."""

import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.words import instant_words, money_words, span_words, state_badge
from invoicing.admin.backfill_pages import OPEN, TONES, open_page, progress_page, stage_page
from invoicing.admin.change_effect import effect_table
from invoicing.operations.effect_of_backfill import (
    AlreadyInvoiced,
    effect_of_backfill,
    undo_backfill,
)
from usage.models import Backfill, BackfillState
from usage.operations.backfills.close_backfill import SomeWereRefused, start_closing
from usage.operations.backfills.open_backfill import NotInThatState, discard_backfill
from usage.operations.changing_hands import StoringGoesOn
from usage.tasks import walk_backfill

CHANGE = "usage.change_backfill"


def _effect(admin_: Any, request: HttpRequest, backfill: Backfill) -> dict[str, Any]:
    found = effect_of_backfill(backfill=backfill, now=datetime.now(UTC), clock=time.monotonic)
    shown: dict[str, Any] = {"closed": found.closed, "refused": found.why_not}
    if found.money is not None:
        shown |= {
            "effect": found.money,
            "totals": list(map(money_words, found.money.totals)),
            "table": effect_table(found.money),
        }
    return shown


def _close(
    admin_: Any,
    request: HttpRequest,
    backfill: Backfill,
    entered: dict[str, Any],
    *,
    despite_refused: bool = False,
) -> str:
    start_closing(backfill_id=backfill.pk, now=datetime.now(UTC), despite_refused=despite_refused)
    _wake(backfill)
    return "It is being closed."


def _discard(admin_: Any, request: HttpRequest, backfill: Backfill, entered: dict[str, Any]) -> str:
    discard_backfill(backfill_id=backfill.pk, now=datetime.now(UTC))
    return "It is discarded."


def _undo(admin_: Any, request: HttpRequest, backfill: Backfill, entered: dict[str, Any]) -> str:
    undo_backfill(backfill_id=backfill.pk, now=datetime.now(UTC))
    _wake(backfill)
    return "It is being undone."


def _wake(backfill: Backfill) -> None:
    # Without a broker the failure is logged, and the scheduler finds the backfill later.
    transaction.on_commit(lambda: walk_backfill.delay(backfill.pk), robust=True)


@admin.register(Backfill)
class BackfillAdmin(ReadOnlyAdmin):
    """Usage of the past that partners send anew."""

    list_display = ("opened", "source", "customer", "span", "event_name", "badge", "progress")
    list_filter = ("state", "source__partner", "source__mode")
    list_select_related = ("source__partner", "customer")
    search_fields = ("=customer__external_id", "=event_name")
    show_full_result_count = False
    buttons = (
        Button(
            name="close",
            label="Close",
            permission=CHANGE,
            press=_close,
            refusals=(NotInThatState, SomeWereRefused, StoringGoesOn),
            is_offered=lambda backfill: (
                backfill.state == BackfillState.OPEN and not backfill.makes_void_what_was_refused
            ),
            facts_template="admin/usage/close_backfill.html",
            facts=_effect,
        ),
        Button(
            name="close_despite_refused",
            label="Close despite what was refused",
            permission=CHANGE,
            press=partial(_close, despite_refused=True),
            refusals=(NotInThatState, StoringGoesOn),
            is_offered=lambda backfill: (
                backfill.state == BackfillState.OPEN and backfill.makes_void_what_was_refused
            ),
            facts_template="admin/usage/close_backfill.html",
            facts=_effect,
        ),
        Button(
            name="discard",
            label="Discard",
            permission=CHANGE,
            press=_discard,
            refusals=(NotInThatState,),
            is_offered=lambda backfill: backfill.state == BackfillState.OPEN,
            facts_template="admin/usage/discard_backfill.html",
            is_irreversible=True,
        ),
        Button(
            name="undo",
            label="Undo",
            permission=CHANGE,
            press=_undo,
            refusals=(NotInThatState, AlreadyInvoiced),
            is_offered=lambda backfill: backfill.state == BackfillState.CLOSED,
            facts_template="admin/usage/undo_backfill.html",
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(OPEN))

    def get_urls(self) -> list[URLPattern]:
        stage = path(
            "<path:object_id>/stage/",
            self.admin_site.admin_view(self.stage_view),
            name="usage_backfill_stage",
        )
        return [stage, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Open a backfill."""
        return open_page(self, request)

    def stage_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Stage a file."""
        return stage_page(self, request, self._found(request, object_id))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show how far it is."""
        if request.method != "GET":
            raise PermissionDenied
        return progress_page(self, request, self._found(request, object_id))

    def _found(self, request: HttpRequest, object_id: str) -> Backfill:
        backfill = self.get_object(request, unquote(object_id))
        if backfill is None:
            raise Http404
        if not self.has_view_permission(request, backfill):
            raise PermissionDenied
        found: Backfill = backfill
        return found

    @admin.display(description="time of the events")
    def span(self, backfill: Backfill) -> str:
        return span_words(backfill.starts_at, backfill.ends_at, "UTC")

    @admin.display(description="opened", ordering="opened_at")
    def opened(self, backfill: Backfill) -> str:
        return instant_words(backfill.opened_at)

    @admin.display(description="taken over")
    def progress(self, backfill: Backfill) -> str:
        return f"{backfill.taken:,} of {backfill.staged:,}"

    @admin.display(description="state", ordering="state")
    def badge(self, backfill: Backfill) -> SafeString:
        tone = TONES.get(BackfillState(backfill.state), "plain")
        return state_badge(backfill.get_state_display(), tone)
