"""A file that is uploaded for a backfill: whose it is is known, and its way leads back there."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from usage.models import Backfill, BackfillState, FileState, UsageFile
from usage.operations.backfills.stage_file import STAGED_FROM

NAMED = "backfill"
"""The parameter of an address that says for which one, through the upload and the mapping."""


def asked_backfill(request: HttpRequest) -> Backfill | None:
    """Return the open backfill that the address names, None where this person stages nothing."""
    named = request.GET.get(NAMED, "")
    if not request.user.has_perm("usage.change_backfill"):
        return None
    return Backfill.with_public_id(named, state=BackfillState.OPEN)


def entered_before(backfill: Backfill | None) -> dict[str, Any]:
    """Return what the form of an upload begins with: the source of the backfill."""
    if backfill is None:
        return {}
    return {"partner": backfill.source.partner_id, "mode": backfill.source.mode}


def still_for(address: str, backfill: Backfill | None) -> str:
    """Return an address that goes on naming the backfill."""
    return address if backfill is None else f"{address}?{urlencode({NAMED: backfill.public_id})}"


def next_page(*, file: UsageFile, backfill: Backfill | None) -> str:
    """Return where the way of a file goes on: mapped, staged where it is chosen, or looked at."""
    if file.state == FileState.UPLOADED:
        return still_for(reverse("admin:usage_usagefile_mapping", args=[file.pk]), backfill)
    if backfill is not None and _may_be_staged(file, backfill):
        page = reverse("admin:usage_backfill_stage", args=[backfill.pk])
        return f"{page}?{urlencode({'file': file.pk})}"
    return reverse("admin:usage_usagefile_change", args=[file.pk])


def _may_be_staged(file: UsageFile, backfill: Backfill) -> bool:
    is_of_source = file.source_id == backfill.source_id
    is_mapped = file.mapping is not None and file.state in STAGED_FROM
    return is_of_source and is_mapped and not file.is_forgotten
