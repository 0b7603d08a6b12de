"""Who calls: `Authorization: Bearer vb_live_…`."""

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey
from accounts.operations.note_key_used import note_key_used
from accounts.queries.api_keys import KeyRefused, usable_api_key

CHALLENGE = 'Bearer realm="api"'


class ApiKeyAuthentication(BaseAuthentication):
    """Reads the bearer key; `request.auth` is the `ApiKey`, there is no user."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        """
        Return the key, or None where the header is missing.

        :raises AuthenticationFailed: the header is no bearer key, or the key opens nothing.
        """
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _, presented = header.partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationFailed("Send the API key as: Authorization: Bearer vb_…")
        now = timezone.now()
        try:
            key = usable_api_key(presented=presented.strip(), now=now)
        except KeyRefused as refusal:
            sentence = str(refusal)
            raise AuthenticationFailed(f"{sentence[0].upper()}{sentence[1:]}.") from refusal
        note_key_used(key=key, now=now)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return CHALLENGE


def key_of(request: Request) -> ApiKey:
    """Return the key behind a request that passed the permission check."""
    assert isinstance(request.auth, ApiKey)
    return request.auth


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """The key in the OpenAPI document."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the security scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "vb_live_… or vb_test_…"}
