"""Turning usage away before there is too much of it to work off."""

import time

import structlog
from django.conf import settings

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem
from usage.queries.pressure import pressure

log = structlog.get_logger()

RETRY_AFTER_SECONDS = 30
_LOOK_AGAIN_SECONDS = 5.0


class _Gate:
    """
    What was seen last; each process looks every few seconds.

    Rollups that are behind shut nothing: sums are right without them, only slower, and no sender
    can mend that. It is logged when it begins.
    """

    def __init__(self) -> None:
        self._look_at = 0.0
        self._is_shut = False
        self._is_behind = False

    def is_shut(self) -> bool:
        """Return whether too much waits."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_AGAIN_SECONDS
            self._look()
        return self._is_shut

    def look_again(self) -> None:
        """Look at the next request."""
        self._look_at = 0.0

    def forget(self) -> None:
        """Look at the next request as if for the first time."""
        self.look_again()
        self._is_behind = False

    def _look(self) -> None:
        most_requests = settings.INTAKE_WARN_REQUESTS_BEHIND
        most_customers = settings.INTAKE_MOST_CUSTOMERS_WAITING
        seen = pressure(most_requests=most_requests, most_customers=most_customers)
        self._is_shut = seen.customers_waiting > most_customers
        was_behind, self._is_behind = self._is_behind, seen.requests_behind > most_requests
        if self._is_behind and not was_behind:
            log.warning("usage_rollups_behind", more_requests_than=most_requests)


gate = _Gate()


def refuse_under_pressure() -> None:
    """
    Let a request pass, or send it away for a while.

    :raises ApiProblem: 429, with Retry-After.
    """
    if gate.is_shut():
        raise ApiProblem(
            kinds.TOO_MANY_REQUESTS,
            "More usage came than is worked off yet; nothing of this request was stored.",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )
