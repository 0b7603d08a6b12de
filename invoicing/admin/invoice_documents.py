"""Previews: the PDF and the e-mail of an invoice, as they would leave the house."""

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
from accounts.documents.usable_brand import UnusableBrand
from invoicing.documents.email import invoice_email
from invoicing.documents.pdf import PdfUnavailable, render_invoice_pdf
from invoicing.models import Invoice, InvoiceDocument
from invoicing.queries.invoice_recipients import invoice_recipients

_View = Callable[..., HttpResponse]
_Answer = Callable[[Any, HttpRequest, Invoice], HttpResponse]


def document_urls(admin: Any) -> list[URLPattern]:
    """Return the addresses of the previews."""
    return [
        path(
            f"<path:object_id>/{address}/",
            admin.admin_site.admin_view(_page(admin, answer)),
            name=name,
        )
        for address, name, answer in (
            ("pdf", "invoicing_invoice_pdf", _pdf),
            ("email/body", "invoicing_invoice_email_body", _email_body),
            ("email", "invoicing_invoice_email", _email),
        )
    ]


def _page(admin: Any, answer: _Answer) -> _View:
    def view(request: HttpRequest, object_id: str) -> HttpResponse:
        if not admin.has_view_permission(request):
            raise PermissionDenied
        invoice = admin.get_object(request, unquote(object_id))
        if invoice is None:
            raise Http404
        try:
            return answer(admin, request, invoice)
        except (PdfUnavailable, UnusableBrand) as error:
            messages.error(request, str(error))
            return redirect(object_url(admin, invoice))

    return framed(view) if answer is _email_body else view


def _pdf(admin: Any, request: HttpRequest, invoice: Invoice) -> HttpResponse:
    kept = InvoiceDocument.objects.filter(invoice=invoice).first()
    content = bytes(kept.content) if kept else render_invoice_pdf(invoice=invoice)
    name = invoice.number or invoice.public_id
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"'},
    )


def _email(admin: Any, request: HttpRequest, invoice: Invoice) -> HttpResponse:
    recipients = invoice_recipients(customer=invoice.customer)
    return preview(
        admin,
        request,
        invoice,
        message=invoice_email(invoice=invoice),
        sender=sender_of(invoice.brand),
        to=recipients.to,
        cc=", ".join(recipients.cc),
        body_url=reverse("admin:invoicing_invoice_email_body", args=[invoice.pk]),
    )


def _email_body(admin: Any, request: HttpRequest, invoice: Invoice) -> HttpResponse:
    return HttpResponse(invoice_email(invoice=invoice).html)
