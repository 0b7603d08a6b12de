"""Rate cards."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.tables import Table, number, text
from catalog.admin.compare import compare_page
from catalog.admin.rate_files import RateFiles
from catalog.admin.versions import version_badge, version_span
from catalog.models import RateCard, RateCardVersion


@admin.register(RateCard)
class RateCardAdmin(RateFiles, BillingAdmin):
    """Rates of a meter, in versions with pages of their own."""

    list_display = ("code", "legal_entity", "meter", "on_unmatched", "versions_number")
    list_filter = ("legal_entity", "on_unmatched", "meter")
    list_select_related = ("legal_entity", "meter")
    search_fields = ("code", "meter__code", "meter__display_name")
    # Said here too: a list that is grouped to count loses the model's own order.
    ordering = ("code",)
    autocomplete_fields = ("legal_entity", "meter")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(versions_total=Count("versions"))

    def get_urls(self) -> list[URLPattern]:
        compare = path(
            "<int:card_id>/compare/",
            self.admin_site.admin_view(self.compare_view),
            name="catalog_ratecard_compare",
        )
        return [compare, *super().get_urls()]

    def compare_view(self, request: HttpRequest, card_id: int) -> HttpResponse:
        """Show two versions side by side."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        card = RateCard.objects.select_related("legal_entity", "meter").filter(pk=card_id).first()
        if card is None:
            raise Http404
        versions = card.versions.select_related("rate_card__meter").order_by("effective_from", "pk")
        return compare_page(self, request, card, list(versions))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        in_use = obj is not None and obj.versions.exists()
        return ("legal_entity", "meter") if in_use else ()

    @admin.display(description="versions", ordering="versions_total")
    def versions_number(self, card: Any) -> int:
        return int(card.versions_total)

    def tables(self, request: HttpRequest, obj: RateCard) -> Sequence[Table]:
        versions: QuerySet[Any] = obj.versions.annotate(entries_total=Count("entries")).order_by(
            "effective_from"
        )
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
        compare = reverse("admin:catalog_ratecard_compare", args=[obj.pk])
        links = [("Add version", f"{add}?rate_card={obj.pk}"), ("Compare", compare)]
        if self.has_import_permission(request):
            links.append(("Import rates", reverse("admin:catalog_rates_import", args=[obj.pk])))
        return (*links, ("Export rates", reverse("admin:catalog_rates_export", args=[obj.pk])))


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
