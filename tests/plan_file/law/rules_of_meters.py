"""Documents about meters: what is counted, rounded, converted and turned into credits."""

from tests.plan_file.law.pricing import Rule, begun, meter, price, usage, use

_NOON = "2026-01-16T12:00:00Z"
_CREDITS = {"property": None, "action_property": "action", "unit": "credit"}

RULES = (
    Rule(
        "a count counts events",
        usage(use("a", 1), use("b", 2), meters=meter(aggregation="count", property=None)),
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P' 2 @1 = 2 -> 2.00 of 2
        """,
    ),
    Rule(
        "a sum adds up, exactly",
        usage(
            use("a", 1, 1),
            use("b", 2, "2.5"),
            use("c", 3, "0.1"),
            meters=meter(unit="minute"),
            prices=price(unit_price="0.25"),
        ),
        """
        acme 2026-01-01..2026-02-01 0.90
        usage 'P' 3.6 minute @0.25 = 0.9 -> 0.90 of 3
        """,
    ),
    Rule(
        "a maximum is the highest value of the period",
        usage(
            use("a", 1, 3),
            use("b", 2, 5),
            use("c", 3, 4),
            use("d", "2026-02-03T00:00:00Z", 2),
            meters=meter(aggregation="max"),
        ),
        """
        acme 2026-01-01..2026-02-01 5.00
        usage 'P' 5 @1 = 5 -> 5.00 of 3
        acme 2026-02-01..2026-03-01 2.00
        usage 'P' 2 @1 = 2 -> 2.00 of 1
        """,
    ),
    Rule(
        "the latest value counts, equal times are ordered by key",
        usage(use("b", 1, 7), use("a", 1, 9), meters=meter(aggregation="latest")),
        """
        acme 2026-01-01..2026-02-01 7.00
        usage 'P' 7 @1 = 7 -> 7.00 of 2
        """,
    ),
    Rule(
        "unique values are compared as text, by combination of group keys",
        usage(
            use("a", 1, 2, g="x"),
            use("b", 2, "2", g="x"),
            use("c", 3, 2, g="y"),
            use("d", 4, None, g="y"),
            meters=meter(aggregation="unique_count", group_keys=["g"]),
        ),
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P - x' 1 @1 = 1 -> 1.00 of 2 {g: x}
        usage 'P - y' 1 @1 = 1 -> 1.00 of 1 {g: y}
        quarantined acme d usage p missing_property
        """,
    ),
    Rule(
        "a model that ignores group keys counts a value once",
        usage(
            use("a", 1, 2, g="x"),
            use("b", 2, 2, g="y"),
            meters=meter(aggregation="unique_count", group_keys=["g"]),
            prices=price(model="graduated", tiers=[{"up_to": None, "unit_price": 1}]),
        ),
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - tier 1' 1 @1 = 1 -> 1.00 of 2
        """,
    ),
    Rule(
        "a level is weighed by the seconds that it is held, and carries over",
        usage(
            use("a", _NOON, 2),
            use("b", "2026-02-15T00:00:00Z", -1),
            use("c", "2026-03-02T00:00:00Z", 0),
            meters=meter(aggregation="weighted_sum"),
        ),
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P' 1 @1 = 1 -> 1.00 of 1
        acme 2026-02-01..2026-03-01 1.50
        usage 'P' 1.5 @1 = 1.5 -> 1.50 of 1
        acme 2026-03-01..2026-04-01 1.00
        usage 'P' 1 @1 = 1 -> 1.00 of 1
        """,
    ),
    Rule(
        "a level is divided by the seconds of the full period",
        usage(
            use("a", 12, 31),
            meters=meter(aggregation="weighted_sum"),
            customers=[begun("2026-01-12", anchor_day=1)],
        ),
        """
        acme 2026-01-12..2026-02-01 20.00
        usage 'P' 20 @1 = 20 -> 20.00 of 1
        """,
    ),
    Rule(
        "a month of a clock change has an hour less to weigh by",
        usage(
            use("a", "2026-03-01T05:00:00Z", 743),
            use("b", "2026-03-01T06:00:00Z", -743),
            meters=meter(aggregation="weighted_sum"),
            customers=[begun("2026-03-01", timezone="America/New_York")],
        ),
        """
        acme 2026-03-01..2026-04-01 1.00
        usage 'P' 1 @1 = 1 -> 1.00 of 2
        """,
    ),
    Rule(
        "a filter compares as text, and an absent property passes none",
        usage(
            use("a", 1, 1, r="2"),
            use("b", 1, 2, r="us"),
            use("c", 1, 4, r=2),
            use("d", 1, 8, r=True),
            use("e", 1, 16),
            meters=meter(filters={"r": [2, "US", True]}),
        ),
        """
        acme 2026-01-01..2026-02-01 13.00
        usage 'P' 13 @1 = 13 -> 13.00 of 3
        unmetered acme b usage
        unmetered acme e usage
        """,
    ),
    Rule(
        "a filter may be a range of numbers, its bounds as they are written",
        usage(
            use("a", 1, 1, n=10),
            use("b", 1, 2, n="19.9"),
            use("c", 1, 4, n=20),
            use("d", 1, 8, n="x"),
            meters=meter(filters={"n": {"gte": "10", "lt": 20}}),
        ),
        """
        acme 2026-01-01..2026-02-01 3.00
        usage 'P' 3 @1 = 3 -> 3.00 of 2
        unmetered acme c usage
        unmetered acme d usage
        """,
    ),
    Rule(
        "each event is rounded up to its increment, 0 stays 0, a sign stays",
        usage(
            use("a", 1, 78),
            use("b", 2, 0),
            use("c", 3, -78),
            use("d", 4, 61),
            meters=meter(event_rounding={"mode": "up", "increment": "60"}),
        ),
        """
        acme 2026-01-01..2026-02-01 120.00
        usage 'P' 120 @1 = 120 -> 120.00 of 4
        """,
    ),
    Rule(
        "a rounded event is lifted to the minimum, unless it is 0",
        usage(
            use("a", 1, "1.3"),
            use("b", 2, 0),
            use("c", 3, "6.5"),
            meters=meter(event_rounding={"increment": "1", "minimum": "5"}),
        ),
        """
        acme 2026-01-01..2026-02-01 12.00
        usage 'P' 12 @1 = 12 -> 12.00 of 3
        """,
    ),
    Rule(
        "1.3 minutes with increment 1 are 2",
        usage(use("a", 1, "1.3"), meters=meter(event_rounding={"increment": 1})),
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P' 2 @1 = 2 -> 2.00 of 1
        """,
    ),
    Rule(
        "the aggregated quantity is rounded up",
        usage(
            use("a", 1, "1.25"),
            use("b", 2, "0.11"),
            meters=meter(quantity_rounding={"mode": "up", "places": 1}),
        ),
        """
        acme 2026-01-01..2026-02-01 1.40
        usage 'P' 1.4 @1 = 1.4 -> 1.40 of 2
        """,
    ),
    Rule(
        "the aggregated quantity is rounded down",
        usage(
            use("a", 1, "1.25"),
            use("b", 2, "0.14"),
            meters=meter(quantity_rounding={"mode": "down", "places": 1}),
        ),
        """
        acme 2026-01-01..2026-02-01 1.30
        usage 'P' 1.3 @1 = 1.3 -> 1.30 of 2
        """,
    ),
    Rule(
        "the aggregated quantity is rounded half up, to whole units if it says nothing",
        usage(
            use("a", 1, "1.25"),
            use("b", 2, "0.25"),
            meters=meter(quantity_rounding={"mode": "half_up"}),
        ),
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P' 2 @1 = 2 -> 2.00 of 2
        """,
    ),
    Rule(
        "a conversion keeps fractions",
        usage(
            use("a", 1, 1234),
            meters=meter(unit="token", unit_conversion={"divide_by": "1000", "label": "1K tokens"}),
        ),
        """
        acme 2026-01-01..2026-02-01 1.23
        usage 'P' 1.234 1K tokens @1 = 1.234 -> 1.23 of 1
        """,
    ),
    Rule(
        "a conversion may begin whole units",
        usage(
            use("a", 1, 1234),
            meters=meter(
                unit="token",
                unit_conversion={"divide_by": "1000", "label": "1K tokens", "round": "up"},
            ),
        ),
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P' 2 1K tokens @1 = 2 -> 2.00 of 1
        """,
    ),
    Rule(
        "a conversion without an end is exact until the line is printed",
        usage(
            use("a", 1, 100),
            meters=meter(unit="second", unit_conversion={"divide_by": 60, "label": "minute"}),
            prices=price(unit_price="0.05"),
        ),
        """
        acme 2026-01-01..2026-02-01 0.08
        usage 'P' 1.666666666666666667 minute @0.05 = 0.083333333333333333 -> 0.08 of 1
        """,
    ),
    Rule(
        "events are rounded, then aggregated, then rounded, then converted",
        usage(
            use("a", 1, "0.5"),
            use("b", 2, "12.1"),
            meters=meter(
                unit="s",
                event_rounding={"increment": "6"},
                quantity_rounding={"mode": "down"},
                unit_conversion={"divide_by": 60, "label": "minute"},
            ),
        ),
        """
        acme 2026-01-01..2026-02-01 0.40
        usage 'P' 0.4 minute @1 = 0.4 -> 0.40 of 2
        """,
    ),
    Rule(
        "what a combination adds up to is at least 0",
        usage(use("a", 1, -5, g="x"), use("b", 1, 3, g="y"), meters=meter(group_keys=["g"])),
        """
        acme 2026-01-01..2026-02-01 3.00
        usage 'P - y' 3 @1 = 3 -> 3.00 of 1 {g: y}
        """,
    ),
    Rule(
        "an action counts its units, one that is not listed is quarantined",
        usage(
            use("a", 1, None, action="email"),
            use("b", 1, None, action="voice"),
            use("c", 1, None, action="nope"),
            use("d", 1, None),
            meters=meter(**_CREDITS, credit_units={"email": 1, "voice": "15"}),
            prices=price(unit_price="0.01"),
        ),
        """
        acme 2026-01-01..2026-02-01 0.16
        usage 'P' 16 credit @0.01 = 0.16 -> 0.16 of 2
        quarantined acme c usage p unknown_action
        quarantined acme d usage p missing_property
        """,
    ),
    Rule(
        "units are times the property, which is rounded before",
        usage(
            use("a", 1, "1.2", action="email"),
            use("b", 1, 1, action="voice"),
            meters=meter(
                **{**_CREDITS, "property": "v"},
                event_rounding={"increment": 1},
                credit_units={"email": 2, "voice": 15},
            ),
        ),
        """
        acme 2026-01-01..2026-02-01 19.00
        usage 'P' 19 credit @1 = 19 -> 19.00 of 2
        """,
    ),
    Rule(
        "credit units have versions in time",
        usage(
            use("a", "2026-01-09T23:59:59Z", None, action="x"),
            use("b", 10, None, action="x"),
            use("c", 9, None, action="y"),
            use("d", 10, None, action="y"),
            meters=meter(
                **_CREDITS,
                credit_units=[
                    {"effective_from": "2026-01-01", "units": {"x": 1}},
                    {"effective_from": "2026-01-10", "units": {"x": 5, "y": 2}},
                ],
            ),
        ),
        """
        acme 2026-01-01..2026-02-01 8.00
        usage 'P' 8 credit @1 = 8 -> 8.00 of 3
        quarantined acme c usage p unknown_action
        """,
    ),
    Rule(
        "what is no number is quarantined, what is absent is missing",
        usage(
            use("a", 1, "x"),
            use("b", 1, None),
            use("c", 1, True),
            use("d", 1, "1,5"),
            use("e", 1, "1.50"),
        ),
        """
        acme 2026-01-01..2026-02-01 1.50
        usage 'P' 1.5 @1 = 1.5 -> 1.50 of 1
        quarantined acme a usage p bad_value
        quarantined acme b usage p missing_property
        quarantined acme c usage p bad_value
        quarantined acme d usage p bad_value
        """,
    ),
    Rule(
        "one event may feed two meters, and be bad for one of them",
        usage(
            use("a", 1, 5),
            use("b", 1, "x"),
            meters=[meter(), meter(code="N", aggregation="count", property=None)],
            prices=[price(), price(code="n", name="N", meter="N")],
        ),
        """
        acme 2026-01-01..2026-02-01 7.00
        usage 'P' 5 @1 = 5 -> 5.00 of 1
        usage 'N' 2 @1 = 2 -> 2.00 of 2
        quarantined acme b usage p bad_value
        """,
    ),
    Rule(
        "usage without a meter is unmetered, without a price unpriced",
        usage(
            use("a", 1),
            use("b", 1, name="other"),
            use("c", 1, name="n"),
            meters=[meter(), meter(code="N", event_name="n")],
        ),
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P' 1 @1 = 1 -> 1.00 of 1
        unpriced acme c n
        unmetered acme b other
        """,
    ),
    Rule(
        "null is the same as a key that is left out",
        usage(
            use("a", 1, "1.3"),
            meters=meter(
                display_name=None,
                group_keys=None,
                unit=None,
                filters=None,
                event_rounding=None,
                quantity_rounding=None,
                unit_conversion=None,
                credit_units=None,
                action_property=None,
            ),
            prices=price(
                product=None,
                tax_code=None,
                section=None,
                effective_from=None,
                effective_to=None,
                included=None,
                minimum_amount=None,
                maximum_amount=None,
                outcome=None,
            ),
        ),
        """
        acme 2026-01-01..2026-02-01 1.30
        usage 'P' 1.3 @1 = 1.3 -> 1.30 of 1
        """,
    ),
)
