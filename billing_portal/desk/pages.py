"""The start page and the search of the admin."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.admin.pages.tables import may_see
from billing_portal.desk.needs_you import needs_you
from billing_portal.desk.revenue_charts import revenue_so_far
from billing_portal.desk.search import exact_address, hit_groups
from billing_portal.queries.found import search_text


def start_page(request: HttpRequest) -> dict[str, Any]:
    """Return what stands on the start page: what needs somebody, and the month so far."""
    now = datetime.now(UTC)
    sees_money = may_see(request.user, "invoicing.invoice")
    return {
        "title": "Home",
        "need_groups": needs_you(user=request.user, now=now),
        "revenue": revenue_so_far(now=now) if sees_money else None,
    }


def search(request: HttpRequest) -> HttpResponse:
    """Return what was found, or the one thing with exactly that id or number."""
    text = search_text(request.GET.get("q", ""))
    if text and (page := exact_address(user=request.user, text=text)):
        return redirect(page)
    context = {
        **admin.site.each_context(request),
        "title": f"Found for “{text}”" if text else "Search everything",
        "desk_search": text,
        "groups": hit_groups(user=request.user, text=text) if text else [],
    }
    return TemplateResponse(request, "admin/desk/search.html", context)
