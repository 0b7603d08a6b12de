"""Versions of rate cards with their entries."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.tables import Table
from accounts.admin.pages.words import end_words
from catalog.admin.entries import MOST_EDITED, entries_table
from catalog.admin.match_form import match_form, match_form_fields
from catalog.admin.ordered_rows import OrderedFormSet
from catalog.admin.rate_card import card_of_request, group_keys_of
from catalog.admin.rate_matrix import rate_matrix_page
from catalog.admin.versions import (
    EndForm,
    PublishedFilter,
    VersionForm,
    version_badge,
    version_span,
)
from catalog.models import RateCardVersion, RateEntry
from catalog.operations.publish_rate_card_version import (
    AlreadyPublished,
    publish_rate_card_version,
)
from catalog.queries.draft_terms import open_version_before, rate_card_with_draft
from invoicing.rating.rate_card import RateCardVersion as Terms
from values.problems import InvalidTerms


class RateCardVersionForm(VersionForm):
    """A draft of a card's rates; its entries are looked at with their own rows."""

    zone_of = "rate_card"
    with_draft = staticmethod(partial(rate_card_with_draft, entries=()))

    class Meta:
        model = RateCardVersion
        fields = ("rate_card", "effective_from", "effective_to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            siblings = self.instance.rate_card.versions.all()
            self.initial["ends_previous"] = bool(open_version_before(self.instance, siblings))


class EntryFormSet(OrderedFormSet):
    """Entries of which no two may tie."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        entries = sorted(
            (form.instance for form in self.kept_forms()), key=lambda entry: entry.position
        )
        refuse_ties(entries)


def refuse_ties(entries: Sequence[Any]) -> None:
    """:raises ValidationError: in the engine's words, naming both entries."""
    try:
        Terms(datetime.now(UTC), None, tuple(entry.terms() for entry in entries))
    except InvalidTerms as error:
        raise ValidationError([problem.text() for problem in error.problems]) from error


class RateEntryInline(admin.TabularInline):
    """The rates of a draft, a box for each group key of the meter."""

    model = RateEntry
    formset = EntryFormSet
    verbose_name_plural = "entries"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        keys = group_keys_of(card_of_request(request, obj))
        kwargs["form"] = match_form(RateEntry, keys)
        return super().get_formset(request, obj, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return match_form_fields(group_keys_of(card_of_request(request, obj)))

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 3 if obj is None else 1


def _is_published(version: RateCardVersion | None) -> bool:
    return version is not None and version.published_at is not None


class PublishForm(forms.Form):
    """Whether the open version before this one ends where this one starts."""

    ends_previous = forms.BooleanField(required=False, widget=forms.HiddenInput)


def publish_facts(version: Any, siblings: Any, zone: str) -> dict[str, Any]:
    """Return what the page says before a version is published."""
    before = open_version_before(version, siblings)
    return {
        "span": version_span(version, zone),
        "before": before,
        "before_ends": before and end_words(version.effective_from, zone),
        "initial": {"ends_previous": before is not None},
    }


def _publish(
    admin_: Any, request: HttpRequest, version: RateCardVersion, entered: dict[str, Any]
) -> str:
    publish_rate_card_version(
        version=version, now=datetime.now(UTC), ends_previous=entered["ends_previous"]
    )
    return f"{version} is published."


@admin.register(RateCardVersion)
class RateCardVersionAdmin(BillingAdmin):
    """Drafts are edited and published; a published version is only ended."""

    form = RateCardVersionForm
    list_display = ("rate_card", "in_force", "state", "entries_number")
    list_filter = (PublishedFilter, "rate_card__legal_entity", "rate_card")
    list_select_related = ("rate_card__legal_entity",)
    date_hierarchy = "effective_from"
    search_fields = ("rate_card__code",)
    autocomplete_fields = ("rate_card",)
    history_parts = (RateEntry,)
    buttons: tuple[Button, ...] = (
        Button(
            name="publish",
            label="Publish",
            permission="catalog.change_ratecardversion",
            press=_publish,
            refusals=(AlreadyPublished,),
            is_offered=lambda version: version.published_at is None,
            form=PublishForm,
            facts_template="admin/catalog/publish.html",
            facts=lambda admin_, request, version: publish_facts(
                version, version.rate_card.versions.all(), version.rate_card.legal_entity.timezone
            ),
            is_irreversible=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(entries_total=Count("entries"))

    def get_urls(self) -> list[URLPattern]:
        table = path(
            "<path:object_id>/table/",
            self.admin_site.admin_view(self.table_view),
            name="catalog_ratecardversion_table",
        )
        return [table, *super().get_urls()]

    def links(self, request: HttpRequest, obj: RateCardVersion) -> Sequence[tuple[str, str]]:
        is_edited = obj.published_at is None and self.has_change_permission(request, obj)
        compare = reverse("admin:catalog_ratecard_compare", args=[obj.rate_card_id])
        export = reverse("admin:catalog_rates_export", args=[obj.rate_card_id])
        return (
            (
                "Edit as table" if is_edited else "Show as table",
                reverse("admin:catalog_ratecardversion_table", args=[obj.pk]),
            ),
            ("Compare", f"{compare}?new={obj.pk}"),
            ("Export", f"{export}?version={obj.pk}"),
        )

    def table_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show or edit the rates as a table of the meter's group keys."""
        version = self.get_object(request, unquote(object_id))
        if version is None:
            raise Http404
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        return rate_matrix_page(self, request, version)

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[type[admin.TabularInline], ...]:
        is_edited = not _is_published(obj) and (obj is None or obj.entries_total <= MOST_EDITED)
        return (RateEntryInline,) if is_edited else ()

    def tables(self, request: HttpRequest, obj: Any) -> Sequence[Table]:
        return () if self.get_inlines(request, obj) else (entries_table(obj.entries.all()),)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if _is_published(obj):
            kwargs["form"] = EndForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None or not _is_published(obj):
            return ("rate_card", "effective_from", "effective_to", "ends_previous")
        shown = ("rate_card", "in_force", "state")
        return (*shown, "effective_to") if obj.effective_to is None else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("rate_card", "in_force", "state") if _is_published(obj) else ("rate_card",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_published(obj) and super().has_delete_permission(request, obj)

    @admin.display(description="in force", ordering="effective_from")
    def in_force(self, version: RateCardVersion) -> str:
        return version_span(version, version.rate_card.legal_entity.timezone)

    @admin.display(description="state", ordering="published_at")
    def state(self, version: RateCardVersion) -> SafeString:
        return version_badge(version)

    @admin.display(description="entries", ordering="entries_total")
    def entries_number(self, version: Any) -> int:
        return int(version.entries_total)
