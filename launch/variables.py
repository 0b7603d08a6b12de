"""The variables that the project's settings read, as the demo and the tests set them."""

import os
import secrets
from pathlib import Path

from launch.system_packages import library_environ

# Read by the settings; what a developer has set for a server must not leak into the demo.
SETTINGS_VARIABLES = (
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "BROKER_URL",
    "BROKER_VISIBILITY_SECONDS",
    "CACHE_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "DEMO",
    "DJANGO_SETTINGS_MODULE",
    "EMAIL_URL",
    "FAILPOINTS",
    "HTTPS",
    "PYTHONPATH",
    "SECRET_KEY",
    "SITE_URL",
    "TRUSTED_PROXY_COUNT",
)


def demo_environ(folder: Path, *, database_url: str, port: int = 8000) -> dict[str, str]:
    """Return the variables with which the settings make a demo."""
    return {
        **clean_environ(),
        "DATABASE_URL": database_url,
        "DEMO": "true",
        "SECRET_KEY": _secret_key(folder),
        "SITE_URL": f"http://localhost:{port}",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        # Celery's, at each start as root: right on a server, noise in a demo.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }


def clean_environ() -> dict[str, str]:
    """Return this process's variables without those that the settings read."""
    kept = {key: value for key, value in os.environ.items() if key not in SETTINGS_VARIABLES}
    return {**kept, **library_environ(), "PYTHONUNBUFFERED": "1"}


def test_environ(*, database_url: str) -> dict[str, str]:
    """Return the variables of a test run: plain http, a secret that lasts as long as it."""
    return {
        **clean_environ(),
        "DATABASE_URL": database_url,
        "HTTPS": "false",
        "SECRET_KEY": secrets.token_urlsafe(60),
    }


def production_environ() -> dict[str, str]:
    """Return what a server sets besides: with it the deployment checks must pass."""
    return {
        "ALLOWED_HOSTS": "billing.example.com",
        "HTTPS": "true",
        "SITE_URL": "https://billing.example.com",
    }


def _secret_key(folder: Path) -> str:
    path = folder / "secret_key"
    if not path.exists():
        keep_private(path, secrets.token_urlsafe(60))
    return path.read_text()


def keep_private(path: Path, text: str) -> None:
    """Write a file that only this account may read, whole or not at all."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    unfinished.rename(path)
