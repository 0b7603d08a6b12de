"""Documents about rate cards: what matches, what wins, and what is not matched at all."""

from typing import Any

from tests.plan_file.law.pricing import Book, Rule, card, entry, meter, price, usage, use


def _rated(entries: list[Book], *events: Book, **keys: Any) -> Book:
    """Return a document whose price has the card, by default with a fallback rate of 9."""
    own = meter(group_keys=["r"], **keys.pop("counts", {}))
    terms = price(rate_card="c", fallback_rate="9", **keys.pop("charges", {}))
    return usage(*events, meters=own, prices=terms, rate_cards=card(*entries, **keys))


_US = entry(1, r="US")
_QUARANTINE = {"on_unmatched": "quarantine"}

RULES = (
    Rule(
        "a value matches exactly, * any value, null an absent one",
        _rated(
            [
                entry("0.20", r="US", o="res"),
                entry("0.35", r="US", o="*"),
                entry("0.50", r="US", o=None),
            ],
            use("a", 1, 1, r="US", o="res"),
            use("b", 1, 2, r="US", o="never seen"),
            use("c", 1, 4, r="US"),
            use("d", 1, 8, r="US", o=""),
        ),
        """
        acme 2026-01-01..2026-02-01 5.70
        usage 'P - US' 1 @0.2 = 0.2 -> 0.20 of 1 {r: US} v2026-01-01
        usage 'P - US' 10 @0.35 = 3.5 -> 3.50 of 2 {r: US} v2026-01-01
        usage 'P - US' 4 @0.5 = 2 -> 2.00 of 1 {r: US} v2026-01-01
        """,
    ),
    Rule(
        "a range holds numbers between its bounds",
        _rated(
            [entry(1, n={"gte": "128000"}), entry(2, n={"lt": "128000"})],
            use("a", 1, 1, r="x", n=128000),
            use("b", 1, 2, r="x", n="127999.99"),
            use("c", 1, 4, r="x", n="many"),
            use("d", 1, 8, r="x"),
        ),
        """
        acme 2026-01-01..2026-02-01 113.00
        usage 'P - x' 1 @1 = 1 -> 1.00 of 1 {r: x} v2026-01-01
        usage 'P - x' 2 @2 = 4 -> 4.00 of 1 {r: x} v2026-01-01
        usage 'P - x' 12 @9 = 108 -> 108.00 of 2 {r: x} v2026-01-01
        unmatched acme p {r: x, n: many} 4 1 null
        unmatched acme p {r: x} 8 1 null
        """,
    ),
    Rule(
        "a list is a list of alternatives, a key left out matches anything",
        _rated(
            [entry(1, r=["visa", "amex"]), entry(3)],
            use("a", 1, r="visa"),
            use("b", 1, r="amex"),
            use("c", 1, r="mc"),
            use("d", 1),
        ),
        """
        acme 2026-01-01..2026-02-01 8.00
        usage 'P - amex' 1 @1 = 1 -> 1.00 of 1 {r: amex} v2026-01-01
        usage 'P - visa' 1 @1 = 1 -> 1.00 of 1 {r: visa} v2026-01-01
        usage 'P - no r' 1 @3 = 3 -> 3.00 of 1 v2026-01-01
        usage 'P - mc' 1 @3 = 3 -> 3.00 of 1 {r: mc} v2026-01-01
        """,
    ),
    Rule(
        "values compare as text: 2 is 2, and 2.0 is another",
        _rated(
            [entry(1, m=2), entry(2, m="2.0"), entry(3, m=True)],
            use("a", 1, 1, r="x", m=2),
            use("b", 1, 2, r="x", m="2.0"),
            use("c", 1, 4, r="x", m=True),
            use("d", 1, 8, r="x", m="true"),
        ),
        """
        acme 2026-01-01..2026-02-01 41.00
        usage 'P - x' 1 @1 = 1 -> 1.00 of 1 {r: x} v2026-01-01
        usage 'P - x' 2 @2 = 4 -> 4.00 of 1 {r: x} v2026-01-01
        usage 'P - x' 12 @3 = 36 -> 36.00 of 2 {r: x} v2026-01-01
        """,
    ),
    Rule(
        "a priority goes before the number of concrete values",
        _rated(
            [entry(1, 5, r="US"), entry(3, r="US", o="x"), entry(4, -1, r="US", o="x", z="y")],
            use("a", 1, r="US", o="x", z="y"),
        ),
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - US' 1 @1 = 1 -> 1.00 of 1 {r: US} v2026-01-01
        """,
    ),
    Rule(
        "more concrete values win, * counts none",
        _rated(
            [entry(1, r="US"), entry(2, r="US", n={"gte": 0}), entry(3, r="*", o="*", z="*")],
            use("a", 1, 1, r="US", n=1, o="x", z="y"),
            use("b", 1, 2, r="US"),
            use("c", 1, 4, r="CA", o="x", z="y"),
        ),
        """
        acme 2026-01-01..2026-02-01 16.00
        usage 'P - US' 2 @1 = 2 -> 2.00 of 1 {r: US} v2026-01-01
        usage 'P - US' 1 @2 = 2 -> 2.00 of 1 {r: US} v2026-01-01
        usage 'P - CA' 4 @3 = 12 -> 12.00 of 1 {r: CA} v2026-01-01
        """,
    ),
    Rule(
        "only group keys make lines, a property of another rate a line more",
        _rated(
            [entry(1, m="a"), entry(2, m="b"), entry(1, m="c")],
            use("a", 1, m="a", r="x"),
            use("b", 1, m="b", r="x"),
            use("c", 1, m="c", r="x"),
        ),
        """
        acme 2026-01-01..2026-02-01 4.00
        usage 'P - x' 2 @1 = 2 -> 2.00 of 2 {r: x} v2026-01-01
        usage 'P - x' 1 @2 = 2 -> 2.00 of 1 {r: x} v2026-01-01
        """,
    ),
    Rule(
        "the version is the one in force at the event, a gap is the fallback",
        _rated(
            [],
            use("a", "2026-01-04T23:59:59Z", 1, r="US"),
            use("b", 5, 2, r="US"),
            use("c", 10, 4, r="US"),
            use("d", 20, 8, r="US"),
            versions=[
                {"effective_from": "2026-01-01", "effective_to": "2026-01-05", "entries": [_US]},
                {"effective_from": "2026-01-05", "effective_to": "2026-01-10", "entries": [_US]},
                {"effective_from": "2026-01-20", "entries": [entry(2, r="US")]},
            ],
        ),
        """
        acme 2026-01-01..2026-02-01 55.00
        usage 'P - US' 1 @1 = 1 -> 1.00 of 1 {r: US} v2026-01-01 in 2026-01-01..2026-01-05
        usage 'P - US' 2 @1 = 2 -> 2.00 of 1 {r: US} v2026-01-05 in 2026-01-05..2026-01-10
        usage 'P - US' 4 @9 = 36 -> 36.00 of 1 {r: US} in 2026-01-10..2026-01-20
        usage 'P - US' 8 @2 = 16 -> 16.00 of 1 {r: US} v2026-01-20 in 2026-01-20..2026-02-01
        unmatched acme p {r: US} 4 1 null
        """,
    ),
    Rule(
        "no entry: the fallback rate, with a hint where only case or space differs",
        _rated(
            [entry(1, r="US", o="Res"), entry(2, r=["CA", "MX"])],
            use("a", 1, r="us ", o="res"),
            use("b", 1, r="us", o="Res"),
            use("c", 1, r="US", o="y"),
            use("d", 1, r="ca"),
            use("e", 1, r="DE", o="Res"),
        ),
        """
        acme 2026-01-01..2026-02-01 45.00
        usage 'P - DE' 1 @9 = 9 -> 9.00 of 1 {r: DE} v2026-01-01
        usage 'P - US' 1 @9 = 9 -> 9.00 of 1 {r: US} v2026-01-01
        usage 'P - ca' 1 @9 = 9 -> 9.00 of 1 {r: ca} v2026-01-01
        usage 'P - us' 1 @9 = 9 -> 9.00 of 1 {r: us} v2026-01-01
        usage 'P - us ' 1 @9 = 9 -> 9.00 of 1 {r: us } v2026-01-01
        unmatched acme p {r: DE, o: Res} 1 1 null
        unmatched acme p {r: us, o: Res} 1 1 {r: US}
        unmatched acme p {r: us , o: res} 1 1 {o: Res, r: US}
        unmatched acme p {r: US, o: y} 1 1 null
        unmatched acme p {r: ca} 1 1 {r: CA}
        """,
    ),
    Rule(
        "unmatched usage is one row, over months and versions",
        _rated([_US], use("a", 5, 1, r="zz"), use("b", "2026-02-03T00:00:00Z", 2, r="zz")),
        """
        acme 2026-01-01..2026-02-01 9.00
        usage 'P - zz' 1 @9 = 9 -> 9.00 of 1 {r: zz} v2026-01-01
        acme 2026-02-01..2026-03-01 18.00
        usage 'P - zz' 2 @9 = 18 -> 18.00 of 1 {r: zz} v2026-01-01
        unmatched acme p {r: zz} 3 2 null
        """,
    ),
    Rule(
        "with quarantine the event is not billed",
        _rated([_US], use("a", 1, 1, r="us"), use("b", 1, 2, r="US"), **_QUARANTINE),
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P - US' 2 @1 = 2 -> 2.00 of 1 {r: US} v2026-01-01
        quarantined acme a usage p no_rate
        """,
    ),
    Rule(
        "an event that is quarantined takes nothing of an allowance",
        _rated(
            [_US],
            use("a", 1, 4, r="us"),
            use("b", 2, 8, r="US"),
            charges={"included": {"quantity": 10}},
            **_QUARANTINE,
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'P - included' 8 @0 = 0 -> 0.00 of 1 left 2
        quarantined acme a usage p no_rate
        """,
    ),
    Rule(
        "an event that is quarantined is not billed for what an allowance leaves",
        _rated(
            [_US],
            use("a", 1, 15, r="us"),
            use("b", 2, 12, r="US"),
            charges={"included": {"quantity": 10}},
            **_QUARANTINE,
        ),
        """
        acme 2026-01-01..2026-02-01 2.00
        included 'P - included' 10 @0 = 0 -> 0.00 of 1 left 0
        usage 'P - US' 2 @1 = 2 -> 2.00 of 1 {r: US} v2026-01-01
        quarantined acme a usage p no_rate
        """,
    ),
    Rule(
        "nothing is rounded together with what is quarantined",
        _rated(
            [entry(1, m="a")],
            use("a", 1, "0.5", r="x", m="0"),
            use("b", 2, "0.4", r="x", m="a"),
            counts={"quantity_rounding": {"mode": "up", "places": 0}},
            **_QUARANTINE,
        ),
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - x' 1 @1 = 1 -> 1.00 of 1 {r: x} v2026-01-01
        quarantined acme a usage p no_rate
        """,
    ),
    Rule(
        "a correction that is quarantined takes nothing back",
        _rated(
            [entry(1, m="a")],
            use("a", 1, -5, r="x", m="z"),
            use("b", 2, 3, r="x", m="a"),
            **_QUARANTINE,
        ),
        """
        acme 2026-01-01..2026-02-01 3.00
        usage 'P - x' 3 @1 = 3 -> 3.00 of 1 {r: x} v2026-01-01
        quarantined acme a usage p no_rate
        """,
    ),
)
