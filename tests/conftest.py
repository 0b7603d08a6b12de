"""What every test may ask for."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.factories import staff


@pytest.fixture(autouse=True)
def _plain_http(settings: Settings) -> None:
    """Tests speak plain http, send mail into memory, and let staff in by one factor."""
    settings.SECURE_SSL_REDIRECT = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STAFF_SECOND_FACTOR = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _nothing_stays_committed(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Tables that no model holds are flushed with none: a test that commits leaves them empty."""
    yield
    mark = request.node.get_closest_marker("django_db")
    commits = mark is not None and mark.kwargs.get("transaction", False)
    if commits or "transactional_db" in request.fixturenames:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE usage_key, usage_record, usage_void, usage_hour, shared_cache")


@pytest.fixture
def committed(transactional_db: None) -> None:
    """A database in which tests commit, as its users do."""


@pytest.fixture
def staff_client(db: None) -> Client:
    """Somebody who may do everything in the admin, signed in."""
    client = Client()
    client.force_login(staff())
    return client


@pytest.fixture
def clerk_client(db: None) -> Client:
    """Staff who may look at everything and change nothing, signed in."""
    clerk = User.objects.create_user("clara@northwind.example", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(clerk)
    return client
