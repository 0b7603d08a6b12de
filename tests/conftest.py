"""What every test may ask for."""

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def _plain_http(settings: Settings) -> None:
    """Tests speak plain http, and send mail into memory."""
    settings.SECURE_SSL_REDIRECT = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
