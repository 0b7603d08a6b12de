"""Archived months: which events are in which file."""

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.count_columns import count_column
from accounts.admin.pages.tables import Table, number, text
from accounts.admin.pages.words import day_words, instant_words, state_badge
from usage.models import ArchiveState, UsageArchive
from usage.models.archive import month_name

_TONES = {
    ArchiveState.ARCHIVED: "good",
    ArchiveState.WRITING: "waiting",
    ArchiveState.WRITTEN: "waiting",
}


@admin.register(UsageArchive)
class UsageArchiveAdmin(ReadOnlyAdmin):
    """What `manage.py usage_archive` did; nothing is changed here."""

    list_display = (
        "month_told", "part", "state_told", "events_told", "kept_rows_told", "size", "archived",
    )  # fmt: skip
    list_filter = ("state",)
    search_fields = ("stored_as", "sha256")
    date_hierarchy = "month"
    fields = (
        "month_told", "part", "state_told", "events_told", "rows_told", "kept_rows_told", "size",
        "sha256", "stored_as", "begun", "archived", "restored", "commands",
    )  # fmt: skip
    readonly_fields = fields
    events_told = count_column("events")
    rows_told = count_column("rows")
    kept_rows_told = count_column("kept_rows", "rows kept for bills")

    def get_fields(self, request: HttpRequest, obj: UsageArchive | None = None) -> tuple[str, ...]:
        return self.fields

    def tables(self, request: HttpRequest, obj: UsageArchive) -> list[Table]:
        """Return what it holds of each source's days."""
        days = obj.days.select_related("source__partner").order_by("day", "source")
        rows = [
            (text(day_words(each.day)), text(str(each.source)), number(f"{each.events:,}"))
            for each in days
        ]
        return [Table("Events by day of receipt", ("Day (UTC)", "Source", "Events"), rows)]

    @admin.display(description="month", ordering="month")
    def month_told(self, archive: UsageArchive) -> str:
        return month_name(archive.month)

    @admin.display(description="state", ordering="state")
    def state_told(self, archive: UsageArchive) -> SafeString:
        state = ArchiveState(archive.state)
        return state_badge(state.label, _TONES.get(state, "plain"))

    @admin.display(description="size", ordering="size_bytes")
    def size(self, archive: UsageArchive) -> str:
        return filesizeformat(archive.size_bytes)

    @admin.display(description="begun", ordering="begun_at")
    def begun(self, archive: UsageArchive) -> str:
        return instant_words(archive.begun_at)

    @admin.display(description="archived", ordering="archived_at")
    def archived(self, archive: UsageArchive) -> str:
        return instant_words(archive.archived_at)

    @admin.display(description="brought back")
    def restored(self, archive: UsageArchive) -> str:
        return instant_words(archive.restored_at)

    @admin.display(description="for an operator")
    def commands(self, archive: UsageArchive) -> str:
        month = month_name(archive.month)
        return (
            f"manage.py usage_archive check --month {month} · find --from {month}-01 · "
            f"restore {month}"
        )
