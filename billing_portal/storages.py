"""Where files are kept: those that browsers get, and those that no web server gives out."""

from pathlib import Path
from typing import Any

from billing_portal.variables import env


def storage_settings(*, private: Path, serves_from_where_they_are: bool) -> dict[str, Any]:
    """
    Return the storages by their names.

    Files of usage and archives hold call records: they lie in folders of their own, within
    `private` unless a variable names another place. Static files are collected and compressed for
    a server, unless they are served from where they are.
    """
    static = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
        if serves_from_where_they_are
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    )
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": static},
        "usage_files": _own_folder("USAGE_FILES_DIR", private / "usage-files"),
        "usage_archive": _own_folder("USAGE_ARCHIVE_DIR", private / "usage-archive"),
    }


def _own_folder(variable: str, otherwise: Path) -> dict[str, Any]:
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str(variable, default=str(otherwise)),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
