"""Buttons: one operation on one object, at an address of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.admin.pages.refusals import REFUSED, refusal_words


@dataclass(frozen=True, slots=True)
class Button:
    """
    A button on an object's page.

    `press(admin, request, object, cleaned data)` returns the sentence that tells what was done,
    or a page of its own. Where there is a `form` or a `facts` template, a page asks first;
    otherwise the address takes POST alone. `refusals` are the operation's own words for no.
    """

    name: str
    label: str
    permission: str
    press: Callable[[Any, HttpRequest, Any, dict[str, Any]], str | HttpResponse]
    refusals: tuple[type[Exception], ...] = ()
    is_offered: Callable[[Any], bool] = lambda obj: True
    form: type[forms.Form] | None = None
    facts_template: str = ""
    facts: Callable[[Any, HttpRequest, Any], dict[str, Any]] | None = None
    is_irreversible: bool = False

    @property
    def asks_first(self) -> bool:
        """Return whether a page stands between the button and its effect."""
        return self.form is not None or bool(self.facts_template)

    @property
    def answered(self) -> tuple[type[Exception], ...]:
        """Return what is said on the object's page instead of raised."""
        return (*REFUSED, *self.refusals)

    def is_shown(self, request: HttpRequest, obj: Model) -> bool:
        """Return whether this person sees the button on this object."""
        return request.user.has_perm(self.permission) and self.is_offered(obj)


def button_view(admin: Any, button: Button) -> Callable[[HttpRequest, str], HttpResponse]:
    """Return the view behind a button: 403 without permission, else what it does or asks."""

    def view(request: HttpRequest, object_id: str) -> HttpResponse:
        if not request.user.has_perm(button.permission):
            raise PermissionDenied
        obj = admin.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if request.method == "POST":
            return _press(admin, button, request, obj)
        if not button.asks_first:
            return HttpResponseNotAllowed(["POST"])
        return _ask(admin, button, request, obj, form=None)

    return view


def _press(admin: Any, button: Button, request: HttpRequest, obj: Model) -> HttpResponse:
    entered: dict[str, Any] = {}
    if button.form is not None:
        form = button.form(request.POST)
        if not form.is_valid():
            return _ask(admin, button, request, obj, form=form)
        entered = form.cleaned_data
    page = redirect(object_url(admin, obj))
    try:
        with transaction.atomic():
            done = button.press(admin, request, obj, entered)
    except button.answered as error:
        _tell(request, error)
        return page
    reason = request.POST.get("_reason", "").strip()
    admin.log_change(request, obj, f"{button.label}. {reason}".strip())
    if isinstance(done, HttpResponse):
        return done
    messages.success(request, done)
    return page


def _ask(
    admin: Any, button: Button, request: HttpRequest, obj: Model, *, form: forms.Form | None
) -> HttpResponse:
    try:
        with transaction.atomic():
            facts = {} if button.facts is None else button.facts(admin, request, obj)
    except button.answered as error:
        _tell(request, error)
        return redirect(object_url(admin, obj))
    context = {
        **admin.admin_site.each_context(request),
        **facts,
        "opts": admin.opts,
        "original": obj,
        "title": button.label,
        "button": button,
        "form": form or (button.form(initial=facts.get("initial")) if button.form else None),
        "object_url": object_url(admin, obj),
        "media": admin.media,
    }
    request.current_app = admin.admin_site.name
    template = button.facts_template or "admin/button_page.html"
    return TemplateResponse(request, template, context)


def _tell(request: HttpRequest, error: Exception) -> None:
    for words in refusal_words(error) if isinstance(error, REFUSED) else [str(error)]:
        messages.error(request, words)


def object_url(admin: Any, obj: Model) -> str:
    """Return the address of an object's page."""
    return reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_change", args=[obj.pk])


def button_url_name(admin: Any, button: Button) -> str:
    """Return the name of a button's address."""
    return f"{admin.opts.app_label}_{admin.opts.model_name}_{button.name}"
