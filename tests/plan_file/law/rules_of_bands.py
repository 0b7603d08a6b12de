"""Documents about bands and periods of calls, in the zone of the customer."""

from typing import Any

from tests.plan_file.law.pricing import Book, Rule, begun, call, calls, row

_PEAK = {
    "name": "peak",
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "from": "08:00",
    "to": "18:00",
    "priority": 10,
}
_HOLIDAY = {"name": "holiday", "dates": ["2026-12-25"], "priority": 20}
_NIGHT = {"name": "night", "from": "20:00", "to": "02:00"}
_BY_BAND = [row("0.06", band="peak"), row("0.02", band="off"), row("0.01", band="holiday")]
_BY_NIGHT = [row("0.01", band="night"), row("0.05", band="off")]


def _timed(*events: Book, bands: Any = (_PEAK, _HOLIDAY), rates: Any = None, **keys: Any) -> Book:
    """Return calls of a customer in New York, in bands."""
    zoned = [begun("2026-01-01", timezone="America/New_York")]
    own = {"bands": list(bands), "default_band": "off", "customers": zoned}
    return calls(*events, rates=rates or _BY_BAND, **own, **keys)


RULES = (
    Rule(
        "an increment is priced by the band in which it starts",
        _timed(call("a", "2026-02-03T22:58:30Z", 200)),
        """
        acme 2026-02-01..2026-03-01 0.16
        telephony 'Voice' 240 second @- = 0.16 -> 0.16 of 1
        a rated 200/240/0 0.1600 prefix '' {peak: 120, off: 120}
        """,
    ),
    Rule(
        "or the whole call by that of its start",
        _timed(call("a", "2026-02-03T22:58:30Z", 200), band_policy="call_start"),
        """
        acme 2026-02-01..2026-03-01 0.24
        telephony 'Voice' 240 second @- = 0.24 -> 0.24 of 1
        a rated 200/240/0 0.2400 prefix '' {peak: 240}
        """,
    ),
    Rule(
        "a band is half-open",
        _timed(
            call("a", "2026-02-03T12:59:59Z"),
            call("b", "2026-02-03T13:00:00Z"),
            call("c", "2026-02-03T23:00:00Z"),
        ),
        """
        acme 2026-02-01..2026-03-01 0.10
        telephony 'Voice' 180 second @- = 0.1 -> 0.10 of 3
        a rated 60/60/0 0.0200 prefix '' {off: 60}
        b rated 60/60/0 0.0600 prefix '' {peak: 60}
        c rated 60/60/0 0.0200 prefix '' {off: 60}
        """,
    ),
    Rule(
        "a holiday begins at the customer's midnight",
        _timed(call("a", "2026-12-25T04:58:00Z", 300)),
        """
        acme 2026-12-01..2027-01-01 0.07
        telephony 'Voice' 300 second @- = 0.07 -> 0.07 of 1
        a rated 300/300/0 0.0700 prefix '' {off: 120, holiday: 180}
        """,
    ),
    Rule(
        "the band of higher priority wins",
        _timed(call("a", "2026-12-25T15:00:00Z")),
        """
        acme 2026-12-01..2027-01-01 0.01
        telephony 'Voice' 60 second @- = 0.01 -> 0.01 of 1
        a rated 60/60/0 0.0100 prefix '' {holiday: 60}
        """,
    ),
    Rule(
        "the hour that comes twice is charged twice",
        _timed(call("a", "2026-11-01T05:30:00Z", 7200), bands=[_NIGHT], rates=_BY_NIGHT),
        """
        acme 2026-11-01..2026-12-01 2.40
        telephony 'Voice' 7200 second @- = 2.4 -> 2.40 of 1
        a rated 7200/7200/0 2.4000 prefix '' {night: 5400, off: 1800}
        """,
    ),
    Rule(
        "the hour that is left out is not charged",
        _timed(call("a", "2026-03-08T06:30:00Z", 3600), bands=[_NIGHT], rates=_BY_NIGHT),
        """
        acme 2026-03-01..2026-04-01 1.80
        telephony 'Voice' 3600 second @- = 1.8 -> 1.80 of 1
        a rated 3600/3600/0 1.8000 prefix '' {night: 1800, off: 1800}
        """,
    ),
    Rule(
        "equal times are all day",
        _timed(
            call("a", "2026-02-03T05:30:00Z"),
            bands=[{"name": "night", "from": "08:00", "to": "08:00"}],
            rates=_BY_NIGHT,
        ),
        """
        acme 2026-02-01..2026-03-01 0.01
        telephony 'Voice' 60 second @- = 0.01 -> 0.01 of 1
        a rated 60/60/0 0.0100 prefix '' {night: 60}
        """,
    ),
    Rule(
        "the row at the start sets increments and fees, that of the increment its price",
        _timed(
            call("a", "2026-02-03T22:59:30Z", 80),
            rates=[
                row(
                    "0.06", band="peak", initial_seconds=30, increment_seconds=6, connect_fee="0.5"
                ),
                row("0.02", band="off", connect_fee=9, maximum_charge="0.001"),
            ],
        ),
        """
        acme 2026-02-01..2026-03-01 0.55
        telephony 'Voice' 84 second @- = 0.548 -> 0.55 of 1
        a rated 80/84/0 0.5480 prefix '' {peak: 30, off: 54}
        """,
    ),
    Rule(
        "a call is in the period of its answer, in the customer's zone",
        _timed(
            call("a", "2026-02-01T04:59:58Z", 602),
            call("b", "2026-02-01T05:00:00Z"),
            rates=[row("0.04")],
        ),
        """
        acme 2026-01-01..2026-02-01 0.44
        telephony 'Voice' 660 second @- = 0.44 -> 0.44 of 1
        acme 2026-02-01..2026-03-01 0.04
        telephony 'Voice' 60 second @- = 0.04 -> 0.04 of 1
        a rated 602/660/0 0.4400 prefix '' {off: 660}
        b rated 60/60/0 0.0400 prefix '' {off: 60}
        """,
    ),
)
