"""
How much a key may send in a minute, said on every answer to a write.

The header fields are those of draft-ietf-httpapi-ratelimit-headers (RateLimit-Policy and
RateLimit, structured fields of RFC 9651): for each quota `q` per `w` seconds, `r` remaining,
all of it there again after `t` seconds.
"""

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.problems import ApiProblem
from usage.api.back_pressure import refuse_under_pressure
from usage.operations.take_allowance import WINDOW_SECONDS, Allowance, Quota, take_allowance
from values.failpoints import reached

_READS = ("GET", "HEAD", "OPTIONS")


class RateLimited(APIView):
    """
    A view whose writes are counted per key; `events_at_once` are taken with the request.

    Where a write `brings_usage`, it is turned away under pressure, and then nothing is taken.
    """

    events_at_once = 0
    brings_usage = False
    allowance: Allowance | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the key and its scope, then whether usage is taken, then its allowance."""
        super().initial(request, *args, **kwargs)
        if request.method in _READS:
            return
        reached("ingest.let_in")
        if self.brings_usage:
            self._refuse_under_pressure(request)
        take(self, request, requests=1, events=self.events_at_once)

    def _refuse_under_pressure(self, request: Request) -> None:
        try:
            refuse_under_pressure()
        except ApiProblem:
            take(self, request)  # nothing, to tell how the key stands
            raise

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Say on the answer how the key stands."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance is not None:
            for name, value in rate_limit_headers(self.allowance).items():
                final[name] = value
        return final


def take(view: RateLimited, request: Request, *, requests: int = 0, events: int = 0) -> None:
    """
    Take requests and events from the key's allowance.

    :raises ApiProblem: 429, with Retry-After; then nothing was taken.
    """
    view.allowance = take_allowance(
        api_key_id=key_of(request).pk,
        requests=requests,
        events=events,
        limits=(settings.API_REQUESTS_PER_MINUTE, settings.API_EVENTS_PER_MINUTE),
        now=timezone.now(),
    )
    reached("ingest.allowance_taken")
    if not view.allowance.was_taken:
        raise _too_many(view.allowance, requests=requests, events=events)


def rate_limit_headers(allowance: Allowance) -> dict[str, str]:
    """Return the two fields that tell a client when to slow down."""
    return {
        "RateLimit-Policy": ", ".join(map(_policy, allowance.quotas)),
        "RateLimit": ", ".join(map(_standing, allowance.quotas)),
    }


def _policy(quota: Quota) -> str:
    return f'"{quota.name}";q={quota.limit};w={WINDOW_SECONDS}'


def _standing(quota: Quota) -> str:
    return f'"{quota.name}";r={quota.remaining};t={quota.full_after_seconds}'


def _too_many(allowance: Allowance, *, requests: int, events: int) -> ApiProblem:
    wanted = {"requests": requests, "events": events}
    short = [quota for quota in allowance.quotas if quota.left < wanted[quota.name]]
    allowed = " and ".join(f"{quota.limit} {quota.name}" for quota in short)
    return ApiProblem(
        kinds.TOO_MANY_REQUESTS,
        f"This key may send {allowed} in a minute; nothing of this request was stored.",
        headers={"Retry-After": str(allowance.wait_seconds)},
    )
