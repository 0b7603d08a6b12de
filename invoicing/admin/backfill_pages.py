"""The pages of a backfill: opening it, staging a file, and how far it is."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.admin.pages.buttons import button_url_name, object_url
from accounts.admin.pages.words import NOTHING, instant_words, span_words, state_badge
from accounts.models import User
from invoicing.admin.backfill_forms import OpenBackfillForm, StageFileForm
from usage.admin.files.for_backfill import still_for
from usage.models import Backfill, BackfillState
from usage.operations.backfills.open_backfill import AnotherIsOpen, NotInThatState, open_backfill
from usage.operations.backfills.stage_file import FileNotStaged, StagedFile, stage_file

OPEN, STAGE = "usage.add_backfill", "usage.change_backfill"
TONES = {
    BackfillState.OPEN: "waiting",
    BackfillState.CLOSING: "waiting",
    BackfillState.CLOSED: "good",
    BackfillState.UNDOING: "waiting",
}
_AT_WORK = (BackfillState.CLOSING, BackfillState.UNDOING)
_COUNTS = (
    "staged", "refused", "accepted", "replaced", "duplicates", "conflicts", "quarantined",
    "rejected", "voided", "put_back",
)  # fmt: skip
_NEXT = {
    BackfillState.CLOSING: "Its events are taken over, then what they replace becomes void.",
    BackfillState.CLOSED: "It counts. It can be undone until an invoice with one of its events is "
    "issued.",
    BackfillState.DISCARDED: "It was thrown away; nothing of it ever counted.",
    BackfillState.UNDOING: "What it added becomes void, then what it made void stands again.",
    BackfillState.UNDONE: "All is as it was before.",
}


def open_page(admin: Any, request: HttpRequest) -> HttpResponse:
    """Take what a backfill is of; once it is open, its own page tells the next step."""
    if not request.user.has_perm(OPEN):
        raise PermissionDenied
    form = OpenBackfillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = _opened(request, form)
        if opened is not None:
            admin.log_addition(request, opened, f"Opened. {opened.reason}")
            return redirect(object_url(admin, opened))
    context = _around(admin, request, "Open a backfill") | {
        "form": form,
        "lead": "Usage of the past, sent anew: staged first, looked at with its money, and taken "
        "over as a whole. Nothing counts before it is closed.",
        "button": "Open it",
        "back": reverse("admin:usage_backfill_changelist"),
    }
    return TemplateResponse(request, "admin/usage/backfill_form.html", context)


def _opened(request: HttpRequest, form: OpenBackfillForm) -> Backfill | None:
    assert isinstance(request.user, User)
    wanted = {
        name: form.cleaned_data[name]
        for name in ("source", "customer", "span", "event_name", "replaces_existing", "reason")
    }
    try:
        return open_backfill(**wanted, now=datetime.now(UTC), opened_by=request.user)
    except AnotherIsOpen as another:
        form.add_error(None, str(another))
        return None


def stage_page(admin: Any, request: HttpRequest, backfill: Backfill) -> HttpResponse:
    """Take the events of a file that is mapped."""
    if not request.user.has_perm(STAGE):
        raise PermissionDenied
    chosen = {"file": request.GET.get("file", "")}
    form = StageFileForm(request.POST or None, backfill=backfill, initial=chosen)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            done = stage_file(backfill=backfill, file=file, now=datetime.now(UTC))
        except (FileNotStaged, NotInThatState) as error:
            messages.error(request, f"{file.name} is not staged as a whole: {error}.")
        else:
            admin.log_change(request, backfill, f"Staged {file.name}.")
            _tell(request, done)
        return redirect(object_url(admin, backfill))
    upload = still_for(reverse("admin:usage_usagefile_add"), backfill)
    context = _around(admin, request, "Stage a file", backfill) | {
        "form": form,
        "lead": f"A file of {backfill.source} that is uploaded and mapped, and not imported: its "
        "events come into the backfill instead. At most 20,000 at once.",
        "links": [("Upload another file", upload)],
        "button": "Stage its events",
        "back": object_url(admin, backfill),
    }
    return TemplateResponse(request, "admin/usage/backfill_form.html", context)


def _tell(request: HttpRequest, done: StagedFile) -> None:
    staged = done.counts["accepted"] + done.counts["quarantined"]
    words = f"{staged:,} events are staged"
    if done.counts["quarantined"]:
        words += f", {done.counts['quarantined']:,} of them would wait in quarantine"
    if done.counts["duplicate"]:
        words += f"; {done.counts['duplicate']:,} were staged before"
    messages.success(request, f"{words}.")
    refused = done.counts["rejected"] + done.counts["conflict"]
    if refused:
        first = "; ".join(f"row {row}: {why}" for row, why in done.mistakes)
        messages.warning(request, f"{refused:,} are not taken. The first: {first}.")


def progress_page(admin: Any, request: HttpRequest, backfill: Backfill) -> HttpResponse:
    """Show how far the backfill is; htmx asks for the live part alone."""
    live = _live(admin, request, backfill)
    if request.headers.get("HX-Request"):
        return TemplateResponse(request, "admin/usage/backfill_live.html", live)
    context = _around(admin, request, "How far it is", backfill) | live
    return TemplateResponse(
        request, "admin/usage/backfill.html", context | {"facts": _facts(backfill)}
    )


def _live(admin: Any, request: HttpRequest, backfill: Backfill) -> dict[str, Any]:
    offered = [
        (button.label, reverse(f"admin:{button_url_name(admin, button)}", args=[backfill.pk]))
        for button in admin.buttons
        if button.is_shown(request, backfill)
    ]
    is_open = backfill.state == BackfillState.OPEN
    if is_open and request.user.has_perm(STAGE):
        address = reverse("admin:usage_backfill_stage", args=[backfill.pk])
        offered.insert(0, ("Stage a file", address))
    return {
        "backfill": backfill,
        "address": object_url(admin, backfill),
        "state": state_badge(backfill.get_state_display(), TONES.get(_state(backfill), "plain")),
        "next_step": _open_words(backfill) if is_open else _NEXT[_state(backfill)],
        "offered": offered,
        "counts": [
            (name.replace("_", " ").capitalize(), f"{getattr(backfill, name):,}")
            for name in _COUNTS
        ],
        "is_live": backfill.state in _AT_WORK,
        "is_closing": backfill.state == BackfillState.CLOSING,
    }


def _open_words(backfill: Backfill) -> str:
    by_api = f"POST /api/v1/backfills/{backfill.public_id}/events"
    if not backfill.staged:
        return f"Next: stage its events, from a file or by the partner's key ({by_api})."
    if backfill.makes_void_what_was_refused:
        return (
            f"{backfill.refused:,} of the events that were sent to it were refused: what they were "
            "to replace would become void, with nothing in its place. Discard it and send all of "
            "them right in another one, or close it despite that."
        )
    return (
        f"Stage more, from a file or by {by_api}; once all are here, close it. Closing tells "
        "counts and money first."
    )


def _facts(backfill: Backfill) -> list[tuple[str, str]]:
    return [
        ("Id", backfill.public_id),
        ("Source", str(backfill.source)),
        ("Customer", str(backfill.customer or "all")),
        ("Time of the events", span_words(backfill.starts_at, backfill.ends_at, "UTC")),
        ("Event name", backfill.event_name or "every one"),
        ("It is all there was", "yes: others become void" if backfill.replaces_existing else "no"),
        ("Reason", backfill.reason),
        ("Opened", instant_words(backfill.opened_at)),
        ("Opened by", str(backfill.opened_by or backfill.opened_with or NOTHING)),
        ("State since", instant_words(backfill.changed_at)),
    ]


def _state(backfill: Backfill) -> BackfillState:
    return BackfillState(backfill.state)


def _around(
    admin: Any, request: HttpRequest, title: str, backfill: Backfill | None = None
) -> dict[str, Any]:
    return {
        **admin.admin_site.each_context(request),
        "title": title,
        "opts": admin.opts,
        "original": backfill,
        "object_url": object_url(admin, backfill) if backfill else "",
        "media": admin.media,
    }
