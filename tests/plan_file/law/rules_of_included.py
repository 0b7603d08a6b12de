"""Documents about allowances: what is free, in which order, and what is carried."""

from typing import Any

from tests.plan_file.law.pricing import Book, Rule, begun, meter, price, usage, use
from tests.plan_file.simulated import customer


def _free(
    *events: Book, model: Any = None, counts: Any = None, start: Any = None, **keys: Any
) -> Book:
    """Return a document of one price that includes something."""
    customers = [start or begun("2026-01-01")]
    terms = price(included=keys, **(model or {}))
    return usage(
        *events, meters=meter(unit="u", **(counts or {})), prices=terms, customers=customers
    )


def _pool(*events: Book, **keys: Any) -> Book:
    """Return a document of two prices of one pool of 10."""
    included = {"included": {"quantity": 10, "pool": "X", **keys}}
    second = price(code="q", name="Q", meter="N", unit_price=2, **included)
    meters = [meter(), meter(code="N", event_name="n")]
    return usage(*events, meters=meters, prices=[price(**included), second])


_FEB, _MARCH = "2026-02-05T00:00:00Z", "2026-03-05T00:00:00Z"
_SHORT = begun("2026-01-12", anchor_day=1)
_TIERS = {"tiers": [{"up_to": 10, "unit_price": 2}, {"unit_price": 1}]}
_SEATS = {"seats": [{"from": "2026-01-01", "quantity": 2}, {"from": "2026-01-31", "quantity": 5}]}

RULES = (
    Rule(
        "units are free until they are used up, whatever the price's own section",
        _free(use("a", 1, 3), use("b", 2, 4), quantity=5, model={"section": "overage"}),
        """
        acme 2026-01-01..2026-02-01 2.00
        included 'P - included' 5 u @0 = 0 -> 0.00 of 2 left 0
        overage 'P' 2 u @1 = 2 -> 2.00 of 1
        """,
    ),
    Rule(
        "what is left is printed",
        _free(use("a", 1, 3), quantity="50.5"),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'P - included' 3 u @0 = 0 -> 0.00 of 1 left 47.5
        """,
    ),
    Rule(
        "an allowance that nobody used has no line",
        _free(quantity=50),
        "",
    ),
    Rule(
        "graduated tiers count from the first unit after the allowance",
        _free(use("a", 1, 3), use("b", 2, 13), quantity=5, model={"model": "graduated", **_TIERS}),
        """
        acme 2026-01-01..2026-02-01 21.00
        included 'P - included' 5 u @0 = 0 -> 0.00 of 2 left 0
        usage 'P - tier 1' 10 u @2 = 20 -> 20.00 of 1
        usage 'P - tier 2' 1 u @1 = 1 -> 1.00 of 1
        """,
    ),
    Rule(
        "a volume counts from the first unit after the allowance",
        _free(use("a", 1, 15), quantity=5, model={"model": "volume", **_TIERS}),
        """
        acme 2026-01-01..2026-02-01 20.00
        included 'P - included' 5 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P - tier 1' 10 u @2 = 20 -> 20.00 of 1
        """,
    ),
    Rule(
        "packages count from the first unit after the allowance",
        _free(
            use("a", 1, 18),
            quantity=2,
            model={"model": "package", "package_size": 10, "package_price": 1, "free_units": 5},
        ),
        """
        acme 2026-01-01..2026-02-01 2.00
        included 'P - included' 2 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 2 package @1 = 2 -> 2.00 of 1
        """,
    ),
    Rule(
        "a percentage is of what the allowance leaves of an event",
        _free(
            use("a", 1, 10),
            use("b", 2, 10),
            use("c", 3, 10),
            quantity=15,
            model={"model": "percentage", "percent": 10, "fixed_fee": 1},
        ),
        """
        acme 2026-01-01..2026-02-01 3.50
        included 'P - included' 15 u @0 = 0 -> 0.00 of 2 left 0
        usage 'P' 15 u @- = 3.5 -> 3.50 of 2
        """,
    ),
    Rule(
        "allowances count converted units",
        _free(
            use("a", 1, 1500),
            use("b", 2, 1000),
            quantity=2,
            counts={"unit_conversion": {"divide_by": 1000, "label": "1K", "round": "up"}},
        ),
        """
        acme 2026-01-01..2026-02-01 1.00
        included 'P - included' 2 1K @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 1 1K @1 = 1 -> 1.00 of 1
        """,
    ),
    Rule(
        "a shorter period has its days of an allowance, down to whole units",
        _free(use("a", 25, 90), quantity=100, start=_SHORT),
        """
        acme 2026-01-12..2026-02-01 26.00
        included 'P - included' 64 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 26 u @1 = 26 -> 26.00 of 1
        """,
    ),
    Rule(
        "the last period has its days of an allowance",
        _free(use("a", _FEB, 90), quantity=100, start=begun("2026-01-01", end="2026-02-08")),
        """
        acme 2026-02-01..2026-02-08 65.00
        included 'P - included' 25 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 65 u @1 = 65 -> 65.00 of 1
        """,
    ),
    Rule(
        "an allowance may be per seat, of the last day",
        _free(
            use("a", 5, 100), quantity=10, per="seats", start=begun("2026-01-01", quantities=_SEATS)
        ),
        """
        acme 2026-01-01..2026-02-01 50.00
        included 'P - included' 50 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 50 u @1 = 50 -> 50.00 of 1
        """,
    ),
    Rule(
        "a pool is used in the order of events, not of prices",
        _pool(use("a", 6, 6), use("b", 5, 7, "n"), use("c", 7, 2, "n")),
        """
        acme 2026-01-01..2026-02-01 7.00
        included 'P - included' 3 @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 3 @1 = 3 -> 3.00 of 1
        included 'Q - included' 7 @0 = 0 -> 0.00 of 1 left 0
        usage 'Q' 2 @2 = 4 -> 4.00 of 1
        """,
    ),
    Rule(
        "events of one time use a pool in the order of their keys",
        _pool(use("b", 5, 6), use("a", 5, 7, "n")),
        """
        acme 2026-01-01..2026-02-01 3.00
        included 'P - included' 3 @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 3 @1 = 3 -> 3.00 of 1
        included 'Q - included' 7 @0 = 0 -> 0.00 of 1 left 0
        """,
    ),
    Rule(
        "a pool may be of a group, and contracts add up",
        usage(
            use("a", 5, 12),
            use("b", 4, 5, of="kid"),
            prices=price(included={"quantity": 10, "pool": "G", "scope": "group"}),
            customers=[customer("acme"), customer("kid", parent="acme")],
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'P - included' 12 @0 = 0 -> 0.00 of 1 left 3
        kid 2026-01-01..2026-02-01 0.00
        included 'P - included' 5 @0 = 0 -> 0.00 of 1 left 3
        """,
    ),
    Rule(
        "what is left lasts one period more, and is used first",
        _free(
            use("a", 5, 4),
            use("b", _FEB, 12),
            use("c", _MARCH, 20),
            quantity=10,
            rollover={"periods": 1},
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'P - included' 4 u @0 = 0 -> 0.00 of 1 left 6
        acme 2026-02-01..2026-03-01 0.00
        included 'P - included' 12 u @0 = 0 -> 0.00 of 1 left 4
        acme 2026-03-01..2026-04-01 6.00
        included 'P - included' 14 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 6 u @1 = 6 -> 6.00 of 1
        """,
    ),
    Rule(
        "what is left may last two periods more",
        _free(
            use("a", 5, 4),
            use("b", _FEB, 5),
            use("c", _MARCH, 30),
            quantity=10,
            rollover={"periods": 2},
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'P - included' 4 u @0 = 0 -> 0.00 of 1 left 6
        acme 2026-02-01..2026-03-01 0.00
        included 'P - included' 5 u @0 = 0 -> 0.00 of 1 left 11
        acme 2026-03-01..2026-04-01 9.00
        included 'P - included' 21 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 9 u @1 = 9 -> 9.00 of 1
        """,
    ),
    Rule(
        "a maximum caps all that is carried",
        _free(
            use("a", 5, 4),
            use("b", _FEB, 5),
            use("c", _MARCH, 30),
            quantity=10,
            rollover={"periods": 2, "maximum": 8},
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'P - included' 4 u @0 = 0 -> 0.00 of 1 left 6
        acme 2026-02-01..2026-03-01 0.00
        included 'P - included' 5 u @0 = 0 -> 0.00 of 1 left 11
        acme 2026-03-01..2026-04-01 12.00
        included 'P - included' 18 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 12 u @1 = 12 -> 12.00 of 1
        """,
    ),
    Rule(
        "a year counts from the contract's anchor",
        _free(
            use("a", 5, 4),
            use("b", _FEB, 5),
            use("c", _MARCH, 30),
            use("d", "2027-01-02T00:00:00Z", 11),
            quantity=10,
            period="year",
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'P - included' 4 u @0 = 0 -> 0.00 of 1 left 6
        acme 2026-02-01..2026-03-01 0.00
        included 'P - included' 5 u @0 = 0 -> 0.00 of 1 left 1
        acme 2026-03-01..2026-04-01 29.00
        included 'P - included' 1 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 29 u @1 = 29 -> 29.00 of 1
        acme 2027-01-01..2027-02-01 1.00
        included 'P - included' 10 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 1 u @1 = 1 -> 1.00 of 1
        """,
    ),
    Rule(
        "a year that begins before the contract has its days of the allowance",
        _free(
            use("a", 15, 4),
            use("b", "2026-06-02T00:00:00Z", 11),
            use("c", "2026-07-02T00:00:00Z", 11),
            quantity=12,
            period="year",
            start=begun("2026-01-01", anchor_date="2026-07-01"),
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'P - included' 4 u @0 = 0 -> 0.00 of 1 left 1
        acme 2026-06-01..2026-07-01 10.00
        included 'P - included' 1 u @0 = 0 -> 0.00 of 1 left 0
        usage 'P' 10 u @1 = 10 -> 10.00 of 1
        acme 2026-07-01..2026-08-01 0.00
        included 'P - included' 11 u @0 = 0 -> 0.00 of 1 left 1
        """,
    ),
    Rule(
        "a correction gives back what it used",
        _free(use("a", 1, 15), use("b", 2, -10), quantity=10),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'P - included' 5 u @0 = 0 -> 0.00 of 2 left 5
        """,
    ),
    Rule(
        "an allowance goes on counting in another version",
        usage(
            use("a", 5, 80),
            use("b", 20, 120),
            prices=[
                price(effective_to="2026-01-16", included={"quantity": 100}),
                price(effective_from="2026-01-16", unit_price=2, included={"quantity": 100}),
            ],
        ),
        """
        acme 2026-01-01..2026-02-01 200.00
        included 'P - included' 100 @0 = 0 -> 0.00 of 2 left 0
        usage 'P' 100 @2 = 200 -> 200.00 of 1 v2026-01-16 in 2026-01-16..2026-02-01
        """,
    ),
)
