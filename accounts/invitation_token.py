"""The secret in an invitation's link."""

import secrets
from hashlib import sha256

_SECRET_BYTES = 32


def new_invitation_token() -> str:
    """Return a secret that nobody guesses, fit for an address."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def token_digest(token: str) -> str:
    """Return what is kept of a secret: its SHA-256 in hex."""
    return sha256(token.encode()).hexdigest()
