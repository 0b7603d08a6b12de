"""Addresses below /api/v1/."""

from django.urls import path

from invoicing.api.backfills import (
    BackfillClose,
    BackfillCollection,
    BackfillDetail,
    BackfillDiscard,
    BackfillEvents,
    BackfillPreview,
    BackfillUndo,
)
from invoicing.api.invoices import InvoiceDetail, InvoiceLineEvents, InvoiceList, InvoicePdf
from invoicing.api.subjects import SubjectCollection, SubjectDetail

urlpatterns = [
    path("invoices", InvoiceList.as_view()),
    path("invoices/<str:invoice>", InvoiceDetail.as_view()),
    path("invoices/<str:invoice>/pdf", InvoicePdf.as_view()),
    path("invoices/<str:invoice>/lines/<str:line>/events", InvoiceLineEvents.as_view()),
    path("backfills", BackfillCollection.as_view()),
    path("backfills/<str:backfill>", BackfillDetail.as_view()),
    path("backfills/<str:backfill>/events", BackfillEvents.as_view()),
    path("backfills/<str:backfill>/preview", BackfillPreview.as_view()),
    path("backfills/<str:backfill>/close", BackfillClose.as_view()),
    path("backfills/<str:backfill>/discard", BackfillDiscard.as_view()),
    path("backfills/<str:backfill>/undo", BackfillUndo.as_view()),
    path("subjects", SubjectCollection.as_view()),
    path("subjects/<path:identifier>", SubjectDetail.as_view()),
]
