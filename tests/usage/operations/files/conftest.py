"""Files are kept in a folder of the test's own; Acme is a customer of the partner Callwave."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import Customer
from tests import factories as make
from usage.models import Source


@pytest.fixture(autouse=True)
def kept_files(settings: Settings, tmp_path: Path) -> Path:
    """The folder where uploaded files lie."""
    folder = tmp_path / "usage-files"
    usage_files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder)},
    }
    settings.STORAGES = {**settings.STORAGES, "usage_files": usage_files}
    return folder


@pytest.fixture
def acme(db: None) -> Customer:
    """A sandbox customer with the meter of its calls."""
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def source(acme: Customer) -> Source:
    """Where Callwave's test keys are unique."""
    return make.source(make.partner(acme))
