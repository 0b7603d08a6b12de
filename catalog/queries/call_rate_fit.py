"""Whether rates of calls have room in their columns, told before the database refuses them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from catalog.models import CallRate
from invoicing.rating.price_format.rates_file import MOST_ROWS, too_many_rows
from invoicing.rating.terms import call_rate as terms
from values.problems import Problem, refuse

_TEXTS = ("direction", "number_type", "prefix", "band", "rate_jurisdiction", "tax_code")
_NUMBERS = ("rate_per_minute", "connect_fee", "minimum_charge", "maximum_charge")
_LONGEST = {
    field.name: field.max_length or 0 for field in CallRate._meta.fields if field.name in _TEXTS
}
_LARGEST = Decimal(10) ** 12


def call_rate_misfits(rates: Sequence[terms.CallRate]) -> Iterator[Problem]:
    """
    Yield what is too long or too large; paths are ``rates``, the place of the row, the key.

    Of too many rows, nothing else is said.
    """
    if len(rates) > MOST_ROWS:
        yield Problem(("rates",), too_many_rows(len(rates)))
        return
    for at, rate in enumerate(rates):
        for name, longest in _LONGEST.items():
            if len(getattr(rate, name) or "") > longest:
                yield Problem(("rates", at, name), f"has more than {longest} characters")
        for name in _NUMBERS:
            if (getattr(rate, name) or 0) >= _LARGEST:
                yield Problem(("rates", at, name), f"must be under {_LARGEST:,}")


def refuse_call_rate_misfits(rates: Sequence[terms.CallRate]) -> None:
    """:raises InvalidTerms: with every `call_rate_misfits`."""
    refuse(list(call_rate_misfits(rates)))
