"""Addresses below /api/v1/."""

from django.urls import path

from plan_file.api.plan_file import PlanFile
from plan_file.api.price_preview import PricePreview

urlpatterns = [
    path("plan-file", PlanFile.as_view()),
    path("price-preview", PricePreview.as_view()),
]
