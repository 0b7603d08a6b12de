"""Documents about the row of a call: direction, type, prefix, band, jurisdiction, match."""

from typing import Any

from tests.plan_file.law.pricing import Book, Rule, call, calls, row

_JURISDICTIONS = [
    row(rate, rate_jurisdiction=word)
    for rate, word in (
        ("1", "interstate"),
        ("2", "intrastate"),
        ("3", "international"),
        ("4", "indeterminate"),
    )
]


def _between(from_number: str, to_number: str, **of: Any) -> Book:
    return calls(
        call("a", from_number=from_number, to_number=to_number, **of), rates=_JURISDICTIONS
    )


RULES = (
    Rule(
        "the direction goes before the prefix",
        calls(call("a"), rates=[row("1", direction="outbound"), row("2", prefix="1206")]),
        """
        acme 2026-02-01..2026-03-01 1.00
        telephony 'Voice' 60 second @- = 1 -> 1.00 of 1
        a rated 60/60/0 1.0000 prefix ''
        """,
    ),
    Rule(
        "the number type goes before the prefix",
        calls(
            call("a", number_type="mobile"),
            rates=[row("1", number_type="mobile"), row("2", prefix="1206")],
        ),
        """
        acme 2026-02-01..2026-03-01 1.00
        telephony 'Voice' 60 second @- = 1 -> 1.00 of 1
        a rated 60/60/0 1.0000 prefix ''
        """,
    ),
    Rule(
        "the prefix goes before the band",
        calls(call("a"), rates=[row("1", band="x"), row("2", prefix="1206")], default_band="x"),
        """
        acme 2026-02-01..2026-03-01 2.00
        telephony 'Voice' 60 second @- = 2 -> 2.00 of 1
        a rated 60/60/0 2.0000 prefix '1206' {x: 60}
        """,
    ),
    Rule(
        "the band goes before jurisdiction and match",
        calls(
            call("a", m=1, rate_jurisdiction="interstate"),
            rates=[row("1", band="x"), row("2", rate_jurisdiction="interstate", match={"m": 1})],
            default_band="x",
        ),
        """
        acme 2026-02-01..2026-03-01 1.00
        telephony 'Voice' 60 second @- = 1 -> 1.00 of 1
        a rated 60/60/0 1.0000 prefix '' {x: 60}
        """,
    ),
    Rule(
        "then most of jurisdiction and match",
        calls(
            call("a", m=1, rate_jurisdiction="interstate"),
            call("b", rate_jurisdiction="interstate"),
            rates=[
                row("1"),
                row("2", rate_jurisdiction="interstate", match={"m": 1}),
                row("3", rate_jurisdiction="interstate"),
            ],
        ),
        """
        acme 2026-02-01..2026-03-01 5.00
        telephony 'Voice' 120 second @- = 5 -> 5.00 of 2
        a rated 60/60/0 2.0000 prefix ''
        b rated 60/60/0 3.0000 prefix ''
        """,
    ),
    Rule(
        "the longest prefix wins",
        calls(
            call("a", to_number="447783855111"),
            call("b", to_number="+447911123456"),
            call("c", to_number="+442083661177"),
            rates=[
                row("0.02", prefix="44"),
                row("0.0955", prefix="447"),
                row("0.0079", prefix="44778"),
            ],
        ),
        """
        acme 2026-02-01..2026-03-01 0.12
        telephony 'Voice' 180 second @- = 0.1234 -> 0.12 of 3
        a rated 60/60/0 0.0079 prefix '44778'
        b rated 60/60/0 0.0955 prefix '447'
        c rated 60/60/0 0.0200 prefix '44'
        """,
    ),
    Rule(
        "the far end of an inbound call is who called",
        calls(
            call("a", direction="inbound", from_number="+442012345678"),
            call("b", direction="onnet", from_number="+442012345678"),
            rates=[row("1", prefix="44"), row("5", prefix="1")],
        ),
        """
        acme 2026-02-01..2026-03-01 6.00
        telephony 'Voice' 120 second @- = 6 -> 6.00 of 2
        a rated 60/60/0 1.0000 prefix '44'
        b rated 60/60/0 5.0000 prefix '1'
        """,
    ),
    Rule(
        "two states are interstate",
        _between("+12125550100", "+12065550100"),
        """
        acme 2026-02-01..2026-03-01 1.00
        telephony 'Voice' 60 second @- = 1 -> 1.00 of 1
        a rated 60/60/0 1.0000 prefix ''
        """,
    ),
    Rule(
        "one state is intrastate",
        _between("+12125550100", "+17185550100"),
        """
        acme 2026-02-01..2026-03-01 2.00
        telephony 'Voice' 60 second @- = 2 -> 2.00 of 1
        a rated 60/60/0 2.0000 prefix ''
        """,
    ),
    Rule(
        "a territory is a state",
        _between("+19395550100", "+17875550100"),
        """
        acme 2026-02-01..2026-03-01 2.00
        telephony 'Voice' 60 second @- = 2 -> 2.00 of 1
        a rated 60/60/0 2.0000 prefix ''
        """,
    ),
    Rule(
        "another country of the same plan is abroad",
        _between("+12125550100", "+18765550100"),
        """
        acme 2026-02-01..2026-03-01 3.00
        telephony 'Voice' 60 second @- = 3 -> 3.00 of 1
        a rated 60/60/0 3.0000 prefix ''
        """,
    ),
    Rule(
        "one end abroad is international, also to a toll-free number",
        _between("+18005550100", "+442012345678"),
        """
        acme 2026-02-01..2026-03-01 3.00
        telephony 'Voice' 60 second @- = 3 -> 3.00 of 1
        a rated 60/60/0 3.0000 prefix ''
        """,
    ),
    Rule(
        "toll-free is indeterminate",
        _between("+12125550100", "+18005550100"),
        """
        acme 2026-02-01..2026-03-01 4.00
        telephony 'Voice' 60 second @- = 4 -> 4.00 of 1
        a rated 60/60/0 4.0000 prefix ''
        """,
    ),
    Rule(
        "a hidden number is indeterminate",
        _between("anonymous", "+12065550100"),
        """
        acme 2026-02-01..2026-03-01 4.00
        telephony 'Voice' 60 second @- = 4 -> 4.00 of 1
        a rated 60/60/0 4.0000 prefix ''
        """,
    ),
    Rule(
        "a number without + is its digits",
        _between("12125550100", "1 (206) 555-0100"),
        """
        acme 2026-02-01..2026-03-01 1.00
        telephony 'Voice' 60 second @- = 1 -> 1.00 of 1
        a rated 60/60/0 1.0000 prefix ''
        """,
    ),
    Rule(
        "what the event says goes before its numbers",
        _between("+12125550100", "+12065550100", rate_jurisdiction="intrastate"),
        """
        acme 2026-02-01..2026-03-01 2.00
        telephony 'Voice' 60 second @- = 2 -> 2.00 of 1
        a rated 60/60/0 2.0000 prefix ''
        """,
    ),
)
