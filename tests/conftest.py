"""What every test may ask for."""

from collections.abc import Iterator

import pytest
from django.db import connection
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


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """A database in which tests commit, as its users do; the usage store is emptied after."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE usage_key, usage_event, usage_reading")
