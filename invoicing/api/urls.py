"""Addresses below /api/v1/."""

from django.urls import path

from invoicing.api.invoices import InvoiceDetail, InvoiceLineEvents, InvoiceList, InvoicePdf

urlpatterns = [
    path("invoices", InvoiceList.as_view()),
    path("invoices/<str:invoice>", InvoiceDetail.as_view()),
    path("invoices/<str:invoice>/pdf", InvoicePdf.as_view()),
    path("invoices/<str:invoice>/lines/<str:line>/events", InvoiceLineEvents.as_view()),
]
