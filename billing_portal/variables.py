"""Variables of the environment, read as what they mean; a bad one is named."""

import hashlib

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def flag(name: str, *, default: bool) -> bool:
    """
    Return a yes/no variable; anything but a clear word is refused.

    :raises ImproperlyConfigured:
    """
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    text = env.str(name, default="")
    if not text:
        return default
    if text.lower() not in words:
        raise ImproperlyConfigured(f"{name} is {text!r}; it takes true or false")
    return words[text.lower()]


def whole_number(name: str, *, default: int, least: int) -> int:
    """
    Return a whole number that is not below the least.

    :raises ImproperlyConfigured:
    """
    text = env.str(name, default=str(default))
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is {text!r}; it takes a whole number from {least} up")
    return int(text)


def hash_of(name: str, *, fewest_letters: int) -> str:
    """
    Return the SHA-256 of a secret in hex, empty where there is none.

    :raises ImproperlyConfigured: it can be guessed.
    """
    text = env.str(name, default="").strip()
    if text and len(text) < fewest_letters:
        raise ImproperlyConfigured(f"{name} is too short; it takes {fewest_letters} letters and up")
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
