"""Rate cards."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.tables import Table, number, text
from catalog.admin.versions import version_badge, version_span
from catalog.models import RateCard, RateCardVersion


@admin.register(RateCard)
class RateCardAdmin(BillingAdmin):
    """Rates of a meter, in versions with pages of their own."""

    list_display = ("code", "legal_entity", "meter", "on_unmatched", "versions_number")
    list_filter = ("legal_entity", "on_unmatched", "meter")
    list_select_related = ("legal_entity", "meter")
    search_fields = ("code", "meter__code", "meter__display_name")
    autocomplete_fields = ("legal_entity", "meter")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(versions_total=Count("versions"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        in_use = obj is not None and obj.versions.exists()
        return ("legal_entity", "meter") if in_use else ()

    @admin.display(description="versions", ordering="versions_total")
    def versions_number(self, card: Any) -> int:
        return int(card.versions_total)

    def tables(self, request: HttpRequest, obj: RateCard) -> Sequence[Table]:
        versions: QuerySet[Any] = obj.versions.annotate(entries_total=Count("entries"))
        rows = [self._row(obj, version) for version in versions]
        headings = ("In force", "State", "Entries")
        return (Table("Versions", headings, rows, empty="None yet: add the first one."),)

    def _row(self, card: RateCard, version: Any) -> tuple[Any, ...]:
        link = reverse("admin:catalog_ratecardversion_change", args=[version.pk])
        return (
            text(version_span(version, card.legal_entity.timezone), link=link),
            text(version_badge(version)),
            number(str(version.entries_total)),
        )

    def links(self, request: HttpRequest, obj: RateCard) -> Sequence[tuple[str, str]]:
        add = reverse("admin:catalog_ratecardversion_add")
        return (("Add version", f"{add}?rate_card={obj.pk}"),)


def group_keys_of(card: RateCard | None) -> Sequence[str]:
    """Return the group keys of the card's meter."""
    return () if card is None else card.meter.group_keys


def card_of_request(request: HttpRequest, version: RateCardVersion | None) -> RateCard | None:
    """Return the card of a version, or the one that a new version was asked for."""
    if version is not None and version.rate_card_id is not None:
        return version.rate_card
    asked = request.POST.get("rate_card") or request.GET.get("rate_card") or ""
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        return None
    return RateCard.objects.select_related("meter").filter(pk=asked).first()
