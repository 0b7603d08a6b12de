"""What every page of a customer shares: who may open it, and what stands around it."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache

from accounts.looking import look
from accounts.models import (
    LookedAs,
    Membership,
    PartnerMembership,
    RecordLook,
    User,
    VisitedPage,
)
from portal.viewer import Right, Viewer, viewer_of

Arguments = ParamSpec("Arguments")
SAFE = ("GET", "HEAD")
LONGEST_PATH = 500


def customer_page(
    right: Right = Right.LOOK, *, methods: tuple[str, ...] = ("GET",)
) -> Callable[
    [Callable[Concatenate[HttpRequest, Viewer, Arguments], HttpResponseBase]],
    Callable[..., HttpResponseBase],
]:
    """
    Open a view to people of the customer that its address names, with this right.

    The view gets the Viewer in place of the id. Nobody signed in: to the sign-in page.
    Somebody else's customer: 404, as if there were none. A role without the right: 403. Staff
    on a visit: GET alone, and the page is recorded.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, Viewer, Arguments], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @never_cache
        @wraps(view)
        def opened(request: HttpRequest, customer_id: str, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return to_sign_in(request)
            viewer = viewer_of(user=request.user, customer_id=customer_id, now=datetime.now(UTC))
            if viewer is None:
                raise Http404
            if not viewer.may(right):
                raise PermissionDenied
            if request.method not in {*methods, *(SAFE if "GET" in methods else ())}:
                return HttpResponseNotAllowed(methods)
            if viewer.visit is not None:
                if request.method not in SAFE:
                    raise PermissionDenied
                _record(request, viewer)
            return view(request, viewer, **kwargs)  # type: ignore[call-arg]

        return opened

    return decorate


def page(
    request: HttpRequest,
    viewer: Viewer,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> TemplateResponse:
    """Return a page with what stands around it: the customer, its brand, who is looking."""
    around = {
        "viewer": viewer,
        "customer": viewer.customer,
        "brand": viewer.customer.brand,
        "customers": customers_of(user=viewer.user),
    }
    return TemplateResponse(request, template, {**around, **(context or {})}, status=status)


def looked(request: HttpRequest, viewer: Viewer, *, rows: int | None) -> RecordLook | None:
    """Record that this person is shown call records of the customer; see `record_look`."""
    return look(
        request,
        who=viewer.user,
        looked_as=LookedAs.CUSTOMER if viewer.visit is None else LookedAs.STAFF,
        rows=rows,
        asked=_line_asked(request),
        customer=viewer.customer,
    )


def _line_asked(request: HttpRequest) -> str:
    """Return the ids of invoice and line in the address, and what the page filters by."""
    ids = request.resolver_match.kwargs if request.resolver_match else {}
    named = [str(value) for name, value in ids.items() if name != "customer_id"]
    given = [f"{name}={value}" for name, value in request.GET.items() if value and name != "after"]
    return "; ".join([*named, *given])


def customers_of(*, user: User) -> list[Any]:
    """Return the customers whose pages this person may switch between, by name."""
    memberships = Membership.objects.filter(user=user).select_related("customer")
    return [each.customer for each in memberships.order_by("customer__name", "customer_id")]


def partners_of(*, user: User) -> list[Any]:
    """Return the partners whose pages this person may switch between, by name."""
    memberships = PartnerMembership.objects.filter(user=user).select_related("partner")
    return [each.partner for each in memberships.order_by("partner__name")]


def customer_now(viewer: Viewer) -> datetime:
    """Return the time by the customer's clock: a sandbox may have one of its own."""
    return viewer.customer.now(now=datetime.now(UTC))


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Return the way to the sign-in page and back; of a part of a page, the whole page anew."""
    # A part that refreshes itself would put the sign-in page into the middle of the page.
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path())


def _record(request: HttpRequest, viewer: Viewer) -> None:
    assert viewer.visit is not None
    path = request.get_full_path()[:LONGEST_PATH]
    # What refreshes itself was chosen once. The browser is not asked: it could say so of all.
    if request.resolver_match and (request.resolver_match.url_name or "").endswith("_live"):
        path = request.path[:LONGEST_PATH]
        if viewer.visit.pages.filter(path=path).exists():
            return
    VisitedPage.objects.create(visit=viewer.visit, path=path, at=datetime.now(UTC))
