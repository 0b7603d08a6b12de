"""Errors outside of views: problem+json below /api/, pages of ours elsewhere."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views import defaults

from accounts.api import problem_kinds as kinds
from accounts.api.problems import is_database_away, problem, unavailable


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses."""
    if _is_api(request):
        return problem(request, kinds.BAD_REQUEST, "The request was refused as it stands.")
    return _without_context("400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what is not allowed."""
    if _is_api(request):
        return problem(request, kinds.SCOPE_MISSING, "Not allowed.")
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    if _is_api(request):
        return problem(request, kinds.NOT_FOUND, "No such address; see /api/docs/ for all.")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours; where a database is away, say so."""
    error = sys.exc_info()[1]
    if not _is_api(request):
        status = 503 if is_database_away(error) else 500
        return _without_context(f"{status}.html", status=status)
    if is_database_away(error):
        return unavailable(request, error)
    return problem(request, kinds.SERVER_ERROR, "The error was reported to us.")


def _without_context(template: str, *, status: int) -> HttpResponse:
    # Not even a brand: the host may not be ours, the database not there.
    return HttpResponse(get_template(template).render(), status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
