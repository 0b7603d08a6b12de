"""Documents about the models of usage prices, their versions and their lines."""

from typing import Any

from tests.plan_file.law.pricing import Book, Rule, begun, meter, price, usage, use

_TIERS = [
    {"up_to": 100, "unit_price": "0.10", "flat_fee": "5"},
    {"up_to": 200, "unit_price": "0.05"},
    {"up_to": None, "unit_price": "0.01", "flat_fee": "7"},
]
_ENDS, _BEGINS = {"effective_to": "2026-01-10"}, {"effective_from": "2026-01-10"}


def _tiers(quantity: str, model: str = "graduated", **keys: Any) -> Book:
    events = [use("a", 1, quantity, g="x")] if quantity else []
    terms = price(model=model, tiers=_TIERS, **keys)
    return usage(*events, meters=meter(unit="u", group_keys=["g"]), prices=terms)


def _package(quantity: str, **keys: Any) -> Book:
    terms = price(model="package", package_size=100, package_price="2", free_units=50, **keys)
    return usage(use("a", 1, quantity), prices=terms)


def _percent(*values: str, **keys: Any) -> Book:
    events = [use(f"e{day}", day, value) for day, value in enumerate(values, 1)]
    return usage(*events, meters=meter(unit="usd"), prices=price(model="percentage", **keys))


def _cost(*events: Book, **keys: Any) -> Book:
    counts = meter(aggregation="count", property=None, unit="item")
    return usage(
        *events, meters=counts, prices=price(model="passthrough", amount_property="cost", **keys)
    )


def _in(currency: str, unit_price: str, rounding: str) -> Book:
    sections = {"currency": currency, "invoice_rounding": rounding}
    return {**usage(use("a", 1), prices=price(unit_price=unit_price)), **sections}


RULES = (
    Rule(
        "a tier covers its bound",
        _tiers("100"),
        """
        acme 2026-01-01..2026-02-01 15.00
        usage 'P - tier 1' 100 u @0.1 = 10 -> 10.00 of 1
        usage 'P - tier 1 flat fee' 1 @5 = 5 -> 5.00
        """,
    ),
    Rule(
        "a tier may be entered by a fraction",
        _tiers("100.5"),
        """
        acme 2026-01-01..2026-02-01 15.03
        usage 'P - tier 1' 100 u @0.1 = 10 -> 10.00 of 1
        usage 'P - tier 1 flat fee' 1 @5 = 5 -> 5.00
        usage 'P - tier 2' 0.5 u @0.05 = 0.025 -> 0.03 of 1
        """,
    ),
    Rule(
        "a flat fee is due once its tier is entered, by however little",
        _tiers("200.000001"),
        """
        acme 2026-01-01..2026-02-01 27.00
        usage 'P - tier 1' 100 u @0.1 = 10 -> 10.00 of 1
        usage 'P - tier 1 flat fee' 1 @5 = 5 -> 5.00
        usage 'P - tier 2' 100 u @0.05 = 5 -> 5.00 of 1
        usage 'P - tier 3' 0.000001 u @0.01 = 0.00000001 -> 0.00 of 1
        usage 'P - tier 3 flat fee' 1 @7 = 7 -> 7.00
        """,
    ),
    Rule(
        "no usage enters no tier",
        _tiers(""),
        "",
    ),
    Rule(
        "a flat fee may be due at zero",
        _tiers("", flat_fee_at_zero=True),
        """
        acme 2026-01-01..2026-02-01 5.00
        usage 'P - tier 1 flat fee' 1 @5 = 5 -> 5.00
        """,
    ),
    Rule(
        "all units cost the price of the tier that the volume falls in",
        _tiers("100", "volume"),
        """
        acme 2026-01-01..2026-02-01 15.00
        usage 'P - tier 1' 100 u @0.1 = 10 -> 10.00 of 1
        usage 'P - tier 1 flat fee' 1 @5 = 5 -> 5.00
        """,
    ),
    Rule(
        "the next tier begins above the bound of a volume",
        _tiers("100.5", "volume"),
        """
        acme 2026-01-01..2026-02-01 5.03
        usage 'P - tier 2' 100.5 u @0.05 = 5.025 -> 5.03 of 1
        """,
    ),
    Rule(
        "a volume pays the flat fee of its tier alone",
        _tiers("250", "volume"),
        """
        acme 2026-01-01..2026-02-01 9.50
        usage 'P - tier 3' 250 u @0.01 = 2.5 -> 2.50 of 1
        usage 'P - tier 3 flat fee' 1 @7 = 7 -> 7.00
        """,
    ),
    Rule(
        "a volume of nothing may owe the first fee",
        _tiers("", "volume", flat_fee_at_zero=True),
        """
        acme 2026-01-01..2026-02-01 5.00
        usage 'P - tier 1 flat fee' 1 @5 = 5 -> 5.00
        """,
    ),
    Rule(
        "begun packages count, beyond the free units",
        _package("150.1"),
        """
        acme 2026-01-01..2026-02-01 4.00
        usage 'P' 2 package @2 = 4 -> 4.00 of 1
        """,
    ),
    Rule(
        "a package that is just full is one",
        _package("150"),
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P' 1 package @2 = 2 -> 2.00 of 1
        """,
    ),
    Rule(
        "only full packages count where they are rounded down",
        _package("249.9", round="down"),
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P' 1 package @2 = 2 -> 2.00 of 1
        """,
    ),
    Rule(
        "free units are free",
        _package("50"),
        "",
    ),
    Rule(
        "a percentage and a fee of each event",
        _percent("100", "20.005", percent="2.9", fixed_fee="0.30"),
        """
        acme 2026-01-01..2026-02-01 4.08
        usage 'P' 120.005 usd @- = 4.080145 -> 4.08 of 2
        """,
    ),
    Rule(
        "each event is clamped by itself",
        _percent(
            "100",
            "1",
            "5",
            percent="2.9",
            fixed_fee="0.30",
            minimum_per_event="0.35",
            maximum_per_event=1,
        ),
        """
        acme 2026-01-01..2026-02-01 1.80
        usage 'P' 106 usd @- = 1.795 -> 1.80 of 3
        """,
    ),
    Rule(
        "free events cost nothing",
        _percent("100", "100", "100", percent=10, fixed_fee=1, free_events=2),
        """
        acme 2026-01-01..2026-02-01 11.00
        usage 'P' 300 usd @- = 11 -> 11.00 of 3
        """,
    ),
    Rule(
        "an event that is partly free pays the fee",
        _percent("100", "100", "100", percent=10, fixed_fee=1, free_amount=150),
        """
        acme 2026-01-01..2026-02-01 17.00
        usage 'P' 300 usd @- = 17 -> 17.00 of 3
        """,
    ),
    Rule(
        "what is free ends with the free events",
        _percent("10", "100", "100", percent=10, fixed_fee=1, free_events=1, free_amount=150),
        """
        acme 2026-01-01..2026-02-01 22.00
        usage 'P' 210 usd @- = 22 -> 22.00 of 3
        """,
    ),
    Rule(
        "what is free ends with the free amount",
        _percent("100", "100", "100", percent=10, fixed_fee=1, free_events=5, free_amount=150),
        """
        acme 2026-01-01..2026-02-01 17.00
        usage 'P' 300 usd @- = 17 -> 17.00 of 3
        """,
    ),
    Rule(
        "a percentage may be graduated",
        usage(
            use("a", 1, 60),
            use("b", 2, 60),
            prices=price(
                model="graduated_percentage",
                tiers=[{"up_to": 100, "percent": 10, "flat_fee": 3}, {"percent": "2.5"}],
            ),
        ),
        """
        acme 2026-01-01..2026-02-01 13.50
        usage 'P - tier 1' 100 @- = 10 -> 10.00 of 2
        usage 'P - tier 1 flat fee' 1 @3 = 3 -> 3.00
        usage 'P - tier 2' 20 @- = 0.5 -> 0.50 of 1
        """,
    ),
    Rule(
        "a cost is passed through, as text or as a number, with markup",
        _cost(
            use("a", 1, None, cost="1.005"),
            use("b", 1, None, cost=2),
            markup_percent=20,
            markup_fixed="0.01",
        ),
        """
        acme 2026-01-01..2026-02-01 3.63
        usage 'P' 2 item @- = 3.626 -> 3.63 of 2
        """,
    ),
    Rule(
        "a cost that is missing or no number is quarantined",
        _cost(
            use("a", 1, None, cost="1.005"),
            use("b", 1, None),
            use("c", 1, None, cost="x"),
            use("d", 1, None, cost=None),
        ),
        """
        acme 2026-01-01..2026-02-01 1.01
        usage 'P' 1 item @- = 1.005 -> 1.01 of 1
        quarantined acme b usage p missing_property
        quarantined acme c usage p bad_value
        quarantined acme d usage p missing_property
        """,
    ),
    Rule(
        "a combination that occurs has a line, also at a price of 0",
        usage(
            use("a", 1, "0.5", g="x"),
            use("b", 1, 2),
            meters=meter(group_keys=["g"]),
            prices=price(unit_price=0),
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        usage 'P - no g' 2 @0 = 0 -> 0.00 of 1
        usage 'P - x' 0.5 @0 = 0 -> 0.00 of 1 {g: x}
        """,
    ),
    Rule(
        "each event is priced by the version at its time",
        usage(
            use("a", "2026-01-09T23:59:59.999Z"),
            use("b", 10),
            prices=[price(**_ENDS), price(**_BEGINS, unit_price=2, name="New")],
        ),
        """
        acme 2026-01-01..2026-02-01 3.00
        usage 'P' 1 @1 = 1 -> 1.00 of 1 in 2026-01-01..2026-01-10
        usage 'New' 1 @2 = 2 -> 2.00 of 1 v2026-01-10 in 2026-01-10..2026-02-01
        """,
    ),
    Rule(
        "tiers go on counting in another version",
        usage(
            use("a", 5, 8),
            use("b", 12, 5),
            prices=[
                price(
                    model="graduated",
                    tiers=[{"up_to": 10, "unit_price": 1}, {"unit_price": 2}],
                    **_ENDS,
                ),
                price(
                    model="graduated",
                    tiers=[{"up_to": 10, "unit_price": 3}, {"unit_price": 4}],
                    **_BEGINS,
                ),
            ],
        ),
        """
        acme 2026-01-01..2026-02-01 26.00
        usage 'P - tier 1' 8 @1 = 8 -> 8.00 of 1 in 2026-01-01..2026-01-10
        usage 'P - tier 1' 2 @3 = 6 -> 6.00 of 1 v2026-01-10 in 2026-01-10..2026-02-01
        usage 'P - tier 2' 3 @4 = 12 -> 12.00 of 1 v2026-01-10 in 2026-01-10..2026-02-01
        """,
    ),
    Rule(
        "a maximum that rises costs what it rises by",
        usage(
            use("a", 5, 5),
            use("b", 20, 8),
            meters=meter(aggregation="max"),
            prices=[price(**_ENDS), price(**_BEGINS, unit_price=2)],
        ),
        """
        acme 2026-01-01..2026-02-01 11.00
        usage 'P' 5 @1 = 5 -> 5.00 of 1 in 2026-01-01..2026-01-10
        usage 'P' 3 @2 = 6 -> 6.00 of 1 v2026-01-10 in 2026-01-10..2026-02-01
        """,
    ),
    Rule(
        "where no version is in force usage is unpriced",
        usage(use("a", 9), use("b", 10), prices=price(**_BEGINS)),
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P' 1 @1 = 1 -> 1.00 of 1 v2026-01-10 in 2026-01-10..2026-02-01
        unpriced acme a usage
        """,
    ),
    Rule(
        "a version begins at midnight of the document, a period at that of the customer",
        usage(
            use("a", "2026-01-09T23:59:59Z"),
            use("b", 10),
            use("c", "2026-02-01T04:59:59Z"),
            use("d", "2026-02-01T05:00:00Z"),
            prices=[price(**_ENDS), price(**_BEGINS, unit_price=2)],
            customers=[begun("2026-01-01", timezone="America/New_York")],
        ),
        """
        acme 2026-01-01..2026-02-01 5.00
        usage 'P' 1 @1 = 1 -> 1.00 of 1 in 2026-01-01..2026-01-10T00:00:00Z
        usage 'P' 2 @2 = 4 -> 4.00 of 2 v2026-01-10 in 2026-01-10T00:00:00Z..2026-02-01
        acme 2026-02-01..2026-03-01 2.00
        usage 'P' 1 @2 = 2 -> 2.00 of 1 v2026-01-10
        """,
    ),
    Rule(
        "the document's zone is that of customers without one",
        {
            **usage(
                use("a", "2026-01-31T18:14:59Z"),
                use("b", "2026-01-31T18:15:00Z"),
                use("c", "2026-02-01"),
            ),
            "timezone": "Asia/Kathmandu",
        },
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P' 1 @1 = 1 -> 1.00 of 1
        acme 2026-02-01..2026-03-01 2.00
        usage 'P' 2 @1 = 2 -> 2.00 of 2
        """,
    ),
    Rule(
        "a line is rounded once, half up",
        _in("USD", "0.125", "half_up"),
        """
        acme 2026-01-01..2026-02-01 0.13
        usage 'P' 1 @0.125 = 0.125 -> 0.13 of 1
        """,
    ),
    Rule(
        "a line is rounded once, half even",
        _in("USD", "0.125", "half_even"),
        """
        acme 2026-01-01..2026-02-01 0.12
        usage 'P' 1 @0.125 = 0.125 -> 0.12 of 1
        """,
    ),
    Rule(
        "a yen has no smaller unit",
        _in("JPY", "2.5", "half_up"),
        """
        acme 2026-01-01..2026-02-01 3
        usage 'P' 1 @2.5 = 2.5 -> 3 of 1
        """,
    ),
    Rule(
        "a dinar has a thousand",
        _in("KWD", "0.0005", "half_even"),
        """
        acme 2026-01-01..2026-02-01 0.000
        usage 'P' 1 @0.0005 = 0.0005 -> 0.000 of 1
        """,
    ),
    Rule(
        "an exact amount has 18 places at most",
        usage(
            use("a", 1),
            meters=meter(unit_conversion={"divide_by": 7, "label": "week"}),
            prices=price(unit_price="0.1"),
        ),
        """
        acme 2026-01-01..2026-02-01 0.01
        usage 'P' 0.142857142857142857 week @0.1 = 0.014285714285714286 -> 0.01 of 1
        """,
    ),
    Rule(
        "no number prints an exponent",
        usage(use("a", 1, "0.0000001"), prices=price(unit_price="0.0000001")),
        """
        acme 2026-01-01..2026-02-01 0.00
        usage 'P' 0.0000001 @0.0000001 = 0.00000000000001 -> 0.00 of 1
        """,
    ),
)
