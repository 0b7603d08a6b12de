"""The answer to somebody who tries too often."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# The longest window of ACCOUNT_RATE_LIMITS.
SECONDS = 300


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Return the page that says when to try again."""
    answer = render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(SECONDS)
    return answer
