"""Absolute addresses, as e-mails need them."""

from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import Brand


def customer_address(*, brand: Brand, path: str) -> str:
    """Return a page's address at the domain where the brand's customers sign in."""
    if not brand.domain:
        return staff_address(path=path)
    return f"{urlsplit(settings.SITE_URL).scheme}://{brand.domain}{path}"


def staff_address(*, path: str) -> str:
    """Return a page's address at the installation's own domain."""
    return f"{settings.SITE_URL}{path}"
