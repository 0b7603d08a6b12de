"""Where the rates of a version of calls are looked at, edited, imported and exported."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from catalog.admin.call_rates.files import export_page, import_page
from catalog.admin.call_rates.table import rates_page
from catalog.models import PriceVersion
from catalog.models.price import PriceKindChoice

Page = Callable[[Any, HttpRequest, PriceVersion], Any]


def call_rate_urls(admin: Any) -> list[URLPattern]:
    """Return the addresses below a version."""
    pages: tuple[tuple[str, str, Page], ...] = (
        ("rates", "catalog_call_rates", rates_page),
        ("rates/import", "catalog_call_rates_import", import_page),
        ("rates/export", "catalog_call_rates_export", export_page),
    )
    return [
        path(f"<int:object_id>/{end}/", admin.admin_site.admin_view(_view(admin, page)), name=name)
        for end, name, page in pages
    ]


def call_rate_links(version: PriceVersion) -> tuple[tuple[str, str], ...]:
    """Return the links to these pages, none for what is no price of calls."""
    if version.price.kind != PriceKindChoice.CALL:
        return ()
    imports = ("Import rates", reverse("admin:catalog_call_rates_import", args=[version.pk]))
    return (
        ("Rates", reverse("admin:catalog_call_rates", args=[version.pk])),
        *((imports,) if version.published_at is None else ()),
        ("Export rates", reverse("admin:catalog_call_rates_export", args=[version.pk])),
    )


def _view(admin: Any, page: Page) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, object_id: int) -> HttpResponse:
        version = admin.get_object(request, unquote(str(object_id)))
        if not admin.has_view_permission(request, version):
            raise PermissionDenied
        if version is None or version.price.kind != PriceKindChoice.CALL:
            raise Http404
        answer: HttpResponse = page(admin, request, version)
        return answer

    return view
