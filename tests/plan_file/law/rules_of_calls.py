"""Documents about calls: whether they are billed, how long, for how much, on which line."""

from tests.plan_file.law.pricing import Rule, call, calls, row
from tests.plan_file.simulated import customer

_SECOND = {"initial_seconds": 1, "increment_seconds": 1}
_SIX = {"initial_seconds": 6, "increment_seconds": 6}
_STEPS = [
    {"from_second": 0, "price": "0.2", "per_seconds": 60, "increment_seconds": 60},
    {"from_second": 60, "price": "0.1", "per_seconds": 60, "increment_seconds": 1},
]

RULES = (
    Rule(
        "34 seconds by six are 36",
        calls(call("a", seconds=34), rates=[row("0.0119", **_SIX)]),
        """
        acme 2026-02-01..2026-03-01 0.01
        telephony 'Voice' 36 second @- = 0.0071 -> 0.01 of 1
        a rated 34/36/0 0.0071 prefix ''
        """,
    ),
    Rule(
        "749 seconds by six are 750",
        calls(call("a", seconds=749), rates=[row("0.0150", **_SIX)]),
        """
        acme 2026-02-01..2026-03-01 0.19
        telephony 'Voice' 750 second @- = 0.1875 -> 0.19 of 1
        a rated 749/750/0 0.1875 prefix ''
        """,
    ),
    Rule(
        "30 and then 6",
        calls(
            call("a", seconds=32),
            call("b", seconds=57),
            call("c", seconds=75),
            rates=[row("0.006", initial_seconds=30, increment_seconds=6)],
        ),
        """
        acme 2026-02-01..2026-03-01 0.02
        telephony 'Voice' 174 second @- = 0.0174 -> 0.02 of 3
        a rated 32/36/0 0.0036 prefix ''
        b rated 57/60/0 0.0060 prefix ''
        c rated 75/78/0 0.0078 prefix ''
        """,
    ),
    Rule(
        "a minute is the increment of a row that says none, four the decimals",
        calls(
            call("a", seconds=78),
            call("b", seconds="0.4"),
            call("c", seconds="60.001"),
            rates=[row("0.0140")],
        ),
        """
        acme 2026-02-01..2026-03-01 0.07
        telephony 'Voice' 300 second @- = 0.07 -> 0.07 of 3
        a rated 78/120/0 0.0280 prefix ''
        b rated 1/60/0 0.0140 prefix ''
        c rated 61/120/0 0.0280 prefix ''
        """,
    ),
    Rule(
        "increments follow the initial seconds",
        calls(
            call("a", seconds=90),
            call("b", seconds=91),
            call("c", seconds=151),
            rates=[row(initial_seconds=90)],
        ),
        """
        acme 2026-02-01..2026-03-01 0.45
        telephony 'Voice' 450 second @- = 0.45 -> 0.45 of 3
        a rated 90/90/0 0.0900 prefix ''
        b rated 91/150/0 0.1500 prefix ''
        c rated 151/210/0 0.2100 prefix ''
        """,
    ),
    Rule(
        "a call is rounded once, and the line adds up what calls are charged",
        calls(
            call("a", seconds=25),
            call("b", seconds=25),
            call("c", seconds=25),
            rates=[row("0.05", **_SECOND)],
        ),
        """
        acme 2026-02-01..2026-03-01 0.06
        telephony 'Voice' 75 second @- = 0.0624 -> 0.06 of 3
        a rated 25/25/0 0.0208 prefix ''
        b rated 25/25/0 0.0208 prefix ''
        c rated 25/25/0 0.0208 prefix ''
        """,
    ),
    Rule(
        "a call may be rounded to other decimals, another way",
        calls(call("a", seconds=61), rates=[row("0.0101")], decimals=2, call_rounding="up"),
        """
        acme 2026-02-01..2026-03-01 0.03
        telephony 'Voice' 120 second @- = 0.03 -> 0.03 of 1
        a rated 61/120/0 0.03 prefix ''
        """,
    ),
    Rule(
        "the connect fee, then the minimum, then the maximum",
        calls(
            call("a", seconds=20),
            call("b", seconds=600),
            call("c", seconds=3600),
            rates=[row("0.03", connect_fee="0.05", minimum_charge="0.10", maximum_charge="1.00")],
        ),
        """
        acme 2026-02-01..2026-03-01 1.45
        telephony 'Voice' 4260 second @- = 1.45 -> 1.45 of 3
        a rated 20/60/0 0.1000 prefix ''
        b rated 600/600/0 0.3500 prefix ''
        c rated 3600/3600/0 1.0000 prefix ''
        """,
    ),
    Rule(
        "a session counts from the setup",
        calls(
            call("a", "2026-02-03T15:00:20Z", setup_at="2026-02-03T15:00:00Z"),
            rates=[row(**_SECOND)],
            duration_basis="setup",
        ),
        """
        acme 2026-02-01..2026-03-01 0.08
        telephony 'Voice' 80 second @- = 0.08 -> 0.08 of 1
        a rated 80/80/0 0.0800 prefix ''
        """,
    ),
    Rule(
        "below the least billable seconds a call costs nothing and uses no bundle",
        calls(
            call("a", seconds=5),
            call("b", seconds=6),
            min_billable_seconds=6,
            bundles=[{"code": "B", "seconds": 60}],
        ),
        """
        acme 2026-02-01..2026-03-01 0.00
        included 'Voice - B' 60 second @0 = 0 -> 0.00 of 1 left 0
        a below_minimum 5/0/0 0.0000
        b rated 6/60/60 0.0000 prefix ''
        """,
    ),
    Rule(
        "what nobody answered is not billable, whatever its record says",
        calls(
            call("a", status="busy"),
            call("b", status="failed"),
            call("c", status="no-answer"),
            call("d", status="canceled"),
            call("e", status="completed"),
            call("f", None),
        ),
        """
        acme 2026-02-01..2026-03-01 0.06
        telephony 'Voice' 60 second @- = 0.06 -> 0.06 of 1
        a not_billable 0/0/0 0.0000
        b not_billable 0/0/0 0.0000
        c not_billable 0/0/0 0.0000
        d not_billable 0/0/0 0.0000
        f not_billable 0/0/0 0.0000
        e rated 60/60/0 0.0600 prefix ''
        """,
    ),
    Rule(
        "what cannot be a call is quarantined",
        calls(
            call("a", "yesterday"),
            call("b", seconds=None),
            call("c", seconds="x"),
            call("d", seconds=-5),
        ),
        """
        a quarantined 0/0/0 0.0000
        b quarantined 0/0/0 0.0000
        c quarantined 0/0/0 0.0000
        d quarantined 0/0/0 0.0000
        quarantined acme a call voice bad_value
        quarantined acme b call voice missing_property
        quarantined acme c call voice bad_value
        quarantined acme d call voice bad_value
        """,
    ),
    Rule(
        "no row is never zero, and never a fallback",
        calls(call("a", to_number="+442012345678"), rates=[row(prefix="1")]),
        """
        a quarantined 60/0/0 0.0000
        quarantined acme a call voice no_rate
        """,
    ),
    Rule(
        "an explicit row without a prefix is the catch-all",
        calls(
            call("a", to_number="+442012345678"),
            call("b", to_number="anonymous"),
            call("c", to_number="sip:1206@example.com"),
            rates=[row(prefix="1"), row("9", prefix="")],
        ),
        """
        acme 2026-02-01..2026-03-01 27.00
        telephony 'Voice' 180 second @- = 27 -> 27.00 of 3
        a rated 60/60/0 9.0000 prefix ''
        b rated 60/60/0 9.0000 prefix ''
        c rated 60/60/0 9.0000 prefix ''
        """,
    ),
    Rule(
        "the price of a step holds for the increments that begin in it",
        calls(
            call("a", seconds=30),
            call("b", seconds=60),
            call("c", seconds=91),
            rates=[row(prefix="1", steps=_STEPS)],
        ),
        """
        acme 2026-02-01..2026-03-01 0.65
        telephony 'Voice' 211 second @- = 0.6517 -> 0.65 of 3
        a rated 30/60/0 0.2000 prefix '1'
        b rated 60/60/0 0.2000 prefix '1'
        c rated 91/91/0 0.2517 prefix '1'
        """,
    ),
    Rule(
        "an increment may reach into the next step",
        calls(
            call("a", seconds=70),
            call("b", seconds=81),
            rates=[row(steps=[{**_STEPS[0], "increment_seconds": 40}, _STEPS[1]])],
        ),
        """
        acme 2026-02-01..2026-03-01 0.54
        telephony 'Voice' 161 second @- = 0.535 -> 0.54 of 2
        a rated 70/80/0 0.2667 prefix ''
        b rated 81/81/0 0.2683 prefix ''
        """,
    ),
    Rule(
        "a line for each tax code, the price's where the row has none",
        calls(
            call("a"),
            call("b", direction="ai"),
            call("c", direction="ai"),
            rates=[row(direction="outbound", tax_code="VOIP"), row(direction="ai")],
            tax_code="AI",
        ),
        """
        acme 2026-02-01..2026-03-01 0.18
        telephony 'Voice' 120 second @- = 0.12 -> 0.12 of 2
        telephony 'Voice' 60 second @- = 0.06 -> 0.06 of 1
        a rated 60/60/0 0.0600 prefix ''
        b rated 60/60/0 0.0600 prefix ''
        c rated 60/60/0 0.0600 prefix ''
        """,
    ),
    Rule(
        "lines may be split by dimensions",
        calls(
            call("a", from_number="+12125550100", model="fast"),
            call("b", to_number="+12125550100"),
            rates=[row(prefix="1"), row(prefix="1206")],
            lines_by=["prefix", "model"],
        ),
        """
        acme 2026-02-01..2026-03-01 0.12
        telephony 'Voice - 1 / no model' 60 second @- = 0.06 -> 0.06 of 1 {prefix: 1}
        telephony 'Voice - 1206 / fast' 60 second @- = 0.06 -> 0.06 of 1 {prefix: 1206, model: fast}
        a rated 60/60/0 0.0600 prefix '1206'
        b rated 60/60/0 0.0600 prefix '1'
        """,
    ),
    Rule(
        "lines may be split by jurisdiction",
        calls(call("a", from_number="+12125550100"), call("b"), lines_by=["rate_jurisdiction"]),
        """
        acme 2026-02-01..2026-03-01 0.12
        telephony 'Voice - indeterminate' 60 second @- = 0.06 -> 0.06 of 1 \
        {rate_jurisdiction: indeterminate}
        telephony 'Voice - interstate' 60 second @- = 0.06 -> 0.06 of 1 \
        {rate_jurisdiction: interstate}
        a rated 60/60/0 0.0600 prefix ''
        b rated 60/60/0 0.0600 prefix ''
        """,
    ),
    Rule(
        "the legs of a transfer are calls of their own",
        calls(
            call("in", seconds=300, direction="inbound"),
            call("ai", seconds=120, direction="ai"),
            call("out", seconds=180),
            rates=[
                row("0.0150", direction="inbound", **_SIX),
                row("0.12", direction="ai", **_SECOND),
                row("0.0119", direction="outbound", **_SIX),
            ],
        ),
        """
        acme 2026-02-01..2026-03-01 0.35
        telephony 'Voice' 600 second @- = 0.3507 -> 0.35 of 3
        ai rated 120/120/0 0.2400 prefix ''
        in rated 300/300/0 0.0750 prefix ''
        out rated 180/180/0 0.0357 prefix ''
        """,
    ),
    Rule(
        "an answer before the contract is of no contract",
        calls(call("a", "2026-02-02T23:59:59Z"), customers=[customer("acme", "2026-02-03")]),
        """
        quarantined acme a call null no_contract
        """,
    ),
)
