from datetime import date

from invoicing.tax.interface import TaxRequest, TaxStopped
from invoicing.tax.unregistered import NoTaxRegistered


def test_without_registration_there_is_no_tax_line_not_even_of_zero() -> None:
    answer = NoTaxRegistered().calculate(TaxRequest("USD", date(2024, 12, 1), ()))

    assert answer.lines == ()
    assert answer.snapshot == {"registration": "none"}


def test_what_stops_an_invoice_names_the_tax() -> None:
    stopped = TaxStopped(error="NO_EFFECTIVE_RULE", tax_type="USF")

    assert str(stopped) == "NO_EFFECTIVE_RULE USF"
