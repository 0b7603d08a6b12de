"""A deck of rates as CSV: looked at before anything changes, written at once, downloaded."""

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.admin.file_formats import UnreadableFile
from accounts.admin.imports import KeptUpload
from accounts.admin.pages.buttons import object_url
from catalog.admin.call_rates.deck import fits_a_file, read_deck
from catalog.models import PriceVersion
from catalog.operations.publish_price_version import AlreadyPublished
from catalog.operations.replace_call_rates import replace_call_rates
from catalog.queries.call_rate_changes import CallRateChange, call_rate_changes, charge_words
from catalog.queries.call_rate_fit import refuse_call_rate_misfits
from invoicing.rating.price_format.call_rates import RATE_KEYS, rate_as_json
from invoicing.rating.price_format.rates_file import MOST_ROWS
from invoicing.rating.terms.call_rate import CallRate
from values.problems import InvalidTerms

MOST_BYTES = 12 * 2**20
SHOWN_AT_MOST = 200
_COLUMNS = tuple(key for key in RATE_KEYS.now if key not in ("steps", "match"))
_WORDS = {"added": "new", "changed": "changed", "removed": "goes away"}


class DeckForm(forms.Form):
    """The file."""

    file = forms.FileField(label="CSV file", widget=forms.FileInput(attrs={"accept": ".csv"}))

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if upload.size is None or upload.size > MOST_BYTES:
            raise ValidationError(f"A file has at most {MOST_BYTES // 2**20} MB.")
        return upload


def import_page(admin: Any, request: HttpRequest, version: PriceVersion) -> HttpResponse:
    """Take a file, show what it changes, and write it once that was looked at."""
    if version.published_at is not None or not admin.has_change_permission(request, version):
        raise PermissionDenied
    form, found = DeckForm(), {}
    if request.method == "POST" and "kept" in request.POST:
        done = _import(admin, request, version)
        if done:
            return redirect("admin:catalog_call_rates", version.pk)
        return redirect(request.path)
    if request.method == "POST":
        form = DeckForm(request.POST, request.FILES)
        if form.is_valid():
            found = _looked_at(form, version)
    context = {
        **admin.admin_site.each_context(request),
        "title": "Import rates of calls",
        "opts": admin.opts,
        "original": version,
        "object_url": object_url(admin, version),
        "form": form,
        "columns": _COLUMNS,
        "most_megabytes": MOST_BYTES // 2**20,
        "most_rows": f"{MOST_ROWS:,}",
        "shown_at_most": SHOWN_AT_MOST,
        "media": admin.media,
        **found,
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/catalog/call_rates_import.html", context)


def _looked_at(form: DeckForm, version: PriceVersion) -> dict[str, Any]:
    data: bytes = form.cleaned_data["file"].read()
    try:
        deck = read_deck(data, version=version)
        rates = deck.rates()
        with deck.told_by_lines():
            refuse_call_rate_misfits(rates)
            version.with_call_rates(rates)
    except InvalidTerms as error:
        for problem in error.problems[:SHOWN_AT_MOST]:
            form.add_error("file", problem.text())
        return {}
    except UnreadableFile as error:
        form.add_error("file", str(error))
        return {}
    changes, same = call_rate_changes(old=_stored(version), new=rates)
    upload = KeptUpload()
    upload.save(data)
    kinds = [change.kind for change in changes]
    return {
        "kept": upload.name,
        "counts": {word: kinds.count(kind) for kind, word in _WORDS.items()},
        "same": same,
        "is_changed": bool(changes),
        "untouched": len(deck.kept),
        "changes": [_row(change) for change in changes[:SHOWN_AT_MOST]],
        "left_out": max(0, len(changes) - SHOWN_AT_MOST),
    }


def _row(change: CallRateChange) -> dict[str, str]:
    return {
        "kind": change.kind,
        "word": _WORDS[change.kind],
        "asks": change.asks(),
        "old": charge_words(change.old),
        "new": charge_words(change.new),
    }


def _import(admin: Any, request: HttpRequest, version: PriceVersion) -> bool:
    try:
        data = KeptUpload(name=request.POST["kept"][:100].replace("\x00", "")).read()
        deck = read_deck(data, version=version)
        rates = deck.rates()
        with deck.told_by_lines():
            replace_call_rates(version=version, rates=rates)
    except (UnreadableFile, InvalidTerms, AlreadyPublished) as error:
        messages.error(request, f"Nothing was imported: {error}")
        return False
    admin.log_change(request, version, f"{len(rates)} rates of calls imported.")
    messages.success(request, f"The deck is imported: {len(rates):,} rates.")
    return True


def _stored(version: PriceVersion) -> Iterator[CallRate]:
    for row in version.call_rates.order_by("position", "id").iterator(chunk_size=5_000):
        yield row.terms()


def export_page(admin: Any, request: HttpRequest, version: PriceVersion) -> StreamingHttpResponse:
    """Return the deck as the import takes it, row by row; rows with steps stand in no file."""
    asked = version.call_rates.exclude(match={}).values_list("match", flat=True).distinct()
    names = sorted({name for match in asked for name in match})
    start = f"-{version.effective_from:%Y-%m-%d}" if version.effective_from else ""
    return StreamingHttpResponse(
        _lines(version, names),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{version.price.code}{start}.csv"'},
    )


class _Echo:
    """What the writer writes comes back as it is, to be sent on."""

    def write(self, text: str) -> str:
        return text


def _lines(version: PriceVersion, names: Sequence[str]) -> Iterator[str]:
    writer: Any = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow([*_COLUMNS, *(f"match.{name}" for name in names)])
    for row in _stored(version):
        if fits_a_file(row):
            keys = rate_as_json(row)
            match = row.match
            yield writer.writerow(
                [
                    *(keys.get(column, "") for column in _COLUMNS),
                    *(match.get(name, "") for name in names),
                ]
            )
