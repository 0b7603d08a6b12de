"""The addresses of a customer's pages; each begins with the customer's id."""

from django.urls import path

from portal.views import overview

app_name = "portal"

urlpatterns = [
    # Overview
    path("", overview.overview, name="overview"),
    # Invoices
    # Lines
    # Questions
    # Usage
    # Credits
    # Account and team
]
