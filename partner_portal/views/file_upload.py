"""A file of usage on its way in: the upload, and what its columns mean."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import KeyMode
from partner_portal.documents.times import instant
from partner_portal.forms.files import PartnerUploadForm
from partner_portal.pages import looked, mode_asked, page, partner_page
from partner_portal.queries.reach import key_of_mode
from partner_portal.viewer import PartnerViewer, Right
from partner_portal.views.files import owned_file, to_file
from usage.documents.files.uncounted import uncounted_sentence
from usage.files.encodings import Encoding
from usage.files.mapping import FileMapping
from usage.files.read_row import MissingColumn
from usage.files.rows import Unreadable
from usage.forms.mapping_entry import MappingEntry, mapping_entry, may_be_windows
from usage.forms.upload import parts_of
from usage.models import FileState, UsageFile
from usage.operations.files.map_file import NotNow, map_file, read_text_as
from usage.operations.files.upload_file import NoRoom, Uploaded, upload_file
from usage.operations.source_of_key import source_of_key
from usage.store.kept_files import StorageFull, TooLarge
from values.problems import InvalidTerms

_MAPPING = "partner/files/mapping.html"


@partner_page(Right.FILES, methods=("GET", "POST"))
def upload(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return the form of an upload, or keep the file and go on with it."""
    mode = mode_asked(request, viewer)
    form = PartnerUploadForm(
        request.POST or None, request.FILES or None, initial={"mode": mode.value}
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = _uploaded(viewer, form.cleaned_data)
        except (Unreadable, TooLarge, NoRoom, StorageFull) as refusal:
            form.add_error("file", _sentence(str(refusal)))
        else:
            return _onward(request, viewer, done)
    status = 422 if form.errors else 200
    context = {"form": form, "mode": mode}
    return page(request, viewer, "partner/files/upload.html", context, status=status)


@partner_page(Right.FILES, methods=("GET", "POST"))
def file_mapping(request: HttpRequest, viewer: PartnerViewer, *, file_id: str) -> HttpResponse:
    """Return what the columns mean with the first rows as events; save it, or only look."""
    file = owned_file(viewer, file_id)
    if file.is_forgotten:
        return to_file(viewer, file)
    data = request.POST if request.method == "POST" else None
    sample, entry = mapping_entry(file=file, start=request.GET.get("from", ""), data=data)
    context: dict[str, Any] = {"file": file, "failure": sample.what_is_wrong(), "entry": entry}
    if entry is None:
        context["may_be_windows"] = may_be_windows(file=file, sample=sample)
        if data is not None and "windows" in data and context["may_be_windows"]:
            read_text_as(file=file, encoding=Encoding.WINDOWS_1252)
            return redirect(request.path)
        return page(request, viewer, _MAPPING, context)
    mapping = entry.base if data is None else entry.entered()
    is_saved = (
        data is not None
        and mapping is not None
        and (entry.form is None or "save" in data)
        and _saved(request, viewer, entry, mapping)
    )
    if is_saved:
        return to_file(viewer, file)
    context["events"] = shown = entry.previewed(mapping) if mapping is not None else []
    context["uncounted"] = uncounted_sentence(shown, source=file.source)
    looked(request, viewer, rows=len(shown), asked=file.public_id)
    is_wrong = entry.form is not None and bool(
        entry.form.errors or entry.properties.total_error_count()
    )
    return page(request, viewer, _MAPPING, context, status=422 if data and is_wrong else 200)


def _uploaded(viewer: PartnerViewer, entered: dict[str, Any]) -> Uploaded:
    key = key_of_mode(partner=viewer.partner, mode=KeyMode(entered["mode"]))
    return upload_file(
        source=source_of_key(key=key),
        name=entered["file"].name or "",
        parts=parts_of(entered["file"]),
        now=datetime.now(UTC),
        by=viewer.user,
        again=entered["again"],
    )


def _onward(request: HttpRequest, viewer: PartnerViewer, done: Uploaded) -> HttpResponse:
    """Go where the next step is; a file that was there before says so."""
    file = done.file
    if not done.is_new:
        messages.warning(
            request,
            f"This very file was uploaded before, at {instant(file.uploaded_at)} as {file.name}: "
            "here it is. Nothing was kept or imported again.",
        )
    elif file.state != FileState.UPLOADED:
        messages.success(
            request, "The file is uploaded, and mapped as your last one with these columns was."
        )
    if file.state == FileState.UPLOADED:
        return redirect("partner:file_mapping", viewer.partner.public_id, file.public_id)
    return to_file(viewer, file)


def _saved(
    request: HttpRequest, viewer: PartnerViewer, entry: MappingEntry, mapping: FileMapping
) -> bool:
    file: UsageFile = entry.file
    reading = entry.text_reading()
    try:
        map_file(file=file, mapping=mapping, now=datetime.now(UTC), by=viewer.user, **reading)
    except (NotNow, MissingColumn, Unreadable, InvalidTerms) as refusal:
        messages.error(request, _sentence(str(refusal)))
        return False
    messages.success(request, "Saved, and remembered for the next file with these columns.")
    return True


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}."
