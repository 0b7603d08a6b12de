"""The brand around the pages of sign-in, where no customer says which one."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.queries.brand_at import brand_at


def brand_of_page(request: HttpRequest) -> dict[str, Any]:
    """Return `brand` for allauth's pages; others bring theirs, and error pages need none."""
    match = request.resolver_match
    if match is None or not match.route.startswith("accounts/"):
        return {}
    user = request.user if isinstance(request.user, User) else None
    return {"brand": SimpleLazyObject(lambda: brand_at(host=request.get_host(), user=user))}
