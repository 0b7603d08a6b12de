"""What stands for a person from now on: nothing that leads back, and all that rates look at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from accounts.models import Customer
from usage.intake.personal_value import PersonalValue, number_pseudonym, pseudonym
from usage.metering.needed import Needed, Part

FEWEST_HIDDEN = 4
MOST_ATTEMPTS = 100
_PURPOSE = "erasure of a person\n"

Digits = Callable[[str], str]
"""From a written number to the digits that prefixes are held against, empty for no number."""


class TooFewDigits(ValueError):
    """Rates look at so much of a number that it could not be hidden."""


def secret() -> bytes:
    """Return the key of hashes and pseudonyms."""
    return next(secrets())


def secrets() -> Iterator[bytes]:
    """Yield the key that is in use, and those that were before."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield (_PURPOSE + str(key)).encode()


def hash_of(value: PersonalValue, *, customer: Customer, by: bytes | None = None) -> str:
    """Return by what an erasure of this value is known again; `by` the secret in use, or a past."""
    return value.hashed(secret() if by is None else by, customer.public_id)


@dataclass(frozen=True)
class StandIns:
    """
    Pseudonyms of one customer; `attempt` chooses between those that are possible.

    They are made by `by`: the secret in use, or of an earlier erasure of the same value its own.
    """

    customer: Customer
    needed: Iterable[Needed]
    digits_of: Digits
    attempt: int = 0
    by: bytes = field(default_factory=secret, repr=False)
    _kept: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        kept: dict[str, int] = {}
        for need in self.needed:
            if need.part is Part.PREFIX:
                kept[need.name] = max(need.digits, kept.get(need.name, 0))
        object.__setattr__(self, "_kept", kept)

    def stands_for(self, name: str, text: str) -> str:
        """
        Return what stands for a text in a property.

        Of a number by whose first digits calls are rated, these stay, and how long it is.

        :raises TooFewDigits:
        """
        given = {"secret": self.by, "scope": self.customer.public_id, "attempt": self.attempt}
        digits = self.digits_of(text) if name in self._kept else ""
        if not digits:
            return pseudonym(text, **given)  # type: ignore[arg-type]
        kept = self._kept[name]
        hidden = len(digits) - kept
        if hidden < FEWEST_HIDDEN:
            raise TooFewDigits(
                f"{name}: calls are rated by {kept} of its {len(digits)} digits, so that fewer "
                f"than {FEWEST_HIDDEN} could be hidden."
            )
        found = number_pseudonym(text, hidden_digits=hidden, **given)  # type: ignore[arg-type]
        others = self.digits_of(found)
        if others[:kept] != digits[:kept] or len(others) != len(digits):
            raise TooFewDigits(f"{name}: no other number would be rated as this one is.")
        return found

    def is_number(self, name: str, text: str) -> bool:
        """Return whether a number stands in, which another person might have."""
        return name in self._kept and bool(self.digits_of(text))
