"""The text of an API key: `vb_live_<id>_<secret>_<check>`, made once and shown once."""

import base64
import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass

SECRET_BYTES = 32
_ID_BYTES = 5
_SHAPE = re.compile(
    r"(?P<prefix>vb_(?:live|test)_[a-z2-7]{8})_[a-z2-7]{52}_(?P<check>[0-9a-f]{8})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class KeyText:
    """A whole key and its public beginning, by which it is found."""

    prefix: str
    text: str

    def digest(self) -> bytes:
        """Return the SHA-256 that is stored; 32 random bytes need no slower hash."""
        return hashlib.sha256(self.text.encode()).digest()


def new_key_text(mode: str) -> KeyText:
    """Return a new key of a mode, `live` or `test`."""
    prefix = f"vb_{mode}_{_letters(secrets.token_bytes(_ID_BYTES))}"
    body = f"{prefix}_{_letters(secrets.token_bytes(SECRET_BYTES))}"
    return KeyText(prefix=prefix, text=f"{body}_{_check(body)}")


def read_key_text(text: str) -> KeyText | None:
    """Return the key that somebody presents, None if it was mistyped or never was one."""
    shape = _SHAPE.fullmatch(text)
    if shape is None or shape["check"] != _check(text.rpartition("_")[0]):
        return None
    return KeyText(prefix=shape["prefix"], text=text)


def _letters(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _check(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
