"""The page that shows and edits a version's rates as a table."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.refusals import REFUSED, refusal_words
from accounts.admin.pages.words import rate_words
from catalog.admin.matrix_form import (
    MOST_FIELDS,
    MatrixForm,
    cell_names,
    is_too_large,
    read_entries,
    read_matrix,
)
from catalog.admin.versions import version_badge, version_span
from catalog.models import RateCardVersion
from catalog.operations.publish_rate_card_version import AlreadyPublished
from catalog.operations.replace_entries import replace_entries
from catalog.queries.rate_matrix import WILDCARD, Combination, RateMatrix, rate_matrix
from invoicing.rating.entries import RateEntry

CHANGED_MEANWHILE = (
    "Somebody else changed these rates since you opened them. What you typed is still here; "
    "save once more to put it in place of theirs, or open the page again to see theirs."
)


def rate_matrix_page(admin: Any, request: HttpRequest, version: RateCardVersion) -> HttpResponse:
    """Show the table; take what was typed into a draft's."""
    keys = tuple(version.rate_card.meter.group_keys)
    stored = [entry.terms() for entry in version.entries.all()]
    matrix, kept = rate_matrix(entries=stored, keys=keys)
    seen = _fingerprint(stored)
    is_edited = (
        version.published_at is None
        and admin.has_change_permission(request, version)
        and not is_too_large(matrix)
    )
    form = MatrixForm(matrix)
    if request.method == "POST":
        if not is_edited:
            raise PermissionDenied
        form = read_matrix(request.POST, keys)
        if form.added:
            messages.info(request, f"Added: {'; '.join(form.added)}. Fill in the rates and save.")
        elif _is_saved(request, form, kept, version, seen=seen):
            admin.log_change(request, version, "Rates changed in the table.")
            return redirect(request.path)
    context = {
        **admin.admin_site.each_context(request),
        "title": "Rates as a table",
        "opts": admin.opts,
        "original": version,
        "object_url": object_url(admin, version),
        "span": version_span(version, version.rate_card.legal_entity.timezone),
        "badge": version_badge(version),
        "unit": version.rate_card.meter.unit,
        "is_edited": is_edited,
        "is_draft": version.published_at is None,
        "most_fields": MOST_FIELDS,
        "seen": seen,
        "form": form,
        "reason": request.POST.get("_reason", ""),
        "media": admin.media,
        **_shown(form, kept, request.POST),
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/catalog/rate_matrix.html", context)


def _is_saved(
    request: HttpRequest,
    form: MatrixForm,
    kept: list[RateEntry],
    version: RateCardVersion,
    *,
    seen: str,
) -> bool:
    entries = read_entries(form, kept)
    if not form.has_problems and request.POST.get("seen") != seen:
        form.problems.append(CHANGED_MEANWHILE)
    if form.has_problems:
        return False
    try:
        changes = replace_entries(version=version, entries=entries)
    except AlreadyPublished as error:
        form.problems.append(str(error))
        return False
    except REFUSED as error:
        form.problems += refusal_words(error)
        return False
    messages.success(request, f"The rates are saved: {changes.words()}.")
    return True


def _shown(form: MatrixForm, kept: list[RateEntry], posted: Mapping[str, Any]) -> dict[str, Any]:
    matrix, names = form.matrix, cell_names(form.matrix)
    keys = matrix.keys
    problems = [(name, text) for name, text in form.unread.items()]
    problems += [(names[cell], f"{_label(cell)}: {text}") for cell, text in form.cells.items()]
    return {
        "row_key": keys[0] if keys else "",
        "column_key": keys[1] if len(keys) > 1 else "",
        "tables": [_table(form, names, layer) for layer in matrix.layers],
        "layers": [json.dumps(layer, ensure_ascii=False) for layer in matrix.layers if layer],
        "new_values": [
            (name, key, posted.get(name, "") if form.has_problems else "", form.unread.get(name))
            for name, key in _new_boxes(matrix)
        ],
        "problems": problems,
        "kept": [(entry.text(), rate_words(entry.rate), entry.priority) for entry in kept],
        "is_empty": not matrix.combinations(),
    }


def _table(form: MatrixForm, names: Mapping[Combination, str], layer: Combination) -> Any:
    matrix = form.matrix
    rows = []
    for row in matrix.rows:
        cells = [matrix.combination(layer, row, column) for column in matrix.columns]
        rows.append(
            {
                "value": row,
                "label": value_words(row),
                "cells": [
                    {
                        "name": names[cell],
                        "label": _label(cell),
                        "text": matrix.rates.get(cell, ""),
                        "error": form.cells.get(cell),
                    }
                    for cell in cells
                ],
            }
        )
    title = ", ".join(
        f"{key}: {value_words(value)}" for key, value in zip(matrix.keys[2:], layer, strict=True)
    )
    is_flat = len(matrix.keys) < 2
    headings = ["Rate" if is_flat else value_words(column) for column in matrix.columns]
    return {"title": title, "headings": headings, "rows": rows}


def _new_boxes(matrix: RateMatrix) -> list[tuple[str, str]]:
    keys = matrix.keys
    boxes = list(zip(("new_row", "new_column"), keys, strict=False))
    return boxes + [(f"new_layer_{place}", key) for place, key in enumerate(keys[2:])]


def value_words(value: str) -> str:
    """Return a value as a heading shows it."""
    if value == WILDCARD:
        return "* (any)"
    return value if value.strip() else "(empty)"


def _label(cell: Combination) -> str:
    return " / ".join(value_words(value) for value in cell) or "everything"


def _fingerprint(entries: list[RateEntry]) -> str:
    rows = [json.dumps(entry.as_json(), sort_keys=True) for entry in entries]
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
