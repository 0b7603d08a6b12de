"""Moves of the usage of subjects, and how far each is."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.words import instant_words, span_words, state_badge
from usage.models import SubjectMove
from usage.models.subject_move import counted_words


@admin.register(SubjectMove)
class SubjectMoveAdmin(ReadOnlyAdmin):
    """What moved with which subject, and how far it is."""

    list_display = ("identifier", "span", "requested", "requested_by", "state", "progress")
    list_select_related = ("requested_by",)
    search_fields = ("=identifier", "requested_by__email")
    show_full_result_count = False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show how far it is; htmx asks for the live part alone."""
        move = self.get_object(request, unquote(object_id))
        if move is None:
            raise Http404
        if request.method != "GET" or not self.has_view_permission(request, move):
            raise PermissionDenied
        live = {
            "move": move,
            "address": object_url(self, move),
            "state": self.state(move),
            "progress": self.progress(move),
            "counts": [
                ("Moved", f"{move.moved:,}"),
                ("Wait, as nobody holds them", f"{move.left_waiting:,}"),
                ("Stay, as no meter of their holder reads them", f"{move.refused:,}"),
            ],
        }
        if request.headers.get("HX-Request"):
            return TemplateResponse(request, "admin/usage/subject_move_live.html", live)
        context = {
            **self.admin_site.each_context(request),
            **live,
            "title": f"Usage of {move.identifier}",
            "opts": self.opts,
            "original": move,
            "object_url": object_url(self, move),
            "span": self.span(move),
            "requested": instant_words(move.requested_at),
            "finished": instant_words(move.finished_at) if move.finished_at else "",
            "media": self.media,
        }
        return TemplateResponse(request, "admin/usage/subject_move.html", context)

    @admin.display(description="time of the events")
    def span(self, move: SubjectMove) -> str:
        end = None if move.ends_at.year > 9998 else move.ends_at
        return span_words(move.starts_at, end, "UTC")

    @admin.display(description="requested", ordering="requested_at")
    def requested(self, move: SubjectMove) -> str:
        return instant_words(move.requested_at)

    @admin.display(description="events")
    def progress(self, move: SubjectMove) -> str:
        return f"{move.done:,} of {counted_words(move.events)}"

    @admin.display(description="state")
    def state(self, move: SubjectMove) -> SafeString:
        if move.finished_at is None:
            return state_badge("running", "waiting")
        if move.refused or move.left_waiting:
            return state_badge("done, some wait or stay", "bad")
        return state_badge("done", "good")
