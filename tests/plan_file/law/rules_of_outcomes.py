"""Documents about outcomes, with what they come to."""

from tests.plan_file.law.telling import Case

_OUTCOME = """
          - code: r
            kind: usage
            meter: R
            model: per_unit
            unit_price: UNIT_PRICE
            SPAN
            outcome: {success_event: resolved, reversal_event: [reopened, rejected],
                      correlation_property: ticket, window_hours: 72}
"""
_VERSIONED = f"""
        meters: [{{code: R, event_name: resolved, aggregation: count, unit: resolution}}]
        prices:
{_OUTCOME.replace("UNIT_PRICE", "2").replace("SPAN", "effective_to: 2026-05-01").strip(chr(10))}
{_OUTCOME.replace("UNIT_PRICE", "3").replace("SPAN", "effective_from: 2026-05-01").strip(chr(10))}
        plans: [{{code: p, prices: [r]}}]
"""
_OPEN = f"""{_VERSIONED}
        customers: [{{external_id: acme, contracts: [{{plan: p, start: 2026-04-01}}]}}]
"""
_ENDING = f"""{_VERSIONED}
        customers:
          - {{external_id: acme, contracts: [{{plan: p, start: 2026-04-01, end: 2026-05-01}}]}}
"""

CASES = (
    Case(
        "a success counts in the period in which its window closes, at the rate of its own time",
        _OPEN,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage r 1 resolution x 2 = 2 -> 2.00 2026-04-01..2026-05-01 events=1
          = 2.00 => 2.00 due 2.00
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          usage r 2 resolution x 2 = 4 -> 4.00 2026-05-01..2026-06-01 events=2
          usage r 1 resolution x 3 = 3 -> 3.00 2026-05-01..2026-06-01 events=1 since=2026-05-01
          = 7.00 => 7.00 due 7.00
        """,
        events="""
            a resolved 2026-04-27T23:59:59 ticket=1
            b resolved 2026-04-28T00:00:00 ticket=2
            c resolved 2026-04-30T23:59:59 ticket=3
            d resolved 2026-05-01T00:00:00 ticket=4
        """,
    ),
    Case(
        "a reversal inside the window leaves nothing, several successes inside it are one",
        _OPEN,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage r 3 resolution x 2 = 6 -> 6.00 2026-04-01..2026-05-01 events=3
          = 6.00 => 6.00 due 6.00
        """,
        events="""
            a resolved 2026-04-02T00:00:00 ticket=1
            b reopened 2026-04-04T23:59:59 ticket=1
            c resolved 2026-04-02T00:00:00 ticket=2
            d resolved 2026-04-04T23:59:59 ticket=2
            e resolved 2026-04-05T00:00:00 ticket=2
            f resolved 2026-04-02T00:00:00 ticket=3
            g rejected 2026-04-03T00:00:00 ticket=3
            h resolved 2026-04-04T00:00:00 ticket=3
            i reopened 2026-04-04T00:00:00 ticket=other
        """,
    ),
    Case(
        "a reversal after the window is a credit at the original rate when it comes",
        _OPEN,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage r 2 resolution x 2 = 4 -> 4.00 2026-04-01..2026-05-01 events=2
          usage r -1 resolution x 2 = -2 -> -2.00 2026-04-01..2026-05-01 events=1
          = 2.00 => 2.00 due 2.00
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          usage r 1 resolution x 3 = 3 -> 3.00 2026-05-01..2026-06-01 events=1 since=2026-05-01
          usage r -1 resolution x 2 = -2 -> -2.00 2026-05-01..2026-06-01 events=1
          = 1.00 => 1.00 due 1.00
        """,
        events="""
            a resolved 2026-04-02T00:00:00 ticket=1
            b reopened 2026-04-05T00:00:00 ticket=1
            c resolved 2026-04-02T00:00:00 ticket=2
            d reopened 2026-05-20T00:00:00 ticket=2
            e resolved 2026-05-20T00:00:00 ticket=2
        """,
    ),
    Case(
        "the last invoice of a contract waits for open windows",
        _ENDING,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-03
          usage r 2 resolution x 2 = 4 -> 4.00 2026-04-01..2026-05-01 events=2
          = 4.00 => 4.00 due 4.00
        quarantined acme e resolved null no_contract
        """,
        events="""
            a resolved 2026-04-02T00:00:00 ticket=1
            b resolved 2026-04-30T13:00:00 ticket=2
            c resolved 2026-04-30T14:00:00 ticket=3
            d reopened 2026-05-03T13:59:59 ticket=3
            e resolved 2026-05-01T00:00:00 ticket=4
        """,
    ),
    Case(
        "tiers and allowances count outcomes by the close of their windows",
        """
        meters: [{code: R, event_name: resolved, aggregation: count}]
        prices:
          - {code: r, kind: usage, meter: R, model: graduated, included: {quantity: 1},
             tiers: [{up_to: 1, unit_price: 5}, {up_to: null, unit_price: 3}],
             outcome: {success_event: resolved, reversal_event: reopened,
                       correlation_property: ticket, window_hours: 24}}
        plans: [{code: p, prices: [r]}]
        customers: [{external_id: acme, contracts: [{plan: p, start: 2026-04-01}]}]
        """,
        """
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          included r 1 x 0 = 0 -> 0.00 2026-05-01..2026-06-01 events=1 left=0
          usage r 1 x 5 = 5 -> 5.00 2026-05-01..2026-06-01 events=1
          usage r 1 x 3 = 3 -> 3.00 2026-05-01..2026-06-01 events=1
          = 8.00 => 8.00 due 8.00
        """,
        events="""
            a resolved 2026-04-30T12:00:00 ticket=1
            b resolved 2026-05-02T12:00:00 ticket=2
            c resolved 2026-05-03T12:00:00 ticket=3
        """,
    ),
    Case(
        "an outcome that names no correlation is set aside",
        _OPEN,
        """
        quarantined acme a resolved r missing_property
        """,
        events="a resolved 2026-04-02T00:00:00",
    ),
)
