"""Every kind of e-mail as a brand would send it, with made-up content."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from accounts.admin.email_preview import framed, preview
from accounts.admin.pages.buttons import object_url
from accounts.documents.message import sender_of
from accounts.documents.sample_messages import INVOICE, KINDS, sample_message
from accounts.documents.usable_brand import UnusableBrand
from accounts.models import Brand

PAGE = "accounts_brand_emails"
BODY = "accounts_brand_email_body"
NOBODY = "somebody@example.com"

_Answer = Callable[[Any, HttpRequest, Brand, str], HttpResponse]


def brand_email_urls(admin: Any) -> list[URLPattern]:
    """Return the addresses of the previews of a brand's e-mails."""
    site = admin.admin_site
    return [
        path(
            "<path:object_id>/emails/<slug:kind>/body/",
            site.admin_view(framed(_view(admin, _body))),
            name=BODY,
        ),
        path(
            "<path:object_id>/emails/<slug:kind>/", site.admin_view(_view(admin, _page)), name=PAGE
        ),
    ]


def brand_emails_link(brand: Brand) -> tuple[str, str]:
    """Return label and address of the previews, for the brand's page."""
    return "E-mails", reverse(f"admin:{PAGE}", args=[brand.pk, INVOICE])


def _view(admin: Any, answer: _Answer) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, object_id: str, kind: str) -> HttpResponse:
        if not admin.has_view_permission(request):
            raise PermissionDenied
        brand = admin.get_object(request, unquote(object_id))
        if brand is None or kind not in KINDS:
            raise Http404
        try:
            return answer(admin, request, brand, kind)
        except UnusableBrand as error:
            messages.error(request, str(error))
            return redirect(object_url(admin, brand))

    return view


def _page(admin: Any, request: HttpRequest, brand: Brand, kind: str) -> HttpResponse:
    is_to_staff = kind == "question_asked"
    return preview(
        admin,
        request,
        brand,
        title=f"E-mails of {brand}",
        message=sample_message(kind=kind, brand=brand),
        sender=sender_of(brand),
        to=(brand.support_email or "nobody: the brand has no support e-mail")
        if is_to_staff
        else NOBODY,
        body_url=reverse(f"admin:{BODY}", args=[brand.pk, kind]),
        kinds=[
            {
                "label": label.capitalize(),
                "address": reverse(f"admin:{PAGE}", args=[brand.pk, each]),
                "is_shown": each == kind,
            }
            for each, label in KINDS.items()
        ],
    )


def _body(admin: Any, request: HttpRequest, brand: Brand, kind: str) -> HttpResponse:
    return HttpResponse(sample_message(kind=kind, brand=brand).html)
