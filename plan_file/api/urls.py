"""Addresses below /api/v1/."""

from django.urls import path

from plan_file.api.plan_file import PlanFile

urlpatterns = [path("plan-file", PlanFile.as_view())]
