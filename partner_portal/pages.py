"""What every page of a partner shares: who may open it, and what stands around it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache

from accounts.looking import look
from accounts.models import KeyMode, LookedAs, RecordLook, User
from accounts.queries.partner_brand import partner_brand
from partner_portal.viewer import PartnerViewer, Right, viewer_of
from portal.pages import SAFE, customers_of, partners_of, to_sign_in

Arguments = ParamSpec("Arguments")


def partner_page(
    right: Right = Right.LOOK, *, methods: tuple[str, ...] = ("GET",)
) -> Callable[
    [Callable[Concatenate[HttpRequest, PartnerViewer, Arguments], HttpResponseBase]],
    Callable[..., HttpResponseBase],
]:
    """
    Open a view to people of the partner that its address names, with this right.

    The view gets the viewer in place of the id. Nobody signed in: to the sign-in page.
    Somebody else's partner: 404, as if there were none. A role without the right: 403.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, PartnerViewer, Arguments], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @never_cache
        @wraps(view)
        def opened(request: HttpRequest, partner_id: str, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return to_sign_in(request)
            viewer = viewer_of(user=request.user, partner_id=partner_id)
            if viewer is None:
                raise Http404
            if not viewer.may(right):
                raise PermissionDenied
            if request.method not in {*methods, *(SAFE if "GET" in methods else ())}:
                return HttpResponseNotAllowed(methods)
            return view(request, viewer, **kwargs)  # type: ignore[call-arg]

        return opened

    return decorate


def page(
    request: HttpRequest,
    viewer: PartnerViewer,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> TemplateResponse:
    """Return a page with what stands around it: the partner, a brand, who is looking."""
    given = context or {}
    around = {
        "viewer": viewer,
        "partner": viewer.partner,
        "brand": given.get("brand") or partner_brand(partner=viewer.partner),
        "partners": partners_of(user=viewer.user),
        "customers": customers_of(user=viewer.user),
    }
    return TemplateResponse(request, template, {**around, **given}, status=status)


def looked(
    request: HttpRequest, viewer: PartnerViewer, *, rows: int | None, asked: str = ""
) -> RecordLook | None:
    """Record that this person is shown call records; see `record_look`."""
    return look(
        request,
        who=viewer.user,
        looked_as=LookedAs.PARTNER,
        rows=rows,
        asked=asked,
        partner=viewer.partner,
    )


def mode_asked(request: HttpRequest, viewer: PartnerViewer) -> KeyMode:
    """Return whether live or test is looked at: what was asked for, else where customers are."""
    asked = request.POST.get("mode") or request.GET.get("mode")
    if asked in KeyMode.values:
        return KeyMode(asked)
    has_live = viewer.partner.customers.filter(is_sandbox=False).exists()
    return KeyMode.LIVE if has_live else KeyMode.TEST
