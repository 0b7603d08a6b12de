"""A storage of files of usage that lasts as long as a test."""

from pathlib import Path

from pytest_django.fixtures import Settings


def kept_in(folder: Path, settings: Settings) -> Path:
    """Have uploaded files lie in this folder; return it."""
    usage_files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder)},
    }
    settings.STORAGES = {**settings.STORAGES, "usage_files": usage_files}
    return folder
