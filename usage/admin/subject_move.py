"""Moves of the usage of subjects, and how far each is."""

from django.contrib import admin
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.words import instant_words, span_words, state_badge
from usage.models import SubjectMove


@admin.register(SubjectMove)
class SubjectMoveAdmin(ReadOnlyAdmin):
    """What moved with which subject; reload the page to see how far it is."""

    list_display = ("identifier", "span", "requested", "requested_by", "state", "progress")
    list_select_related = ("requested_by",)
    search_fields = ("=identifier", "requested_by__email")
    show_full_result_count = False
    fields = (
        "public_id", "identifier", "span", "requested", "requested_by", "state", "events",
        "moved", "left_waiting", "refused", "finished_at",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description="id")
    def public_id(self, move: SubjectMove) -> str:
        return move.public_id

    @admin.display(description="time of the events")
    def span(self, move: SubjectMove) -> str:
        end = None if move.ends_at.year > 9998 else move.ends_at
        return span_words(move.starts_at, end, "UTC")

    @admin.display(description="requested", ordering="requested_at")
    def requested(self, move: SubjectMove) -> str:
        return instant_words(move.requested_at)

    @admin.display(description="events")
    def progress(self, move: SubjectMove) -> str:
        return f"{move.done:,} of {move.events:,}"

    @admin.display(description="state")
    def state(self, move: SubjectMove) -> SafeString:
        if move.finished_at is None:
            return state_badge("running", "waiting")
        if move.refused or move.left_waiting:
            return state_badge("done, some wait or stay", "bad")
        return state_badge("done", "good")
