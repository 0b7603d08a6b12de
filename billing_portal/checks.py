"""What a deployment must have that Django's own checks do not ask for."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register(deploy=True)
def secret_key_is_set(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A random key per process would sign everybody out at each restart."""
    if settings.SECRET_KEY_FROM_ENVIRONMENT:
        return []
    return [
        Error(
            "SECRET_KEY is not set.",
            hint="Set SECRET_KEY to a long random text that all processes share.",
            id="billing_portal.E001",
        )
    ]


@register(deploy=True)
def demo_is_off(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The demo's logins are printed on its screen: never on a server."""
    if not settings.DEMO:
        return []
    return [Error("DEMO is on.", hint="Unset DEMO.", id="billing_portal.E002")]


@register(deploy=True)
def failpoints_are_off(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """They kill the process that comes by; tests start processes with them, nobody else."""
    if not settings.FAILPOINTS:
        return []
    return [Error("FAILPOINTS are set.", hint="Unset FAILPOINTS.", id="billing_portal.E003")]
