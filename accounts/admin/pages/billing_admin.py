"""The base of every staff list and form."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import DataError, connection, transaction
from django.db.models import Model, QuerySet
from django.forms.utils import flatatt
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from accounts.admin.pages.autocomplete import SearchBoxes, show_loaded
from accounts.admin.pages.buttons import Button, button_url_name, button_view, object_url
from accounts.admin.pages.history import history_of, is_tracked
from accounts.admin.pages.links import LinkedForm, may_open
from accounts.admin.pages.refusals import REFUSED, refusal_words
from accounts.admin.pages.tables import Table
from accounts.columns import TimeZoneNameField
from accounts.models.identity import Identified


@cache
def _zones() -> Sequence[str]:
    """The names, which are looked up in the files of the system; once is enough."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name))


@cache
def _option(zone: str, is_chosen: bool) -> SafeString:
    chosen = mark_safe(" selected") if is_chosen else ""
    return format_html('<option value="{}"{}>{}</option>', zone, chosen, zone)


class TimeZoneSelect(forms.Select):
    """Every zone that has a place in its name, and UTC."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, [(zone, zone) for zone in _zones()])

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the box; Django's way takes a template for each of the 400 zones."""
        options = format_html_join(
            "", "{}", ((_option(zone, zone == value),) for zone, _ in self.choices)
        )
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            options,
        )


class BillingAdmin(SearchBoxes, admin.ModelAdmin):
    """
    Lists of 50, buttons, tables of what belongs to an object, tracked history.

    What the database refuses comes back on the form, with everything that was entered.
    """

    list_per_page = 50
    buttons: tuple[Button, ...] = ()
    history_parts: tuple[type[Model], ...] = ()
    rows_are_kept = False
    has_history_page = True
    save_refusals: tuple[type[Exception], ...] = ()
    formfield_overrides = {
        TimeZoneNameField: {"widget": TimeZoneSelect},
    }

    class Media:
        css = {"all": ["admin/billing.css"]}

    def tables(self, request: HttpRequest, obj: Any) -> Sequence[Table]:
        """Return the tables below the form of an existing object."""
        return ()

    def links(self, request: HttpRequest, obj: Any) -> Sequence[tuple[str, str]]:
        """Return (label, address) of pages that belong to an object."""
        return ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.rows_are_kept and super().has_delete_permission(request, obj)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the object with this key or public id."""
        if issubclass(self.model, Identified) and "_" in object_id:
            uid = self.model.uid_of(object_id)
            return None if uid is None else self.get_queryset(request).filter(uid=uid).first()
        return super().get_object(request, object_id, from_field)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find also by public id."""
        if issubclass(self.model, Identified):
            uid = self.model.uid_of(search_term.strip())
            if uid is not None:
                return queryset.filter(uid=uid), False
        return super().get_search_results(request, queryset, search_term)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{button.name}/",
                self.admin_site.admin_view(button_view(self, button)),
                name=button_url_name(self, button),
            )
            for button in self.buttons
        ]
        return own + super().get_urls()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with transaction.atomic():
                answer = super().changeform_view(request, object_id, form_url, extra_context)
                connection.check_constraints()
        except REFUSED as error:
            request.refusals = refusal_words(error)  # type: ignore[attr-defined]
        except self.save_refusals as error:
            request.refusals = [str(error)]  # type: ignore[attr-defined]
        else:
            return answer
        for upload in request.FILES.values():
            if isinstance(upload, UploadedFile):
                upload.seek(0)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        refusals = getattr(request, "refusals", None)
        return form if refusals is None else _refusing(form, refusals)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except REFUSED as error:
            for words in refusal_words(error):
                messages.error(request, words)
        return redirect(request.path.replace("/delete/", "/change/"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        plural = str(self.opts.verbose_name_plural)
        # A list is for looking and for choosing alike; the windows that choose keep their title.
        titled = {} if IS_POPUP_VAR in request.GET else {"title": capfirst(plural)}
        try:
            with transaction.atomic():
                return super().changelist_view(request, {**titled, **(extra_context or {})})
        except (DataError, ValueError):
            if request.method == "POST" or not request.GET:
                raise
            # An address that asks for what no column or calendar holds: a NUL byte, the year 0.
            return redirect(f"{request.path}?e=1")
        except REFUSED as error:
            if request.method != "POST":
                raise
            for words in refusal_words(error):
                messages.error(request, words)
        return redirect(request.get_full_path())

    def get_inline_formsets(
        self, request: HttpRequest, formsets: Any, inline_instances: Any, obj: Any = None
    ) -> Any:
        """Return the rows of the inlines; their boxes to delete have a name to read out."""
        for formset in formsets:
            for number, form in enumerate(formset.forms, start=1):
                if "DELETE" in form.fields:
                    form.fields["DELETE"].widget.attrs["aria-label"] = f"Delete row {number}"
        return super().get_inline_formsets(request, formsets, inline_instances, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        context["reason"] = request.POST.get("_reason", "")
        context["has_history_page"] = self.has_history_page
        show_loaded(context["adminform"].form)
        context["adminform"] = LinkedForm(context["adminform"], request.user)
        if obj is not None and obj.pk is not None:
            context["object_buttons"] = [
                (button, reverse(f"admin:{button_url_name(self, button)}", args=[obj.pk]))
                for button in self.buttons
                if button.is_shown(request, obj)
            ]
            context["object_links"] = [
                (label, address)
                for label, address in self.links(request, obj)
                if may_open(request.user, address)
            ]
            context["object_tables"] = [
                table for table in self.tables(request, obj) if table.is_shown(request.user)
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not is_tracked(self.model):
            return super().history_view(request, object_id, extra_context)
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": f"History of {obj}",
            "opts": self.opts,
            "object": obj,
            "object_url": object_url(self, obj),
            "tracked": history_of(obj, parts=self.history_parts),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/tracked_history.html", context)


class ReadOnlyAdmin(BillingAdmin):
    """Rows that staff look at and operations write."""

    rows_are_kept = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _refusing(form: Any, refusals: Sequence[str]) -> Any:
    class Refused(form):
        def clean(self) -> Any:
            cleaned = super().clean()
            for words in refusals:
                self.add_error(None, words)
            return cleaned

    return Refused
