"""What the frame of every page needs to know: whose name stands on it, and if it is the demo."""

from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Brand, User
from accounts.queries.brand_at import brand_at


def page_context(request: HttpRequest) -> dict[str, Any]:
    """
    Return the brand of pages that name none themselves, and whether this is the demo.

    The brand is asked for when a template first uses it: pages of a customer, which bring their
    own, pay nothing for it.
    """
    return {"brand": SimpleLazyObject(lambda: _brand(request)), "is_demo": settings.DEMO}


def _brand(request: HttpRequest) -> Brand:
    try:
        host = request.get_host()
    except DisallowedHost:
        host = ""
    user = getattr(request, "user", None)
    return brand_at(host=host, user=user if isinstance(user, User) else None)
