"""Two versions of a rate card or price side by side."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.words import NOTHING, rate_words
from catalog.admin.entries import MOST_SHOWN
from catalog.admin.versions import version_span, version_state
from catalog.models import PriceVersion, RateCardVersion
from catalog.queries.version_changes import (
    EntryChange,
    FactChange,
    RateChange,
    entry_changes,
    price_changes,
)
from invoicing.rating.match_format import match_text, value_text
from values.exact import plain

KINDS = {"added": "added", "removed": "removed", "changed": "changed", "same": "the same"}


def compare_page(
    admin: Any, request: HttpRequest, owner: Any, versions: Sequence[Any]
) -> HttpResponse:
    """Show two of these versions, which stand in the order of time; the last two unless chosen."""
    if len(versions) < 2:
        messages.info(request, f"{owner} has no two versions to compare yet.")
        return redirect(object_url(admin, owner))
    new = _chosen(request, "new", versions, versions[-1])
    old = _chosen(request, "old", versions, versions[max(0, versions.index(new) - 1)])
    zone = owner.legal_entity.timezone
    context = {
        **admin.admin_site.each_context(request),
        "title": "Compare versions",
        "opts": admin.opts,
        "original": owner,
        "object_url": object_url(admin, owner),
        "choices": [(version.pk, _name(version, zone)) for version in versions],
        "old": old,
        "new": new,
        "old_name": _name(old, zone),
        "new_name": _name(new, zone),
        "media": admin.media,
        **(_facts(old, new) if isinstance(old, PriceVersion) else _rates(old, new)),
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/catalog/compare.html", context)


def _chosen(request: HttpRequest, name: str, versions: Sequence[Any], default: Any) -> Any:
    return next(
        (version for version in versions if str(version.pk) == request.GET.get(name)), default
    )


def _name(version: Any, zone: str) -> str:
    state, _ = version_state(version, now=datetime.now(UTC))
    return f"{version_span(version, zone)} ({state})"


def _rates(old: RateCardVersion, new: RateCardVersion) -> dict[str, Any]:
    keys = tuple(new.rate_card.meter.group_keys)
    changes = entry_changes(
        old=[entry.terms() for entry in old.entries.all()],
        new=[entry.terms() for entry in new.entries.all()],
    )
    shown = changes
    if len(changes) > MOST_SHOWN:
        shown = [change for change in changes if change.rate.kind != "same"][:MOST_SHOWN]
    return {
        "headings": keys,
        "rows": [_entry_row(change, keys) for change in shown],
        "counts": _counts([change.rate.kind for change in changes]),
        "left_out": len(changes) - len(shown),
    }


def _entry_row(change: EntryChange, keys: tuple[str, ...]) -> dict[str, Any]:
    others = {key: value for key, value in change.match.items() if key not in keys}
    values = [value_text(change.match[key]) if key in change.match else "any" for key in keys]
    beside = [match_text(others)] if others else []
    if change.priority:
        beside.append(f"priority {change.priority}")
    return {
        "values": values,
        "beside": ", ".join(beside),
        "old": rate_words(change.rate.old),
        "new": rate_words(change.rate.new),
        **_difference(change.rate),
    }


def _facts(old: PriceVersion, new: PriceVersion) -> dict[str, Any]:
    changes = price_changes(old=old, new=new)
    return {
        "headings": ("",),
        "rows": [_fact_row(change) for change in changes],
        "counts": _counts([change.kind for change in changes]),
    }


def _fact_row(change: FactChange) -> dict[str, Any]:
    shown = {
        "kind": change.kind,
        "word": KINDS[change.kind],
        "change": "",
        "percent": "",
        "tone": "",
    }
    return {
        "values": [change.name],
        "beside": "",
        "old": change.old or NOTHING,
        "new": change.new or NOTHING,
        **(shown if change.rate is None else _difference(change.rate)),
    }


def _difference(rate: RateChange) -> dict[str, str]:
    tone = percent = ""
    if rate.difference:
        tone = "change-up" if rate.difference > 0 else "change-down"
        percent = "" if rate.percent is None else f"{signed(rate.percent)} %"
    return {
        "kind": rate.kind,
        "word": KINDS[rate.kind],
        "change": signed(rate.difference, least_places=2),
        "percent": percent,
        "tone": tone,
    }


def signed(value: Decimal | None, *, least_places: int = 0) -> str:
    """Return a difference with its sign; nothing where there is none."""
    if not value:
        return ""
    return f"{'+' if value > 0 else '−'}{plain(abs(value), least_places=least_places)}"


def _counts(kinds: list[str]) -> str:
    return ", ".join(f"{kinds.count(kind)} {word}" for kind, word in KINDS.items())
