"""A file that is uploaded for a backfill: whose it is is known, and its way leads back there."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from usage.models import Backfill, BackfillState, FileState, MappingOrigin, Source, UsageFile
from usage.operations.backfills.stage_file import stageable_files

NAMED = "backfill"
"""The parameter of an address that says for which one, through the upload and the mapping."""


def asked_backfill(request: HttpRequest, *, source: Source | None = None) -> Backfill | None:
    """
    Return the open backfill that the address names, of this source where one is given.

    None where there is none, or this person stages nothing.
    """
    if not request.user.has_perm("usage.change_backfill"):
        return None
    of_source = {"source": source} if source else {}
    named = request.GET.get(NAMED, "")
    return Backfill.with_public_id(named, state=BackfillState.OPEN, **of_source)


def still_for(address: str, backfill: Backfill | None) -> str:
    """Return an address that goes on naming the backfill."""
    return address if backfill is None else f"{address}?{urlencode({NAMED: backfill.public_id})}"


def needs_a_copy(*, file: UsageFile, backfill: Backfill | None) -> bool:
    """Return whether a known file can never be staged as it stands, such as an imported one."""
    if backfill is None or file.is_at_work:
        return False
    return not (_is_to_be_mapped(file) or _may_be_staged(file, backfill))


def next_page(*, file: UsageFile, backfill: Backfill | None) -> str:
    """Return where the way of a file goes on: mapped, staged where it is chosen, or looked at."""
    if _is_to_be_mapped(file):
        return still_for(reverse("admin:usage_usagefile_mapping", args=[file.pk]), backfill)
    if backfill is not None and _may_be_staged(file, backfill):
        page = reverse("admin:usage_backfill_stage", args=[backfill.pk])
        return f"{page}?{urlencode({'file': file.pk})}"
    return reverse("admin:usage_usagefile_change", args=[file.pk])


def _is_to_be_mapped(file: UsageFile) -> bool:
    is_guessed = file.mapping_origin == MappingOrigin.GUESSED and not file.is_at_work
    return not file.is_forgotten and (file.state == FileState.UPLOADED or is_guessed)


def _may_be_staged(file: UsageFile, backfill: Backfill) -> bool:
    return stageable_files(backfill=backfill).filter(pk=file.pk).exists()
