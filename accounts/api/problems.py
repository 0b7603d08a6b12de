"""Every error of the API as `application/problem+json` (RFC 9457)."""

import errno
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from rest_framework import exceptions

from accounts.api import problem_kinds as kinds
from accounts.api.json_answer import json_text
from accounts.api.problem_kinds import ProblemKind

RETRY_AFTER_SECONDS = 5
RETRY_AFTER_FULL_SECONDS = 60
_FULL = (errno.ENOSPC, errno.EDQUOT)
_LOG = logging.getLogger(__name__)

_KIND_OF_STATUS = {
    400: kinds.BAD_REQUEST,
    401: kinds.UNAUTHENTICATED,
    403: kinds.SCOPE_MISSING,
    404: kinds.NOT_FOUND,
    405: kinds.METHOD_NOT_ALLOWED,
    406: kinds.NOT_ACCEPTABLE,
    413: kinds.TOO_LARGE,
    415: kinds.UNSUPPORTED_MEDIA_TYPE,
    429: kinds.TOO_MANY_REQUESTS,
    500: kinds.SERVER_ERROR,
    503: kinds.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class ProblemError:
    """One mistake: where it is (JSON pointer into the body, or a query parameter), and what."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def as_json(self) -> dict[str, str]:
        """Return the entry of `errors`."""
        place = (
            {"pointer": self.pointer or ""}
            if self.parameter is None
            else {"parameter": self.parameter}
        )
        return {**place, "code": self.code, "detail": self.detail}


class ApiProblem(Exception):
    """Raised by a view to answer with a problem; `extra` are further members, `headers` fields."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        *,
        errors: Sequence[ProblemError] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


def problem(
    request: HttpRequest,
    kind: ProblemKind,
    detail: str,
    *,
    errors: Sequence[ProblemError] = (),
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return the answer; `instance` is the id of the request."""
    body: dict[str, Any] = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": getattr(request, "request_id", ""),
        "errors": [error.as_json() for error in errors],
        **(extra or {}),
    }
    return HttpResponse(
        json_text(body).encode(),
        status=kind.status,
        content_type="application/problem+json",
        headers=headers,
    )


def problem_response(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """
    Return the problem for what a view raised.

    None for a fault of ours: Django reports it and asks `server_error` for the answer.
    """
    return _answer(context["request"]._request, error)


def _answer(request: HttpRequest, error: Exception) -> HttpResponse | None:
    match error:
        case ApiProblem():
            return problem(
                request, error.kind, error.detail,
                errors=error.errors, extra=error.extra, headers=error.headers,
            )  # fmt: skip
        case Http404() | exceptions.NotFound():
            return problem(request, kinds.NOT_FOUND, "No such object.")
        case RequestDataTooBig():
            return problem(request, kinds.TOO_LARGE, "The body is larger than any that is taken.")
        case UnreadablePostError() | TooManyFieldsSent():
            return problem(request, kinds.BAD_REQUEST, "The body could not be read to its end.")
        case PermissionDenied():
            return problem(request, kinds.SCOPE_MISSING, str(error) or "Not allowed.")
        case OSError() if error.errno in _FULL:
            _LOG.exception("the disk is full")
            return no_room(request)
        case _ if is_database_away(error):
            _LOG.exception("the database did not answer")
            return unavailable(request, error)
        case exceptions.APIException():
            return _of_framework(request, error)
    return None


def _of_framework(request: HttpRequest, error: exceptions.APIException) -> HttpResponse:
    kind = _KIND_OF_STATUS.get(error.status_code, kinds.BAD_REQUEST)
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(wait)
    return problem(request, kind, str(error.detail), headers=headers)


def is_database_away(error: BaseException | None) -> bool:
    """
    Return whether this says that the database cannot take more, or is not there at all.

    Connections refused, lost or used up, time-outs of statements and locks, a full disk, a
    server that goes down: nothing that another request would not bring to pass as well.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return True
    # What a COPY meets is raised by the driver itself.
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


def no_room(request: HttpRequest) -> HttpResponse:
    """Return the answer while no more can be kept."""
    return problem(
        request,
        kinds.UNAVAILABLE,
        "There is no room to keep what was sent.",
        headers={"Retry-After": str(RETRY_AFTER_FULL_SECONDS)},
    )


def unavailable(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """Return the answer while the database is away."""
    cause = error.__cause__ if isinstance(error, OperationalError | InterfaceError) else error
    # Nobody makes room on a disk within seconds.
    is_full = isinstance(cause, psycopg.errors.DiskFull)
    wait = RETRY_AFTER_FULL_SECONDS if is_full else RETRY_AFTER_SECONDS
    return problem(
        request,
        kinds.UNAVAILABLE,
        "The database did not answer in time.",
        headers={"Retry-After": str(wait)},
    )
