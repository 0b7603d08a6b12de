"""Whether rates of calls have room in their columns, told before the database refuses them."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from catalog.models import CallRate
from invoicing.rating.terms import call_rate as terms
from values.problems import Problem, refuse

_TEXTS = ("direction", "number_type", "prefix", "band", "rate_jurisdiction", "tax_code")
_NUMBERS = ("rate_per_minute", "connect_fee", "minimum_charge", "maximum_charge")
_LONGEST = {
    field.name: field.max_length or 0 for field in CallRate._meta.fields if field.name in _TEXTS
}
_LARGEST = Decimal(10) ** 12


def call_rate_misfits(rates: Iterable[terms.CallRate]) -> Iterator[Problem]:
    """Yield what is too long or too large; paths are ``rates``, the place of the row, the key."""
    for at, rate in enumerate(rates):
        for name, longest in _LONGEST.items():
            if len(getattr(rate, name) or "") > longest:
                yield Problem(("rates", at, name), f"has more than {longest} characters")
        for name in _NUMBERS:
            if (getattr(rate, name) or 0) >= _LARGEST:
                yield Problem(("rates", at, name), f"must be under {_LARGEST:,}")


def refuse_call_rate_misfits(rates: Iterable[terms.CallRate]) -> None:
    """:raises InvalidTerms: with every `call_rate_misfits`."""
    refuse(list(call_rate_misfits(rates)))
