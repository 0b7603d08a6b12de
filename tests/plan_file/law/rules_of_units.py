"""Documents about grants in units and of plans, with what they pay."""

from datetime import date

from tests.plan_file.law.telling import Case

_METERS = """
        meters:
          - {code: M, event_name: use, aggregation: sum, property: n, unit: credit}
          - {code: N, event_name: other, aggregation: sum, property: n}
"""

CASES = (
    Case(
        "units pay x of q units of the lines in that unit before money does, none of price 0",
        f"""{_METERS}
        prices:
          - {{code: free, kind: usage, meter: M, model: per_unit, unit_price: 0}}
          - {{code: other, kind: usage, meter: N, model: per_unit, unit_price: 1}}
          - {{code: used, kind: usage, meter: M, model: per_unit, unit_price: "0.15",
             included: {{quantity: 2}}}}
          - {{code: tiers, kind: usage, meter: M, model: graduated,
             tiers: [{{up_to: 5, unit_price: 2, flat_fee: 1}}, {{up_to: null, unit_price: 1}}]}}
        plans: [{{code: p, prices: [free, other, used, tiers]}}]
        customers:
          - external_id: acme
            contracts: [{{plan: p, start: 2026-04-01}}]
            credits:
              - {{code: money, amount: 6, kind: prepaid, priority: 1}}
              - {{code: units, quantity: 12, unit: credit, kind: prepaid, priority: 2}}
              - {{code: hours, quantity: 12, unit: hour, kind: prepaid}}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage free 9 credit x 0 = 0 -> 0.00 2026-04-01..2026-05-01 events=1
          usage other 4 x 1 = 4 -> 4.00 2026-04-01..2026-05-01 events=1
          included used 2 credit x 0 = 0 -> 0.00 2026-04-01..2026-05-01 events=1 left=0
          usage used 7 credit x 0.15 = 1.05 -> 1.05 2026-04-01..2026-05-01 events=1
          usage tiers 5 credit x 2 = 10 -> 10.00 2026-04-01..2026-05-01 events=1
          usage tiers 1 x 1 = 1 -> 1.00 2026-04-01..2026-05-01
          usage tiers 4 credit x 1 = 4 -> 4.00 2026-04-01..2026-05-01 events=1
          = 20.05 => 20.05 - units 11.05 (12) - money 6.00 due 3.00
        wallet acme money 6.00 - 6.00 = 0.00
        wallet acme units 12 - 12 = 0 credit
        wallet acme hours 12 - 0 = 12 hour
        """,
        events="""
            a use 2026-04-10T00:00:00 n=9
            b other 2026-04-10T00:00:00 n=4
        """,
    ),
    Case(
        "what units pay is rounded down",
        f"""{_METERS}
        prices: [{{code: used, kind: usage, meter: M, model: per_unit, unit_price: "0.335"}}]
        plans: [{{code: p, prices: [used]}}]
        customers:
          - external_id: acme
            contracts: [{{plan: p, start: 2026-04-01}}]
            credits: [{{code: units, quantity: 2, unit: credit, kind: promotional}}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used 3 credit x 0.335 = 1.005 -> 1.01 2026-04-01..2026-05-01 events=1
          = 1.01 - units 0.67 (2) => 0.34 due 0.34
        wallet acme units 2 - 2 = 0 credit
        """,
        events="a use 2026-04-10T00:00:00 n=3",
    ),
    Case(
        "a plan gives a whole lot each period, which expires after so many of them",
        f"""{_METERS}
        prices: [{{code: used, kind: usage, meter: M, model: per_unit, unit_price: "0.5"}}]
        plans:
          - code: p
            prices: [used]
            grants:
              - {{code: monthly, quantity: 10, unit: credit, kind: promotional, every: period}}
              - {{code: lasting, amount: 5, kind: prepaid, expires_after_periods: 2}}
        customers:
          - external_id: acme
            contracts: [{{plan: p, start: 2026-04-16, anchor_day: 1}}]
        """,
        """
        acme 2026-04-16..2026-05-01 issued 2026-05-01
          usage used 4 credit x 0.5 = 2 -> 2.00 2026-04-16..2026-05-01 events=1
          = 2.00 - monthly 2.00 (4) => 0.00 due 0.00
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          usage used 24 credit x 0.5 = 12 -> 12.00 2026-05-01..2026-06-01 events=1
          = 12.00 - monthly 5.00 (10) => 7.00 - lasting 5.00 - lasting 2.00 due 0.00
        acme 2026-06-01..2026-07-01 issued 2026-07-01
          usage used 26 credit x 0.5 = 13 -> 13.00 2026-06-01..2026-07-01 events=1
          = 13.00 - monthly 5.00 (10) => 8.00 - lasting 3.00 - lasting 5.00 due 0.00
        wallet acme monthly 10 - 4 = 6 credit 2026-04-16
        wallet acme monthly 10 - 10 = 0 credit 2026-05-01
        wallet acme monthly 10 - 10 = 0 credit 2026-06-01
        wallet acme lasting 5.00 - 5.00 = 0.00 2026-04-16
        wallet acme lasting 5.00 - 5.00 = 0.00 2026-05-01
        wallet acme lasting 5.00 - 5.00 = 0.00 2026-06-01
        """,
        events="""
            a use 2026-04-20T00:00:00 n=4
            b use 2026-05-20T00:00:00 n=24
            c use 2026-06-20T00:00:00 n=26
        """,
    ),
    Case(
        "a lot pays the fees of its own period, also where they are billed before it",
        """
        prices: [{code: base, kind: recurring, amount: 8}]
        plans: [{code: p, prices: [base], grants: [{code: g, amount: 5, kind: prepaid}]}]
        customers:
          - {external_id: acme, contracts: [{plan: p, start: 2026-04-01, end: 2026-06-01}]}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-04-01
          platform base 1 x 8 = 8 -> 8.00 2026-04-01..2026-05-01
          = 8.00 => 8.00 - g 5.00 due 3.00
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          platform base 1 x 8 = 8 -> 8.00 2026-05-01..2026-06-01
          = 8.00 => 8.00 - g 5.00 due 3.00
        wallet acme g 5.00 - 5.00 = 0.00 2026-04-01
        wallet acme g 5.00 - 5.00 = 0.00 2026-05-01
        """,
        to_date=date(2027, 1, 1),
    ),
    Case(
        "a plan's grant is in the plan's currency",
        """
        currency: USD
        prices: [{code: base, kind: recurring, amount: 8}]
        plans:
          - {code: p, prices: [base], currency: JPY,
             grants: [{code: g, amount: 5, kind: promotional, expires_after_periods: null}]}
        customers:
          - external_id: acme
            contracts: [{plan: p, start: 2026-04-01, end: 2026-05-01}]
            credits: [{code: dollars, amount: 5, kind: prepaid}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-04-01
          platform base 1 x 8 = 8 -> 8 2026-04-01..2026-05-01
          = 8 - g 5 => 3 due 3
        wallet acme dollars 5.00 - 0.00 = 5.00
        wallet acme g 5 - 5 = 0 2026-04-01
        """,
    ),
    Case(
        "units of less than a cent are used for nothing, what money has paid uses none",
        f"""{_METERS}
        prices:
          - {{code: used, kind: usage, meter: M, model: per_unit, unit_price: "0.002"}}
          - {{code: paid, kind: usage, meter: N, model: per_unit, unit_price: 1}}
        plans: [{{code: p, prices: [used, paid]}}]
        customers:
          - external_id: acme
            contracts: [{{plan: p, start: 2026-04-01}}]
            credits:
              - {{code: gift, amount: 4, kind: promotional, applies_to: [paid]}}
              - {{code: units, quantity: 12, unit: credit, kind: prepaid}}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used 2 credit x 0.002 = 0.004 -> 0.00 2026-04-01..2026-05-01 events=1
          usage paid 4 x 1 = 4 -> 4.00 2026-04-01..2026-05-01 events=1
          = 4.00 - gift 4.00 => 0.00 - units 0.00 (2) due 0.00
        wallet acme gift 4.00 - 4.00 = 0.00
        wallet acme units 12 - 2 = 10 credit
        """,
        events="""
            a use 2026-04-10T00:00:00 n=2
            b other 2026-04-10T00:00:00 n=4
        """,
    ),
    Case(
        "lots pay what happens in their own period of the customer, by priority",
        f"""{_METERS}
        prices: [{{code: used, kind: usage, meter: M, model: per_unit, unit_price: 1}}]
        plans:
          - {{code: p, prices: [used], billing_period: week,
             grants: [{{code: g, quantity: 5, unit: credit, kind: prepaid, priority: 60}}]}}
        customers:
          - external_id: acme
            timezone: Asia/Tokyo
            contracts: [{{plan: p, start: 2026-04-08, anchor_day: 1}}]
            credits: [{{code: own, quantity: 1, unit: credit, kind: prepaid}}]
        """,
        """
        acme 2026-04-08..2026-04-13 issued 2026-04-13
          usage used 3 credit x 1 = 3 -> 3.00 2026-04-08..2026-04-13 events=1
          = 3.00 => 3.00 - own 1.00 (1) - g 2.00 (2) due 0.00
        acme 2026-04-13..2026-04-20 issued 2026-04-20
          usage used 9 credit x 1 = 9 -> 9.00 2026-04-13..2026-04-20 events=1
          = 9.00 => 9.00 - g 5.00 (5) due 4.00
        wallet acme own 1 - 1 = 0 credit
        wallet acme g 5 - 2 = 3 credit 2026-04-08
        wallet acme g 5 - 5 = 0 credit 2026-04-13
        """,
        events="""
            a use 2026-04-12T14:59:59 n=3
            b use 2026-04-12T15:00:00 n=9
        """,
    ),
)
