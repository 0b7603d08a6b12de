"""Months of usage in files of the test's own folder."""

from datetime import date
from pathlib import Path

from pytest_django.fixtures import Settings

from tests import factories as make
from usage.models import UsageArchive
from usage.operations.archives.archive_month import archive_month
from usage.store import store
from usage.store.archives.needs import Needs

NOVEMBER = date(2024, 11, 1)


def keep_in(folder: Path, settings: Settings) -> Path:
    """Let archives lie in this folder, and return it."""
    usage_archive = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder)},
    }
    settings.STORAGES = {**settings.STORAGES, "usage_archive": usage_archive}
    return folder


def archived(*, month: date = NOVEMBER, needs: Needs | None = None) -> UsageArchive | None:
    """Bring the sums up to date and archive a month."""
    store.roll()
    return archive_month(month=month, needs=needs or Needs(), now=make.NOW)
