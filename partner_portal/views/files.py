"""Files of usage: the list, an upload, each one's page and what is done with it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect

from accounts.operations.record_look import counted
from accounts.queries.partner_brand import partner_brand
from partner_portal.documents.file_actions import offered_actions
from partner_portal.documents.file_row import about, file_row, state_words, uploader
from partner_portal.documents.times import instant
from partner_portal.pages import looked, mode_asked, page, partner_page
from partner_portal.queries.files import file_of, listed_files
from partner_portal.viewer import PartnerViewer, Right
from usage.documents.files.error_table import csv_lines
from usage.documents.files.file_page import TONES, FilePage, file_page
from usage.models import UsageFile
from usage.operations.files.begin_run import start_check, start_import
from usage.operations.files.cancel_file import cancel_file
from usage.operations.files.forget_usage_file import forget_usage_file, why_not_forgotten
from usage.operations.files.map_file import NotNow
from usage.operations.files.wake_worker import wake_worker
from usage.queries.files.found_files import every_error, runs_of

ON_A_PAGE = 50
_Operation = Callable[..., UsageFile]


@partner_page()
def files(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return a page of the files of one mode, the latest first."""
    mode, brand = mode_asked(request, viewer), partner_brand(partner=viewer.partner)
    found = listed_files(
        partner=viewer.partner,
        mode=mode,
        after=_uid(request.GET.get("after", "")),
        limit=ON_A_PAGE + 1,
    )
    shown = found[:ON_A_PAGE]
    context = {
        "mode": mode,
        "brand": brand,
        "rows": [file_row(file, brand_name=brand.name) for file in shown],
        "is_first": "after" not in request.GET,
        "older": str(shown[-1].uid) if len(found) > ON_A_PAGE else "",
    }
    return page(request, viewer, "partner/files/files.html", context)


@partner_page()
def file(request: HttpRequest, viewer: PartnerViewer, *, file_id: str) -> HttpResponse:
    """Return one file: how far it is, its counts, what is wrong with its rows."""
    found, brand = owned_file(viewer, file_id), partner_brand(partner=viewer.partner)
    context = {
        "brand": brand,
        "about": about(found),
        "uploaded": instant(found.uploaded_at),
        "by": uploader(found, brand_name=brand.name),
        "mode": found.source.mode,
        **_live(viewer, found),
    }
    return page(request, viewer, "partner/files/file.html", context)


@partner_page()
def file_live(request: HttpRequest, viewer: PartnerViewer, *, file_id: str) -> HttpResponse:
    """Return the part of a file's page that moves, or 204 while it is as it is shown."""
    context = _live(viewer, owned_file(viewer, file_id))
    if request.GET.get("version") == context["version"]:
        return HttpResponse(status=204)
    return page(request, viewer, "partner/files/live.html", context)


@partner_page()
def file_errors(request: HttpRequest, viewer: PartnerViewer, *, file_id: str) -> HttpResponseBase:
    """Return every error of the latest check or import as a CSV."""
    found = owned_file(viewer, file_id)
    run = runs_of(file=found).latest()
    look = looked(request, viewer, rows=None, asked=found.public_id)
    return StreamingHttpResponse(
        csv_lines(counted(every_error(run=run) if run else (), look=look)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{found.public_id}-errors.csv"'},
    )


@partner_page(Right.FILES, methods=("POST",))
def file_check(request: HttpRequest, viewer: PartnerViewer, *, file_id: str) -> HttpResponse:
    """Have a file read as an import would, and nothing stored."""
    done = "The file is being checked. Nothing is stored by that."
    return _act(request, viewer, file_id, start_check, done)


@partner_page(Right.FILES, methods=("POST",))
def file_import(request: HttpRequest, viewer: PartnerViewer, *, file_id: str) -> HttpResponse:
    """Have the events of a file stored, from where it was on."""
    return _act(request, viewer, file_id, start_import, "The file is being imported.")


@partner_page(Right.FILES, methods=("POST",))
def file_cancel(request: HttpRequest, viewer: PartnerViewer, *, file_id: str) -> HttpResponse:
    """Stop a check or import."""
    return _act(request, viewer, file_id, cancel_file, "It is stopped. What is stored stays.")


@partner_page(Right.FILES, methods=("GET", "POST"))
def file_forget(request: HttpRequest, viewer: PartnerViewer, *, file_id: str) -> HttpResponse:
    """Return the question whether to delete a file's bytes, or delete them."""
    if request.method == "POST":
        done = "Its bytes are deleted. Its counts and the events that were stored stay."
        return _act(request, viewer, file_id, forget_usage_file, done)
    found = owned_file(viewer, file_id)
    refused = why_not_forgotten(file=found)
    if refused:
        messages.info(request, _sentence(refused))
        return to_file(viewer, found)
    return page(request, viewer, "partner/files/forget.html", {"file": found})


def owned_file(viewer: PartnerViewer, file_id: str) -> UsageFile:
    """Return the partner's file with this id; :raises Http404: it has none."""
    found = file_of(partner=viewer.partner, public_id=file_id)
    if found is None:
        raise Http404
    return found


def to_file(viewer: PartnerViewer, file: UsageFile) -> HttpResponse:
    """Return the way to a file's page."""
    return redirect("partner:file", viewer.partner.public_id, file.public_id)


def _act(
    request: HttpRequest, viewer: PartnerViewer, file_id: str, operation: _Operation, done: str
) -> HttpResponse:
    found = owned_file(viewer, file_id)
    try:
        changed = operation(file=found, now=datetime.now(UTC))
    except NotNow as refusal:
        messages.error(request, _sentence(str(refusal)))
    else:
        wake_worker(file=changed)
        messages.success(request, done)
    return to_file(viewer, found)


def _live(viewer: PartnerViewer, file: UsageFile) -> dict[str, Any]:
    shown = file_page(file=file)
    return {
        "file": file,
        "shown": shown,
        "state": state_words(file),
        "tone": TONES[file.state],
        "actions": offered_actions(file=file) if viewer.may_use_files else (),
        "may_forget": viewer.may_use_files and not why_not_forgotten(file=file),
        "version": _version(shown),
    }


def _version(shown: FilePage) -> str:
    counted = [f"{run.kind}.{run.rows}.{run.percent}.{run.errors}" for run in shown.runs]
    return "-".join([shown.file.state, *counted])


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}."


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
