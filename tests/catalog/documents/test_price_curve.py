"""What a price costs by quantity, drawn."""

from decimal import Decimal

from catalog.documents.price_curve import Drawn, dip_warnings, price_curve
from invoicing.rating.terms.package import Package
from invoicing.rating.terms.tiers import Graduated, Tier, Volume

TIERS = (Tier(Decimal(1000), Decimal("0.10")), Tier(None, Decimal("0.08")))
DIP = "From 1,001 to 1,249 minutes the total is lower than at 1,000 (100.00 USD)."


def test_volume_prices_show_where_more_usage_costs_less() -> None:
    chart = price_curve(drawn=[Drawn("Now", Volume(TIERS))], unit="minute", currency="USD")

    assert chart.notes == (DIP,)
    assert chart.summary == f"100.00 USD at 1,250 minutes. {DIP}"
    assert ("1,001 minutes", ("80.08 USD",)) in [(row.name, row.cells) for row in chart.rows]


def test_an_old_and_a_new_version_are_drawn_as_far_as_the_longer_one() -> None:
    chart = price_curve(
        drawn=[
            Drawn("Now", Package(Decimal(300), Decimal(7))),
            Drawn("New", Graduated(TIERS)),
        ],
        unit="",
        currency="USD",
        title="Calls",
    )

    assert chart.title == "Calls"
    assert chart.names == ("Now", "New")
    assert chart.notes == ()
    assert chart.summary == "Now: 35.00 USD at 1,500; New: 140.00 USD at 1,500."


def test_dips_are_told_without_a_picture_for_volume_prices_alone() -> None:
    assert dip_warnings(Volume(TIERS), unit="minute", currency="USD") == (DIP,)
    assert dip_warnings(Graduated(TIERS), unit="minute", currency="USD") == ()


def test_nothing_to_draw_is_said() -> None:
    assert price_curve(drawn=[], unit="", currency="USD").summary == "Nothing to show."
