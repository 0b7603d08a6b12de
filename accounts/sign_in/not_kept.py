"""Pages of sign-in, which nobody between the server and the eye keeps."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers


class NotKeptMiddleware:
    """
    Tells browsers and proxies to keep no page of sign-in.

    They show addresses, devices, and the secret of an authenticator app; the button "back" of
    a shared computer must not show them to the next person.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.route.startswith("accounts/"):
            add_never_cache_headers(answer)
        return answer
