"""Saved filters as lists of the admin show, keep and forget them."""

from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from billing_portal.operations.delete_filter import NotOwn, delete_filter
from billing_portal.operations.save_filter import FilterRefused, save_filter


def list_address(model: str, query: str = "", **wanted: str) -> str:
    """Return the address of a list such as ``invoicing.invoice``; empty where there is none."""
    found = listed_model(model)
    if found is None:
        return ""
    page = reverse(f"admin:{found._meta.app_label}_{found._meta.model_name}_changelist")
    query = query or urlencode(wanted)
    return f"{page}?{query}" if query else page


def listed_model(label: str) -> type[Model] | None:
    """Return the model of a list of the admin, None for anything else."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    return model if admin.site.is_registered(model) else None


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the list that the form was on, and go back to it."""
    label = request.POST.get("model", "")
    model = listed_model(label)
    if model is None:
        raise Http404
    if not admin.site._registry[model].has_view_permission(request):
        raise PermissionDenied
    query = request.POST.get("query", "")
    try:
        saved = save_filter(
            user=_person(request),
            model=model._meta.label_lower,
            name=request.POST.get("name", ""),
            query=query,
            is_shared="is_shared" in request.POST,
        )
    except FilterRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(list_address(label))
    messages.success(request, f"The filter “{saved.name}” stands above the list now.")
    return redirect(list_address(label, saved.query))


@require_POST
def delete_view(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Forget a filter of one's own, and go back to its list."""
    try:
        gone = delete_filter(user=_person(request), filter_id=filter_id)
    except NotOwn as error:
        raise Http404 from error
    messages.success(request, f"The filter “{gone.name}” is deleted.")
    return redirect(list_address(gone.model) or reverse("admin:index"))


def _person(request: HttpRequest) -> User:
    person: Any = request.user
    assert isinstance(person, User)
    return person
