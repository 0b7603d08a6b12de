"""Addresses below /api/v1/."""

from django.urls import path

from accounts.api.customers import CustomerDetail, CustomerList

urlpatterns = [
    path("customers", CustomerList.as_view()),
    path("customers/<path:customer>", CustomerDetail.as_view()),
]
