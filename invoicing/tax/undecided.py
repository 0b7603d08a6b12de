"""A seller that has not said whether it is registered for tax."""

from typing import NoReturn

from invoicing.tax.interface import TaxRequest, TaxStopped


class TaxUndecided:
    """Stops every invoice: neither taxing nor not taxing may be a default."""

    def calculate(self, request: TaxRequest) -> NoReturn:
        """:raises TaxStopped: always, with NO_TAX_DECISION."""
        raise TaxStopped(error="NO_TAX_DECISION")
