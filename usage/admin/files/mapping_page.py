"""The page on which staff say what the columns of a file mean."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import User
from usage.documents.files.file_page import mapping_of
from usage.documents.files.preview_rows import shown_events
from usage.files.detect import FileFormat
from usage.files.encodings import Encoding
from usage.files.mapping import FileMapping
from usage.files.mapping_format import mapping_json, read_mapping
from usage.files.read_row import MissingColumn
from usage.files.rows import Unreadable
from usage.forms.mapping import MappingForm
from usage.forms.properties import entered_properties, property_forms
from usage.models import UsageFile
from usage.operations.files.map_file import NotNow, map_file, read_text_as
from usage.queries.files.sample import FileSample, file_sample, preview
from values.problems import InvalidTerms

_TEMPLATE = "admin/usage/files/mapping.html"


def mapping_page(
    admin_: Any, request: HttpRequest, file: UsageFile, context: dict[str, Any]
) -> HttpResponse:
    """Show the form with the first rows as events; save it, or look at it without saving."""
    sample = file_sample(file=file)
    context |= {"file": file, "failure": sample.failure, "columns": sample.columns}
    if not sample.columns:
        context["may_be_windows"] = (
            file.format == FileFormat.CSV
            and sample.failure is not None
            and sample.failure.code == "encoding"
        )
        if request.method == "POST" and "windows" in request.POST and context["may_be_windows"]:
            read_text_as(file=file, encoding=Encoding.WINDOWS_1252)
            return redirect(request.path)
        return TemplateResponse(request, _TEMPLATE, context)
    base = _base(request, file, sample)
    context |= {"is_guessed": file.mapping is None, "ready": sample.ready_code()}
    if not base.events:
        return _whole_events(admin_, request, file, sample, base, context)
    data = request.POST if request.method == "POST" else None
    form = MappingForm(data, file=file, base=base, columns=sample.columns)
    properties, rules = property_forms(base, sample.columns, data)
    context |= {"form": form, "properties": properties, "further": base.events[1:]}
    mapping = base
    if data is not None:
        entered = _entered(form, properties, rules)
        if entered is None:
            return TemplateResponse(request, _TEMPLATE, context)
        mapping = entered
        if "save" in data:
            answer = _save(admin_, request, file, mapping, form)
            if answer is not None:
                return answer
    context["events"] = _previewed(sample, mapping, form)
    return TemplateResponse(request, _TEMPLATE, context)


def _base(request: HttpRequest, file: UsageFile, sample: FileSample) -> FileMapping:
    """Return what the form begins from: the file's own mapping, or what is likely."""
    own = mapping_of(file)
    return sample.guessed() if own is None or "guess" in request.GET else own


def _whole_events(
    admin_: Any,
    request: HttpRequest,
    file: UsageFile,
    sample: FileSample,
    base: FileMapping,
    context: dict[str, Any],
) -> HttpResponse:
    if request.method == "POST":
        answer = _save(admin_, request, file, base, None)
        if answer is not None:
            return answer
    context["events"] = shown_events(preview(sample=sample, mapping=base))
    return TemplateResponse(request, _TEMPLATE, context)


def _entered(form: MappingForm, properties: Any, rules: Any) -> FileMapping | None:
    """Return the mapping that was entered, None where something is wrong; the form says what."""
    if not (form.is_valid() & properties.is_valid()):
        return None
    try:
        mapping = form.mapping(entered_properties(properties, rules))
        # The same words as the API's: what it would refuse is refused here.
        return read_mapping(mapping_json(mapping))
    except ValidationError as error:
        form.add_error(None, error)
    except InvalidTerms as error:
        for problem in error.problems:
            form.add_error(None, problem.text())
    return None


def _save(
    admin_: Any,
    request: HttpRequest,
    file: UsageFile,
    mapping: FileMapping,
    form: MappingForm | None,
) -> HttpResponse | None:
    assert isinstance(request.user, User)
    reading = form.text_reading() if form else {}
    try:
        map_file(file=file, mapping=mapping, now=datetime.now(UTC), by=request.user, **reading)
    except (NotNow, MissingColumn, Unreadable, InvalidTerms) as error:
        messages.error(request, f"{str(error)[0].upper()}{str(error)[1:]}.")
        return None
    admin_.log_change(request, file, "Mapped.")
    messages.success(request, "The mapping is saved, and remembered for the next such file.")
    return redirect("admin:usage_usagefile_change", file.pk)


def _previewed(sample: FileSample, mapping: FileMapping, form: MappingForm) -> Any:
    try:
        return shown_events(preview(sample=sample, mapping=mapping))
    except MissingColumn as error:
        form.add_error(None, f"{str(error)[0].upper()}{str(error)[1:]}.")
        return []
