"""Files of usage: the list, each one's page, and what staff do with it."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button, button_url_name
from accounts.admin.pages.words import instant_words, state_badge
from accounts.looking import staff_look
from accounts.models import KeyMode, Partner, User
from accounts.operations.record_look import counted
from usage.admin.files.for_backfill import asked_backfill, needs_a_copy, next_page
from usage.admin.files.mapping_page import mapping_page
from usage.documents.files.error_table import csv_lines
from usage.documents.files.file_page import TONES, file_page
from usage.files.rows import Unreadable
from usage.forms.upload import UploadForm, parts_of
from usage.models import Backfill, FileState, Source, UsageFile
from usage.operations.files.begin_run import (
    is_import_offered,
    start_check,
    start_import,
    why_not_checked,
)
from usage.operations.files.cancel_file import cancel_file
from usage.operations.files.forget_usage_file import forget_usage_file, why_not_forgotten
from usage.operations.files.map_file import NotNow
from usage.operations.files.upload_file import NoRoom, upload_file
from usage.operations.files.wake_worker import wake_worker
from usage.queries.files.found_files import every_error, runs_of
from usage.store.kept_files import StorageFull, TooLarge

CHANGE_FILE = "usage.change_usagefile"
_MAPPABLE = {FileState.UPLOADED, FileState.MAPPED, FileState.CHECKED, FileState.FAILED}
_KNOWN = "{} is this very file, and “{}”. Choose it again and tick this, to stage it all the same."


class StaffUploadForm(UploadForm):
    """A file and whose usage it tells."""

    partner = forms.ModelChoiceField(
        Partner.objects.order_by("name"),
        help_text="Whose usage it is: the file may name this partner's customers, and what the "
        "partner sent otherwise is known. A carrier whose records you fetch is a partner too.",
    )
    mode = forms.ChoiceField(choices=KeyMode.choices, initial=KeyMode.LIVE)
    field_order = ("partner", "mode", "file", "again")

    def __init__(self, *args: Any, backfill: Backfill | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if backfill is not None:
            source = backfill.source
            for name, value in {"partner": source.partner_id, "mode": source.mode}.items():
                self.fields[name].initial, self.fields[name].disabled = value, True


def _check(admin_: Any, request: HttpRequest, file: UsageFile, entered: dict[str, Any]) -> str:
    wake_worker(file=start_check(file=file, now=datetime.now(UTC)))
    return "The file is being checked. Nothing is stored by that."


def _import(admin_: Any, request: HttpRequest, file: UsageFile, entered: dict[str, Any]) -> str:
    wake_worker(file=start_import(file=file, now=datetime.now(UTC)))
    return "The file is being imported."


def _cancel(admin_: Any, request: HttpRequest, file: UsageFile, entered: dict[str, Any]) -> str:
    cancel_file(file=file, now=datetime.now(UTC))
    return "It is stopped. What is stored stays stored."


def _forget(admin_: Any, request: HttpRequest, file: UsageFile, entered: dict[str, Any]) -> str:
    forget_usage_file(file=file, now=datetime.now(UTC))
    return "Its bytes are deleted. Its counts and the events that were stored stay."


@admin.register(UsageFile)
class UsageFileAdmin(ReadOnlyAdmin):
    """Files that partners and staff uploaded."""

    list_display = ("name", "source", "state_shown", "size", "events_number", "uploaded", "who")
    list_filter = ("state", "format", "source__partner", "source__mode")
    list_select_related = ("source__partner", "uploaded_by", "uploaded_with")
    search_fields = ("name", "sha256", "source__partner__name")
    show_full_result_count = False
    buttons = (
        Button(
            name="check",
            label="Check",
            permission=CHANGE_FILE,
            press=_check,
            refusals=(NotNow,),
            is_offered=lambda file: not why_not_checked(file=file),
        ),
        Button(
            name="import",
            label="Import",
            permission=CHANGE_FILE,
            press=_import,
            refusals=(NotNow,),
            is_offered=lambda file: is_import_offered(file=file),
        ),
        Button(
            name="cancel",
            label="Stop",
            permission=CHANGE_FILE,
            press=_cancel,
            refusals=(NotNow,),
            is_offered=lambda file: file.is_at_work,
        ),
        Button(
            name="forget",
            label="Delete its bytes",
            permission=CHANGE_FILE,
            press=_forget,
            refusals=(NotNow,),
            is_offered=lambda file: not why_not_forgotten(file=file),
            facts_template="admin/usage/files/forget.html",
            is_irreversible=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("runs")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("usage.add_usagefile"))

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Any, name: str) -> URLPattern:
            return path(
                f"<path:object_id>/{route}/",
                self.admin_site.admin_view(view),
                name=f"usage_usagefile_{name}",
            )

        return [
            own("mapping", self.mapping_view, "mapping"),
            own("errors.csv", self.errors_view, "errors"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Take a file."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        backfill = asked_backfill(request)
        form = StaffUploadForm(request.POST or None, request.FILES or None, backfill=backfill)
        if request.method == "POST" and form.is_valid():
            answer = self._uploaded(request, form, backfill)
            if answer is not None:
                return answer
        context = {
            **self._context(request, "Upload a file of usage"),
            "form": form,
            "backfill": backfill,
        }
        return TemplateResponse(request, "admin/usage/files/upload.html", context)

    def _uploaded(
        self, request: HttpRequest, form: StaffUploadForm, backfill: Backfill | None
    ) -> HttpResponse | None:
        entered = form.cleaned_data
        source, _ = Source.objects.get_or_create(partner=entered["partner"], mode=entered["mode"])
        assert isinstance(request.user, User)
        try:
            done = upload_file(
                source=source,
                name=entered["file"].name or "",
                parts=parts_of(entered["file"]),
                now=datetime.now(UTC),
                by=request.user,
                again=entered["again"],
            )
        except (Unreadable, TooLarge, NoRoom, StorageFull) as error:
            reason = str(error)
            form.add_error("file", ValidationError(f"{reason[0].upper()}{reason[1:]}."))
            return None
        file = done.file
        if done.is_new:
            self.log_addition(request, file, "Uploaded.")
        elif needs_a_copy(file=file, backfill=backfill):
            form.add_error("again", _KNOWN.format(file.name, file.get_state_display()))
            return None
        else:
            messages.warning(
                request,
                "This very file was uploaded before: here it is. Nothing was kept or imported.",
            )
        return redirect(next_page(file=file, backfill=backfill))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show how far the file is; htmx asks for the live part alone."""
        file = self._file(request, object_id)
        shown = file_page(file=file)
        live = {
            "page": shown,
            "file": file,
            "address": reverse("admin:usage_usagefile_change", args=[file.pk]),
            "errors_address": reverse("admin:usage_usagefile_errors", args=[file.pk]),
            "state": state_badge(file.get_state_display(), TONES[file.state]),
            "offered": [
                (button, reverse(f"admin:{button_url_name(self, button)}", args=[file.pk]))
                for button in self.buttons
                if button.is_shown(request, file)
            ],
            "mapping_address": reverse("admin:usage_usagefile_mapping", args=[file.pk])
            if file.state in _MAPPABLE
            and not file.is_forgotten
            and request.user.has_perm(CHANGE_FILE)
            else "",
        }
        if request.headers.get("HX-Request"):
            return TemplateResponse(request, "admin/usage/files/live.html", live)
        context = {
            **self._context(request, file.name, file),
            **live,
            "uploaded": instant_words(file.uploaded_at),
            "who": self.who(file),
            "size": filesizeformat(file.size_bytes),
        }
        return TemplateResponse(request, "admin/usage/files/file.html", context)

    def mapping_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what the columns mean."""
        if not request.user.has_perm(CHANGE_FILE):
            raise PermissionDenied
        file = self._file(request, object_id)
        return mapping_page(
            self, request, file, self._context(request, "What its columns mean", file)
        )

    def errors_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Return every error of the latest run as a download."""
        file = self._file(request, object_id)
        run = runs_of(file=file).latest()
        look = staff_look(request, rows=None, asked=file.public_id, partner=file.source.partner)
        return StreamingHttpResponse(
            csv_lines(counted(every_error(run=run) if run else (), look=look)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{file.public_id}-errors.csv"'},
        )

    def _file(self, request: HttpRequest, object_id: str) -> UsageFile:
        file = self.get_object(request, unquote(object_id))
        if file is None:
            raise Http404
        if not self.has_view_permission(request, file):
            raise PermissionDenied
        found: UsageFile = file
        return found

    def _context(
        self, request: HttpRequest, title: str, file: UsageFile | None = None
    ) -> dict[str, Any]:
        address = reverse("admin:usage_usagefile_change", args=[file.pk]) if file else ""
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": file,
            "object_url": address,
            "media": self.media,
        }

    @admin.display(description="state", ordering="state")
    def state_shown(self, file: UsageFile) -> SafeString:
        return state_badge(file.get_state_display(), TONES[file.state])

    @admin.display(description="size", ordering="size_bytes")
    def size(self, file: UsageFile) -> str:
        return str(filesizeformat(file.size_bytes))

    @admin.display(description="events stored")
    def events_number(self, file: UsageFile) -> str:
        stored = runs_of(file=file).stored
        return f"{stored.accepted:,}" if stored else ""

    @admin.display(description="uploaded", ordering="uploaded_at")
    def uploaded(self, file: UsageFile) -> str:
        return instant_words(file.uploaded_at)

    @admin.display(description="by")
    def who(self, file: UsageFile) -> str:
        return str(file.uploaded_by or file.uploaded_with or "")
