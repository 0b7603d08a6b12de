"""Documents about bundles: which seconds are free, and in which order."""

from typing import Any

from tests.plan_file.law.pricing import Book, Rule, begun, call, calls, row

_SECOND = {"initial_seconds": 1, "increment_seconds": 1}


def _bundled(*events: Book, rate: Book | None = None, **keys: Any) -> Book:
    bundle = {"code": "B", "seconds": 120, **keys}
    return calls(*events, rates=[rate or row()], bundles=[bundle])


RULES = (
    Rule(
        "a bundle covers the first seconds, the rest pays the connect fee",
        _bundled(call("a", seconds=200), rate=row("0.05", connect_fee="0.10")),
        """
        acme 2026-02-01..2026-03-01 0.20
        included 'Voice - B' 120 second @0 = 0 -> 0.00 of 1 left 0
        telephony 'Voice' 120 second @- = 0.2 -> 0.20 of 1
        a rated 200/240/120 0.2000 prefix ''
        """,
    ),
    Rule(
        "a wholly bundled call pays neither connect fee nor minimum",
        _bundled(
            call("a", seconds=200),
            seconds=6000,
            rate=row("0.05", connect_fee="0.10", minimum_charge=5),
        ),
        """
        acme 2026-02-01..2026-03-01 0.00
        included 'Voice - B' 240 second @0 = 0 -> 0.00 of 1 left 5760
        a rated 200/240/240 0.0000 prefix ''
        """,
    ),
    Rule(
        "a bundle is used in the order of answers",
        _bundled(
            call("a", "2026-02-03T16:00:00Z", 480),
            call("b", seconds=240),
            seconds=600,
            rate=row("0.04"),
        ),
        """
        acme 2026-02-01..2026-03-01 0.08
        included 'Voice - B' 600 second @0 = 0 -> 0.00 of 2 left 0
        telephony 'Voice' 120 second @- = 0.08 -> 0.08 of 1
        b rated 240/240/240 0.0000 prefix ''
        a rated 480/480/360 0.0800 prefix ''
        """,
    ),
    Rule(
        "calls of one time use a bundle in the order of their keys",
        _bundled(call("b"), call("a"), seconds=60),
        """
        acme 2026-02-01..2026-03-01 0.06
        included 'Voice - B' 60 second @0 = 0 -> 0.00 of 1 left 0
        telephony 'Voice' 60 second @- = 0.06 -> 0.06 of 1
        a rated 60/60/60 0.0000 prefix ''
        b rated 60/60/0 0.0600 prefix ''
        """,
    ),
    Rule(
        "a bundle may end inside an increment",
        _bundled(call("a", seconds=100), seconds=90),
        """
        acme 2026-02-01..2026-03-01 0.03
        included 'Voice - B' 90 second @0 = 0 -> 0.00 of 1 left 0
        telephony 'Voice' 30 second @- = 0.03 -> 0.03 of 1
        a rated 100/120/90 0.0300 prefix ''
        """,
    ),
    Rule(
        "bundles are used by lower priority, earlier expiry, then code",
        calls(
            call("a", seconds=50),
            rates=[row(**_SECOND)],
            bundles=[
                {"code": "c", "seconds": 10, "priority": 2},
                {"code": "b", "seconds": 10, "priority": 1},
                {"code": "a", "seconds": 10, "priority": 2, "effective_to": "2026-02-20"},
                {"code": "d", "seconds": 10, "priority": 2, "effective_to": "2026-02-10"},
            ],
        ),
        """
        acme 2026-02-01..2026-03-01 0.01
        included 'Voice - b' 10 second @0 = 0 -> 0.00 of 1 left 0
        included 'Voice - d' 10 second @0 = 0 -> 0.00 of 1 left 0
        included 'Voice - a' 10 second @0 = 0 -> 0.00 of 1 left 0
        included 'Voice - c' 10 second @0 = 0 -> 0.00 of 1 left 0
        telephony 'Voice' 10 second @- = 0.01 -> 0.01 of 1
        a rated 50/50/40 0.0100 prefix ''
        """,
    ),
    Rule(
        "a bundle may be for some calls only",
        calls(
            call("a"),
            call("b", direction="inbound", from_number="+1206"),
            call("c", number_type="tf"),
            call("d", to_number="+4420"),
            call("e", line="L1"),
            bundles=[
                {"code": "i", "seconds": 60, "directions": ["inbound"]},
                {"code": "t", "seconds": 60, "number_types": ["tf"]},
                {"code": "p", "seconds": 60, "prefixes": ["44"]},
                {"code": "l", "seconds": 60, "lines": ["L1"]},
            ],
        ),
        """
        acme 2026-02-01..2026-03-01 0.06
        included 'Voice - i' 60 second @0 = 0 -> 0.00 of 1 left 0
        included 'Voice - l' 60 second @0 = 0 -> 0.00 of 1 left 0
        included 'Voice - p' 60 second @0 = 0 -> 0.00 of 1 left 0
        included 'Voice - t' 60 second @0 = 0 -> 0.00 of 1 left 0
        telephony 'Voice' 60 second @- = 0.06 -> 0.06 of 1
        a rated 60/60/0 0.0600 prefix ''
        b rated 60/60/60 0.0000 prefix ''
        c rated 60/60/60 0.0000 prefix ''
        d rated 60/60/60 0.0000 prefix ''
        e rated 60/60/60 0.0000 prefix ''
        """,
    ),
    Rule(
        "a shorter period has its days of a bundle",
        calls(
            call("a", "2026-01-20T00:00:00Z", 100),
            rates=[row(**_SECOND)],
            customers=[begun("2026-01-12", anchor_day=1)],
            bundles=[{"code": "B", "seconds": 100}],
        ),
        """
        acme 2026-01-12..2026-02-01 0.04
        included 'Voice - B' 64 second @0 = 0 -> 0.00 of 1 left 0
        telephony 'Voice' 36 second @- = 0.036 -> 0.04 of 1
        a rated 100/100/64 0.0360 prefix ''
        """,
    ),
    Rule(
        "what is left of a bundle may be carried, up to its maximum",
        calls(
            call("a", "2026-01-20T00:00:00Z", 40),
            call("b", "2026-02-20T00:00:00Z", 170),
            rates=[row(**_SECOND)],
            bundles=[{"code": "B", "seconds": 100, "rollover": {"periods": 1, "maximum": 50}}],
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'Voice - B' 40 second @0 = 0 -> 0.00 of 1 left 60
        acme 2026-02-01..2026-03-01 0.02
        included 'Voice - B' 150 second @0 = 0 -> 0.00 of 1 left 0
        telephony 'Voice' 20 second @- = 0.02 -> 0.02 of 1
        a rated 40/40/40 0.0000 prefix ''
        b rated 170/170/150 0.0200 prefix ''
        """,
    ),
    Rule(
        "a bundle with dates is granted once, and dead at its end",
        calls(
            call("a", "2026-01-20T00:00:00Z", 40),
            call("b", "2026-02-28T23:59:59Z", 30),
            call("c", "2026-03-01T00:00:00Z", 30),
            rates=[row(**_SECOND)],
            bundles=[
                {
                    "code": "B",
                    "seconds": 100,
                    "effective_from": "2026-01-10",
                    "effective_to": "2026-03-01",
                }
            ],
        ),
        """
        acme 2026-01-01..2026-02-01 0.00
        included 'Voice - B' 40 second @0 = 0 -> 0.00 of 1 left 60
        acme 2026-02-01..2026-03-01 0.00
        included 'Voice - B' 30 second @0 = 0 -> 0.00 of 1 left 30
        acme 2026-03-01..2026-04-01 0.03
        telephony 'Voice' 30 second @- = 0.03 -> 0.03 of 1
        a rated 40/40/40 0.0000 prefix ''
        b rated 30/30/30 0.0000 prefix ''
        c rated 30/30/0 0.0300 prefix ''
        """,
    ),
)
