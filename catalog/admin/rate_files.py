"""Rates of a card into a file and out of one, at addresses of the card."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.admin.imports import FORMATS, FileImports
from catalog.admin.imports import RateResource
from catalog.models import RateCard, RateEntry

_RIGHTS = ("catalog.add_ratecardversion", "catalog.change_ratecardversion")


class RateFiles(FileImports):
    """Import and export of a card's rates; base of the cards' admin."""

    resource_classes = (RateResource,)
    skip_admin_log = True
    import_export_change_list_template = None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:card_id>/import/", view(self.import_action), name="catalog_rates_import"),
            path(
                "<int:card_id>/process_import/",
                view(self.process_import),
                name="catalog_rates_process_import",
            ),
            path("<int:card_id>/export/", view(self.export_rates), name="catalog_rates_export"),
        ]
        # Without the addresses of the library, which are of no card.
        return [*own, *super(FileImports.__base__, self).get_urls()]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may add and change versions."""
        return all(request.user.has_perm(right) for right in _RIGHTS)

    def get_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the card that the address names."""
        return {"card": _card(kwargs["card_id"])}

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the page, with the card that it is about."""
        page = super().import_action(request, **kwargs)
        if isinstance(page, TemplateResponse) and page.context_data is not None:
            card = _card(kwargs["card_id"])
            page.context_data |= {
                "title": f"Import rates of {card}",
                "about": card,
                "about_url": reverse("admin:catalog_ratecard_change", args=[card.pk]),
            }
        return page

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Lead to the draft, or to the first of several."""
        if result.has_errors() or result.has_validation_errors():
            return super().process_result(result, request)
        version = next(row.instance.version for row in result.rows)
        words = ", ".join(f"{result.totals[kind]} {kind}" for kind in ("new", "update", "skip"))
        self.log_change(request, version.rate_card, f"Rates imported: {words}.")
        messages.success(
            request,
            f"The rates are imported: {result.totals['new']} new, {result.totals['update']} "
            f"changed, {result.totals['skip']} as before.",
        )
        return redirect("admin:catalog_ratecardversion_change", version.pk)

    def export_rates(self, request: HttpRequest, card_id: int) -> HttpResponse:
        """Return the rates of one version as CSV or XLSX; of the latest unless asked."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        card = _card(card_id)
        versions = list(card.versions.order_by("-effective_from", "-pk"))
        asked = request.GET.get("version")
        version = next((v for v in versions if str(v.pk) == asked), next(iter(versions), None))
        if version is None:
            messages.info(request, f"{card} has no version yet.")
            return redirect("admin:catalog_ratecard_change", card_id)
        file_format = FORMATS[request.GET.get("format") == "xlsx"]()
        entries = RateEntry.objects.filter(version=version).select_related("version")
        data = RateResource(card=card).export(entries.order_by("position", "pk"))
        name = f"{card.code}-{version.effective_from:%Y-%m-%d}.{file_format.get_extension()}"
        return HttpResponse(
            file_format.export_data(data),
            content_type=file_format.get_content_type(),
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _card(card_id: int) -> RateCard:
    card = RateCard.objects.select_related("legal_entity", "meter").filter(pk=card_id).first()
    if card is None:
        raise Http404
    return card
