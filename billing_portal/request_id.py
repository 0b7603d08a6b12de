"""An id for each request: the caller's own where it is a sane one, in the answer and the logs."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from values.identifiers import uuid7

_SANE = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)


def request_id_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.request_id` and the header X-Request-Id of the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = sent if _SANE.fullmatch(sent) else str(uuid7())
        request.META["HTTP_X_REQUEST_ID"] = request_id
        request.request_id = request_id  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request_id
        return response

    return middleware
