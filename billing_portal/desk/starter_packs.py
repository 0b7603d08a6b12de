"""Starter packs: what each shows, and a button that loads it for trying out."""

from datetime import UTC, datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin.pages.tables import may_see
from plan_file.documents.pack_text import pack_blocks
from plan_file.format.reading import BadFile
from plan_file.operations.load_starter_pack import LoadedPack, NameTaken, load_starter_pack
from plan_file.queries.loaded_packs import brands_to_load_for, pack_customers
from plan_file.queries.starter_packs import NoSuchPack, StarterPack, starter_pack, starter_packs
from values.problems import InvalidTerms

MAY_LOAD = (
    "catalog.add_price",
    "catalog.add_plan",
    "accounts.add_customer",
    "contracts.add_contract",
)
"""A pack has all of these; who may not make one of them may not load it."""


@require_safe
def pack_list(request: HttpRequest) -> HttpResponse:
    """Return the page of all packs."""
    _refuse_strangers(request)
    context = {
        **admin.site.each_context(request),
        "title": "Starter packs",
        "packs": starter_packs(),
    }
    return TemplateResponse(request, "admin/desk/starter_packs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pack_page(request: HttpRequest, code: str) -> HttpResponse:
    """Return the page of a pack; a POST loads it."""
    _refuse_strangers(request)
    try:
        pack = starter_pack(code=code)
    except NoSuchPack as error:
        raise Http404 from error
    if request.method == "POST":
        return _load(request, pack)
    context = {
        **admin.site.each_context(request),
        "title": pack.title,
        "pack": pack,
        "blocks": pack_blocks(pack.text),
        "plan_text": pack.plan_text(),
        "brands": brands_to_load_for() if request.user.has_perms(MAY_LOAD) else (),
        "customers": [
            (customer.name, reverse("admin:accounts_customer_change", args=[customer.pk]))
            for customer in pack_customers(pack=pack)
        ],
    }
    return TemplateResponse(request, "admin/desk/starter_pack.html", context)


def _load(request: HttpRequest, pack: StarterPack) -> HttpResponse:
    if not request.user.has_perms(MAY_LOAD):
        raise PermissionDenied
    brand = get_object_or_404(brands_to_load_for(), code=request.POST.get("brand", ""))
    try:
        loaded = load_starter_pack(
            pack=pack, legal_entity=brand.legal_entity, brand=brand, now=datetime.now(UTC)
        )
    except (NameTaken, InvalidTerms, BadFile) as error:
        messages.error(request, f"Nothing was loaded. {error}")
    else:
        messages.success(request, _told(loaded))
    return redirect("admin:starter_pack", pack.code)


def _refuse_strangers(request: HttpRequest) -> None:
    """:raises PermissionDenied: for staff who may not look at plans."""
    if not may_see(request.user, "catalog.plan"):
        raise PermissionDenied


def _told(loaded: LoadedPack) -> str:
    new, known = loaded.events.get("accepted", 0), loaded.events.get("duplicate", 0)
    said = [f"Price book and customer: {loaded.changes.summary()}.", f"Events: {new} new"]
    if known:
        said[1] += f", {known} known already"
    others = sum(loaded.events.values()) - new - known
    if others:
        said[1] += f", {others} put aside"
    since = loaded.first_month.strftime("%B %Y")
    return f"{said[0]} {said[1]}. Its usage begins in {since}; amounts follow within a minute."
