"""Where events come in, and what is kept of them."""

from collections.abc import Sequence

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.tables import Table, text
from invoicing.queries.needed_properties import needed_of_source
from usage.forms.property_rules import PropertyRulesForm
from usage.models import Source
from usage.models.source import KeepingChoice
from usage.operations.change_property_rules import RulesRefused, change_property_rules

CHANGE = "usage.change_source"
_RULES = "usage_source_rules"


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Sources; the page of one says what it keeps, masks and drops."""

    list_display = ("source", "mode", "named_rules", "others")
    list_filter = ("mode", "other_properties")
    list_select_related = ("partner",)
    search_fields = ("partner__name",)
    ordering = ("partner__name", "mode")
    show_full_result_count = False
    fields = ("partner", "mode", "others")
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        rules = path(
            "<path:object_id>/rules/", self.admin_site.admin_view(self.rules_view), name=_RULES
        )
        return [rules, *super().get_urls()]

    def links(self, request: HttpRequest, obj: Source) -> Sequence[tuple[str, str]]:
        if not request.user.has_perm(CHANGE):
            return ()
        return [("Change what is kept", reverse(f"admin:{_RULES}", args=[obj.pk]))]

    def tables(self, request: HttpRequest, obj: Source) -> Sequence[Table]:
        rules = sorted(obj.property_rules.items())
        return (
            Table(
                "What is kept of each property",
                ("Property", "Is"),
                [(text(name), text(_words(keeping))) for name, keeping in rules],
                empty="No property has a rule of its own.",
                note="Rules hold for what comes after them; the history says who changed them.",
            ),
        )

    @admin.display(description="source", ordering="partner__name")
    def source(self, source: Source) -> str:
        return source.partner.name

    @admin.display(description="properties with a rule")
    def named_rules(self, source: Source) -> str:
        found = source.property_rules.items()
        return ", ".join(f"{path}: {keeping}" for path, keeping in sorted(found)) or "–"

    @admin.display(description="all other properties", ordering="other_properties")
    def others(self, source: Source) -> str:
        return _words(source.other_properties)

    def rules_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the rules to change, or change them."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        source: Source | None = self.get_object(request, unquote(object_id))
        if source is None:
            raise Http404
        needed = needed_of_source(source=source)
        names = sorted({need.name for need in needed})
        form = PropertyRulesForm(request.POST or None, source=source, suggested=names)
        if request.method == "POST" and form.is_valid():
            try:
                change_property_rules(
                    source=source, by_path=form.by_path, others=form.of_others, needed=needed
                )
            except RulesRefused as refusal:
                form.refusals = refusal.reasons
            else:
                messages.success(request, "What comes from now on is stored by these rules.")
                return redirect(object_url(self, source))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "original": source,
            "title": "What is kept",
            "form": form,
            "needed": needed,
            "object_url": object_url(self, source),
        }
        return TemplateResponse(request, "admin/usage/source_rules.html", context)


def _words(keeping: str) -> str:
    return str(KeepingChoice(keeping).label)
