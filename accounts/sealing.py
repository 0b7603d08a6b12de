"""
Secrets that wait in a stored e-mail: sealed there, opened when it is sent.

A message is kept for ever and staff may read it; the link in an invitation makes whoever
holds it an owner. So the stored text carries the secret encrypted with the installation's
SECRET_KEY, bound to the message's key: copied into another message it opens nothing.
"""

import re
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

# As Fernet writes it; people also end a sentence with "sealed." and forget the space.
_SEALED = re.compile(r"sealed\.(gAAAAA[A-Za-z0-9_-]{90,}={0,2})")


class SecretNotReadable(ValueError):
    """What was sealed cannot be opened: another SECRET_KEY, or another message."""


def sealed(*, secret: str, about: str) -> str:
    """Return the secret unreadable, safe in addresses; `about` names the message it is for."""
    return f"sealed.{_box().encrypt(_bound(secret, about)).decode()}"


def unsealed(*, text: str, about: str) -> str:
    """
    Return the text with the secrets that were sealed for this message in place.

    :raises SecretNotReadable: none of this installation's keys opens it, or it was sealed for
        another message.
    """
    return _SEALED.sub(lambda found: _opened(found[1], about), text)


def _opened(token: str, about: str) -> str:
    try:
        bound, _, secret = _box().decrypt(token).decode().rpartition("\n")
    except InvalidToken as error:
        raise SecretNotReadable(f"no SECRET_KEY of ours opens what {about} carries") from error
    if bound != about:
        raise SecretNotReadable(f"{about} carries a secret of another message")
    return secret


def _bound(secret: str, about: str) -> bytes:
    return f"{about}\n{secret}".encode()


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    digest = salted_hmac("accounts.sealing", "box", secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest)
