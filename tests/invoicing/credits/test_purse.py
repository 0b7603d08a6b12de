from invoicing.credits.purse import Purse


def test_a_purse_without_a_unit_holds_money() -> None:
    assert Purse("USD").is_money
    assert not Purse("USD", "minute").is_money


def test_purses_stand_by_currency_and_money_before_units() -> None:
    units, money, euros = Purse("USD", "minute"), Purse("USD"), Purse("EUR", "token")

    assert sorted([units, money, euros]) == [euros, money, units]
