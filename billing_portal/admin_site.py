"""The admin site of the portal."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import pghistory
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import logout as account_logout
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

LONGEST_REASON = 500

GROUPS = (
    ("Customers", ("customer", "subject", "contract", "contractoverride", "grant", "testclock")),
    (
        "Invoices",
        (
            "invoice",
            "question",
            "invoiceemail",
            "message",
            "billrun",
            "journalentry",
            "issuejob",
            "creditwarning",
            "numberseries",
        ),
    ),
    (
        "Usage",
        (
            "event",
            "quarantinedevent",
            "usagefile",
            "replayjob",
            "backfill",
            "subjectmove",
            "ratingverdict",
            "sourceday",
            "sourceminute",
            "usagealarm",
            "usagearchive",
            "meter",
        ),
    ),
    (
        "Price book",
        ("product", "ratecard", "ratecardversion", "price", "priceversion", "plan"),
    ),
    ("Sellers and partners", ("legalentity", "brand", "partner", "apikey", "keylimit", "source")),
    (
        "People and history",
        (
            "user",
            "membership",
            "invitation",
            "partnermembership",
            "partnerinvitation",
            "group",
            "signin",
            "usersession",
            "authenticator",
            "staffvisit",
            "recordlook",
            "erasure",
            "middlewareevents",
            "savedfilter",
        ),
    ),
    (
        "Background work",
        (
            "taskfailure",
            "periodictask",
            "crontabschedule",
            "intervalschedule",
            "clockedschedule",
            "solarschedule",
        ),
    ),
)


class BillingAdminSite(AdminSite):
    """Stock admin with our name on it, its pages in groups, and a reason for each change."""

    site_header = "Billing portal"
    site_title = "Billing portal"
    index_title = "From usage to cash"
    enable_nav_sidebar = True
    site_url = None

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Return the view, with what was typed as reason kept beside the changes it makes."""
        inner: Callable[..., HttpResponse] = super().admin_view(view, cacheable)

        @wraps(inner)
        def with_reason(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            reason = reason_of(request)
            if not reason:
                return inner(request, *args, **kwargs)
            with pghistory.context(reason=reason):
                return inner(request, *args, **kwargs)

        return with_reason

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send people to the one sign-in page, and those who have signed in where they go."""
        there = get_next_redirect_url(request) or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(there, reverse("account_login"))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect(there)

    def logout(  # type: ignore[override]  # Django's shows a page of its own
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign out as everywhere else."""
        answer: HttpResponse = account_logout(request)
        return answer

    def password_change(  # type: ignore[override]  # as above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to where everybody changes passwords, behind its limits and mails."""
        return redirect("account_change_password")

    def get_urls(self) -> list[Any]:
        """Return also the addresses of the desk: search, saved filters, and starter packs."""
        from billing_portal.desk import list_filters, pages, starter_packs  # noqa: PLC0415  needs all models

        own = [
            path("starter-packs/", self.admin_view(starter_packs.pack_list), name="starter_packs"),
            path(
                "starter-packs/<slug:code>/",
                self.admin_view(starter_packs.pack_page),
                name="starter_pack",
            ),
            path("search/", self.admin_view(pages.search), name="search"),
            path("filters/save/", self.admin_view(list_filters.save_view), name="save_filter"),
            path(
                "filters/<int:filter_id>/delete/",
                self.admin_view(list_filters.delete_view),
                name="delete_filter",
            ),
        ]
        return [*own, *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Return the start page: what needs somebody, the month so far, and all pages."""
        from billing_portal.desk import pages  # noqa: PLC0415  needs all models

        return super().index(request, {**pages.start_page(request), **(extra_context or {})})

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the pages by what people do with them, whatever app they are of."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        for app in apps:
            for model in app["models"]:
                if model["object_name"] == "MiddlewareEvents":
                    model["name"] = "Changes"
        left = {
            model["model"]._meta.model_name: (app, model) for app in apps for model in app["models"]
        }
        grouped = []
        for name, wanted in GROUPS:
            found = [left.pop(model_name) for model_name in wanted if model_name in left]
            if found:
                grouped.append({**found[0][0], "name": name, "models": [m for _, m in found]})
        for app in apps:
            models = [m for _, m in left.values() if m in app["models"]]
            if models:
                grouped.append({**app, "models": models})
        return grouped


def reason_of(request: HttpRequest) -> str:
    """Return the reason that came with a form, without what a database cannot store."""
    if request.method != "POST":
        return ""
    text = request.POST.get("_reason", "").replace("\x00", "").strip()
    return text[:LONGEST_REASON]
