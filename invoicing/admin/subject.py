"""Subjects whose usage follows them: what a change would move is shown before it is saved."""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from import_export.results import Result

from accounts.admin.customer import SubjectAdmin
from accounts.admin.imports import FilePages
from accounts.admin.subject_file import SubjectResource
from accounts.models import Subject, User
from invoicing.admin.subject_effect import subject_effect
from invoicing.operations.effect_of_subjects import SubjectsEffect, effect_of_subjects
from usage.models.subject_move import counted_words
from usage.operations.changing_hands import StoringGoesOn
from usage.operations.move_subject import Held, NamedSpan, changed_spans, held, start_moves
from usage.tasks import move_subject

_SEEN = "_moves_seen"

admin.site.unregister(Subject)


class MovesUsage(Exception):
    """A change would move events; whoever makes it looks at them first."""

    def __init__(self, effect: SubjectsEffect) -> None:
        super().__init__()
        self.effect = effect


class MovingSubjectResource(SubjectResource):
    """Rows whose changes are collected, so that what all of them move is told and done."""

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Begin to collect."""
        super().before_import(dataset, **kwargs)
        self.spans: list[NamedSpan] = []

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        """Note what the row said before."""
        instance.said = None if new else held(instance)

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Note where the holder is another one now."""
        self.spans += changed_spans(before=instance.said, after=held(instance))

    def after_import(self, dataset: Any, result: Result, **kwargs: Any) -> None:
        """Tell what would move, or move it; all rows are saved by now, for a look or for good."""
        if result.has_errors() or result.has_validation_errors():
            return
        now = datetime.now(UTC)
        if kwargs.get("dry_run"):
            effect = effect_of_subjects(save=lambda: self.spans, now=now)
            result.subject_effect = subject_effect(effect) if effect.moves else {}
        else:
            move(self.spans, user=kwargs.get("user"), now=now)


@admin.register(Subject)
class MovingSubjectAdmin(FilePages, SubjectAdmin):
    """What usage is sent about; a change takes along the events that came already."""

    resource_classes = (MovingSubjectResource,)
    delete_confirmation_template = "admin/accounts/subject_delete.html"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        # Many at once would be gone before anybody saw what that moves.
        actions.pop("delete_selected", None)
        return actions

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except MovesUsage as moves:
            return self._ask(request, moves.effect)
        except StoringGoesOn as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())

    def _ask(self, request: HttpRequest, effect: SubjectsEffect) -> HttpResponse:
        entered = [
            (name, value)
            for name, values in request.POST.lists()
            if name != "csrfmiddlewaretoken"
            for value in values
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Events that would move",
            "opts": self.opts,
            "entered": entered,
            "back": request.get_full_path(),
            "media": self.media,
            **subject_effect(effect),
        }
        return TemplateResponse(request, "admin/accounts/subject_moves.html", context)

    def save_model(self, request: HttpRequest, obj: Subject, form: Any, change: bool) -> None:
        before = _held_by_now(obj) if change else None
        now = datetime.now(UTC)
        if _SEEN not in request.POST:
            effect = effect_of_subjects(save=partial(_saved, obj, before), now=now)
            if effect.moves:
                raise MovesUsage(effect)
        super().save_model(request, obj, form, change)
        self._moved(request, changed_spans(before=before, after=held(obj)), now=now)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown: dict[str, Any] = {}
        subject = self.get_object(request, object_id)
        try:
            if (
                request.method != "POST"
                and subject
                and self.has_delete_permission(request, subject)
            ):
                effect = effect_of_subjects(save=partial(_deleted, subject), now=datetime.now(UTC))
                shown = subject_effect(effect)
            return super().delete_view(request, object_id, {**shown, **(extra_context or {})})
        except StoringGoesOn as error:
            messages.error(request, str(error))
            return redirect("admin:accounts_subject_change", object_id)

    def delete_model(self, request: HttpRequest, obj: Subject) -> None:
        before = _held_by_now(obj)
        super().delete_model(request, obj)
        spans = changed_spans(before=before, after=None)
        self._moved(request, spans, now=datetime.now(UTC))

    def _moved(self, request: HttpRequest, spans: Sequence[NamedSpan], *, now: datetime) -> None:
        for job in move(spans, user=request.user, now=now):
            address = reverse("admin:usage_subjectmove_change", args=[job.pk])
            words = f"{job.done:,} of {counted_words(job.events)} events of {job} moved"
            messages.success(request, f"{words}: {address}" if not job.finished_at else f"{words}.")


def move(spans: Iterable[NamedSpan], *, user: Any, now: datetime) -> Sequence[Any]:
    """Move the usage of changed subjects; long moves go on in the background."""
    requested_by = user if isinstance(user, User) else None
    jobs = start_moves(spans=spans, requested_by=requested_by, now=now)
    for job in jobs:
        if job.finished_at is None:
            _wake(job.pk)
    return jobs


def _wake(job_id: int) -> None:
    # Without a broker the failure is logged, and the scheduler finds the job later.
    transaction.on_commit(lambda: move_subject.delay(job_id), robust=True)


def _held_by_now(subject: Subject) -> Held | None:
    """Return what the row says, which nobody else changes until the transaction ends."""
    row = Subject.objects.select_for_update().filter(pk=subject.pk).first()
    return None if row is None else held(row)


def _saved(subject: Subject, before: Held | None) -> list[NamedSpan]:
    tried = copy(subject)
    tried._state = copy(subject._state)
    tried.save()
    return changed_spans(before=before, after=held(tried))


def _deleted(subject: Subject) -> list[NamedSpan]:
    Subject.objects.filter(pk=subject.pk).delete()
    return changed_spans(before=held(subject), after=None)
