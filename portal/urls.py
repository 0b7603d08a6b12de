"""The addresses of a customer's pages; each begins with the customer's id."""

from django.urls import path

from portal.views import (
    account,
    emails,
    events,
    invoice,
    invoices,
    line,
    overview,
    questions,
    team,
    usage,
)
from portal.views import credits as wallet

app_name = "portal"

urlpatterns = [
    # Overview
    path("", overview.overview, name="overview"),
    path("overview/live/", overview.overview_live, name="overview_live"),
    # Invoices
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/csv/", invoices.invoices_csv, name="invoices_csv"),
    path("invoices/<str:invoice_id>/", invoice.invoice, name="invoice"),
    path("invoices/<str:invoice_id>/live/", invoice.invoice_live, name="invoice_live"),
    path("invoices/<str:invoice_id>/pdf/", invoice.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:invoice_id>/csv/", invoice.invoice_csv, name="invoice_csv"),
    # Lines
    path("invoices/<str:invoice_id>/lines/<str:line_id>/", line.line, name="line"),
    path(
        "invoices/<str:invoice_id>/lines/<str:line_id>/events/",
        events.line_events,
        name="line_events",
    ),
    path(
        "invoices/<str:invoice_id>/lines/<str:line_id>/events/csv/",
        events.line_events_csv,
        name="line_events_csv",
    ),
    # Questions
    path("questions/", questions.questions, name="questions"),
    path("invoices/<str:invoice_id>/question/", questions.ask_invoice, name="ask_invoice"),
    path("invoices/<str:invoice_id>/lines/<str:line_id>/question/", questions.ask, name="ask"),
    # Usage
    path("usage/", usage.usage, name="usage"),
    path("usage/csv/", usage.usage_csv, name="usage_csv"),
    # Credits
    path("credits/", wallet.credit, name="credits"),
    path("credits/csv/", wallet.credit_csv, name="credits_csv"),
    # Account and team
    path("account/", account.account, name="account"),
    path("account/edit/", account.edit_account, name="edit_account"),
    path("account/emails/", emails.emails, name="emails"),
    path("account/team/", team.team, name="team"),
    path("account/team/invite/", team.invite, name="invite"),
    path("account/team/<int:person_id>/role/", team.change_role, name="change_role"),
    path("account/team/<int:person_id>/remove/", team.remove_person, name="remove_person"),
    path(
        "account/team/invitations/<str:invitation_id>/revoke/",
        team.revoke_invitation,
        name="revoke_invitation",
    ),
    path(
        "account/team/invitations/<str:invitation_id>/send-again/",
        team.resend_invitation,
        name="resend_invitation",
    ),
]
