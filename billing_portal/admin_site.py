"""The admin site of the portal."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import pghistory
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

LONGEST_REASON = 500

GROUPS = (
    ("Customers", ("customer", "subject", "contract", "contractoverride", "grant", "testclock")),
    ("Invoices", ("invoice", "invoiceemail", "billrun", "journalentry", "numberseries")),
    ("Usage", ("event", "quarantinedevent", "ratingverdict", "meter")),
    (
        "Price book",
        ("product", "ratecard", "ratecardversion", "price", "priceversion", "plan"),
    ),
    ("Sellers and partners", ("legalentity", "brand", "partner", "apikey")),
    ("People and history", ("user", "group", "middlewareevents")),
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
