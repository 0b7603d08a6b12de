"""A view says that it shows call records: who asks, from which address, for what."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import ApiKey, Customer, LookedAs, Partner, RecordLook, User
from accounts.operations.record_look import record_look

_NO_FILTERS = frozenset({"o", "p", "e", "all", "after", "before", "cursor", "limit", "seen"})


def look(
    request: HttpRequest | Request,
    *,
    who: User | ApiKey,
    looked_as: LookedAs,
    rows: int | None,
    asked: str = "",
    customer: Customer | None = None,
    partner: Partner | None = None,
) -> RecordLook | None:
    """
    Record what this request shows; see `record_look`.

    Without `asked` it is what the address filters by.
    """
    return record_look(
        who=who,
        looked_as=looked_as,
        page=_page(request),
        now=datetime.now(UTC),
        rows=rows,
        asked=asked or _filters(request),
        customer=customer,
        partner=partner,
    )


def staff_look(
    request: HttpRequest,
    *,
    rows: int | None,
    asked: str = "",
    customer: Customer | None = None,
    partner: Partner | None = None,
) -> RecordLook | None:
    """Record what a page of the admin shows; see `record_look`."""
    assert isinstance(request.user, User)
    return look(
        request,
        who=request.user,
        looked_as=LookedAs.STAFF,
        rows=rows,
        asked=asked,
        customer=customer,
        partner=partner,
    )


def _page(request: Any) -> str:
    """Return the name of the address; the API's have none, but a method and a path."""
    match = request.resolver_match
    if match is None:
        return ""
    return str(match.view_name) if match.url_name else f"{request.method} /{match.route}"


def _filters(request: Any) -> str:
    """Return ``customer=acme; start=2024-11-01``."""
    given = request.GET.dict().items()
    return "; ".join(
        f"{name}={value}" for name, value in given if value and name not in _NO_FILTERS
    )
