"""The page on which staff say what the columns of a file mean."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.looking import staff_look
from accounts.models import User
from usage.admin.files.for_backfill import asked_backfill, next_page
from usage.documents.files.uncounted import uncounted_sentence
from usage.files.encodings import Encoding
from usage.files.mapping import FileMapping
from usage.files.read_row import MissingColumn
from usage.files.rows import Unreadable
from usage.forms.mapping_entry import MappingEntry, mapping_entry, may_be_windows
from usage.models import MappingOrigin, UsageFile
from usage.operations.files.map_file import NotNow, map_file, read_text_as
from values.problems import InvalidTerms

_TEMPLATE = "admin/usage/files/mapping.html"


def mapping_page(
    admin_: Any, request: HttpRequest, file: UsageFile, context: dict[str, Any]
) -> HttpResponse:
    """Show the form with the first rows as events; save it, or look at it without saving."""
    data = request.POST if request.method == "POST" else None
    sample, entry = mapping_entry(file=file, start=request.GET.get("from", ""), data=data)
    backfill = asked_backfill(request, source=file.source)
    context |= {
        "file": file,
        "failure": sample.what_is_wrong(),
        "columns": sample.columns,
        "backfill": backfill,
    }
    if entry is None:
        context["may_be_windows"] = may_be_windows(file=file, sample=sample)
        if data is not None and "windows" in data and context["may_be_windows"]:
            read_text_as(file=file, encoding=Encoding.WINDOWS_1252)
            return redirect(request.get_full_path())
        return TemplateResponse(request, _TEMPLATE, context)
    context |= {
        "entry": entry,
        "form": entry.form,
        "properties": entry.properties,
        "further": entry.further_legs,
        "is_guessed": entry.origin == MappingOrigin.GUESSED,
    }
    mapping = entry.base if data is None else entry.entered()
    if mapping is None:
        return TemplateResponse(request, _TEMPLATE, context)
    if data is not None and (entry.form is None or "save" in data):
        mapped = _saved(admin_, request, entry, mapping)
        if mapped is not None:
            return redirect(next_page(file=mapped, backfill=backfill))
    context["events"] = shown = entry.previewed(mapping)
    context["uncounted"] = uncounted_sentence(shown, source=file.source)
    staff_look(request, rows=len(shown), asked=file.public_id, partner=file.source.partner)
    return TemplateResponse(request, _TEMPLATE, context)


def _saved(
    admin_: Any, request: HttpRequest, entry: MappingEntry, mapping: FileMapping
) -> UsageFile | None:
    assert isinstance(request.user, User)
    reading, file = entry.text_reading(), entry.file
    try:
        mapped = map_file(
            file=file, mapping=mapping, now=datetime.now(UTC), by=request.user, **reading
        )
    except (NotNow, MissingColumn, Unreadable, InvalidTerms) as error:
        messages.error(request, f"{str(error)[0].upper()}{str(error)[1:]}.")
        return None
    admin_.log_change(request, file, "Mapped.")
    messages.success(request, "The mapping is saved, and remembered for the next such file.")
    return mapped
