"""Addresses below /api/v1/."""

from django.urls import path

from usage.api.events import EventBatch, EventCollection, EventDetail

urlpatterns = [
    path("events", EventCollection.as_view()),
    path("events/batch", EventBatch.as_view()),
    path("events/<str:event>", EventDetail.as_view()),
]
