"""Addresses below /api/v1/."""

from django.urls import path

from usage.api.events import EventBatch, EventCollection, EventDetail, EventVoiding
from usage.api.file_actions import (
    UsageFileCancel,
    UsageFileCheck,
    UsageFileErrors,
    UsageFileForgetting,
    UsageFileImport,
)
from usage.api.files import UsageFileCollection, UsageFileDetail, UsageFileMapping

urlpatterns = [
    path("events", EventCollection.as_view()),
    path("events/batch", EventBatch.as_view()),
    path("events/<str:event>", EventDetail.as_view()),
    path("events/<str:event>/void", EventVoiding.as_view()),
    path("usage-files", UsageFileCollection.as_view()),
    path("usage-files/<str:file>", UsageFileDetail.as_view()),
    path("usage-files/<str:file>/mapping", UsageFileMapping.as_view()),
    path("usage-files/<str:file>/check", UsageFileCheck.as_view()),
    path("usage-files/<str:file>/import", UsageFileImport.as_view()),
    path("usage-files/<str:file>/cancel", UsageFileCancel.as_view()),
    path("usage-files/<str:file>/forget", UsageFileForgetting.as_view()),
    path("usage-files/<str:file>/errors", UsageFileErrors.as_view()),
]
