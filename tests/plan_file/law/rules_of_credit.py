"""Documents about grants in money, with what they pay."""

from tests.plan_file.law.telling import Case

_METERS = """
        meters:
          - {code: M, event_name: use, aggregation: sum, property: n, unit: credit}
          - {code: N, event_name: other, aggregation: sum, property: n}
"""

CASES = (
    Case(
        "promotional credit is drawn first, prepaid credit pays what is then owed",
        """
        prices:
          - {code: base, kind: recurring, amount: 100}
          - {code: more, kind: recurring, amount: 50}
        plans: [{code: p, prices: [base, more]}]
        customers:
          - external_id: acme
            contracts: [{plan: p, start: 2026-04-01, end: 2026-05-01}]
            credits:
              - {code: paid, amount: 500, kind: prepaid, priority: 1}
              - {code: gift, amount: "10.01", kind: promotional, priority: 99}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-04-01
          platform base 1 x 100 = 100 -> 100.00 2026-04-01..2026-05-01
          platform more 1 x 50 = 50 -> 50.00 2026-04-01..2026-05-01
          = 150.00 - gift 10.01 => 139.99 - paid 139.99 due 0.00
        wallet acme paid 500.00 - 139.99 = 360.01
        wallet acme gift 10.01 - 10.01 = 0.00
        """,
    ),
    Case(
        "grants are drawn by priority, then expiry with none last, then start, then code",
        """
        prices: [{code: base, kind: recurring, amount: 70, timing: arrears}]
        plans: [{code: p, prices: [base]}]
        customers:
          - external_id: acme
            contracts: [{plan: p, start: 2026-04-01}]
            credits:
              - {code: z, amount: 10, kind: prepaid}
              - {code: b, amount: 10, kind: prepaid, effective_from: 2026-01-02}
              - {code: a, amount: 10, kind: prepaid, effective_from: 2026-01-02}
              - {code: y, amount: 10, kind: prepaid, expires_at: 2027-01-01}
              - {code: x, amount: 10, kind: prepaid, expires_at: 2026-12-01}
              - {code: late, amount: 10, kind: prepaid, priority: 51, expires_at: 2026-06-01}
              - {code: first, amount: 15, kind: prepaid, priority: 0}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          platform base 1 x 70 = 70 -> 70.00 2026-04-01..2026-05-01
          = 70.00 => 70.00 - first 15.00 - x 10.00 - y 10.00 - z 10.00 - a 10.00 - b 10.00 \
- late 5.00 due 0.00
        wallet acme z 10.00 - 10.00 = 0.00
        wallet acme b 10.00 - 10.00 = 0.00
        wallet acme a 10.00 - 10.00 = 0.00
        wallet acme y 10.00 - 10.00 = 0.00
        wallet acme x 10.00 - 10.00 = 0.00
        wallet acme late 10.00 - 5.00 = 5.00
        wallet acme first 15.00 - 15.00 = 0.00
        """,
    ),
    Case(
        "a grant pays the part of a line that its events make, a line without events by its days",
        f"""{_METERS}
        prices:
          - {{code: used, kind: usage, meter: M, model: per_unit, unit_price: "0.333"}}
          - {{code: base, kind: recurring, amount: 10, timing: arrears}}
        plans: [{{code: p, prices: [used, base]}}]
        customers:
          - external_id: acme
            contracts: [{{plan: p, start: 2026-04-01}}]
            credits:
              - {{code: early, amount: 500, kind: prepaid, expires_at: 2026-04-01}}
              - {{code: begun, amount: 500, kind: prepaid, effective_from: "2026-04-20T12:00:00Z",
                 expires_at: "2026-04-22T12:00:00Z", applies_to: [usage]}}
              - {{code: last, amount: 500, kind: prepaid, effective_from: 2026-04-30,
                 applies_to: [platform]}}
              - {{code: next, amount: 500, kind: prepaid, effective_from: 2026-05-01}}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used 15 credit x 0.333 = 4.995 -> 5.00 2026-04-01..2026-05-01 events=4
          platform base 1 x 10 = 10 -> 10.00 2026-04-01..2026-05-01
          = 15.00 => 15.00 - begun 3.33 - last 10.00 due 1.67
        wallet acme early 500.00 - 0.00 = 500.00
        wallet acme begun 500.00 - 3.33 = 496.67
        wallet acme last 500.00 - 10.00 = 490.00
        wallet acme next 500.00 - 0.00 = 500.00
        """,
        events="""
            a use 2026-04-20T11:59:59 n=2
            b use 2026-04-20T12:00:00 n=7
            c use 2026-04-22T11:59:59 n=3
            d use 2026-04-22T12:00:00 n=3
        """,
    ),
    Case(
        "the part of a line in tiers is what its events cost",
        f"""{_METERS}
        prices:
          - {{code: used, kind: usage, meter: M, model: graduated,
             tiers: [{{up_to: 10, unit_price: 1, flat_fee: 5}}, {{up_to: null, unit_price: 3}}]}}
        plans: [{{code: p, prices: [used]}}]
        customers:
          - external_id: acme
            contracts: [{{plan: p, start: 2026-04-01}}]
            credits: [{{code: g, amount: 500, kind: prepaid, effective_from: 2026-04-10}}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used 10 credit x 1 = 10 -> 10.00 2026-04-01..2026-05-01 events=2
          usage used 1 x 5 = 5 -> 5.00 2026-04-01..2026-05-01
          usage used 5 credit x 3 = 15 -> 15.00 2026-04-01..2026-05-01 events=1
          = 30.00 => 30.00 - g 24.00 due 6.00
        wallet acme g 500.00 - 24.00 = 476.00
        """,
        events="""
            a use 2026-04-09T00:00:00 n=6
            b use 2026-04-10T00:00:00 n=9
        """,
    ),
    Case(
        "a grant pays sections or prices that it names, and invoices of its currency",
        f"""{_METERS}
        prices:
          - {{code: used, kind: usage, meter: M, model: per_unit, unit_price: 1}}
          - {{code: base, kind: recurring, amount: 10, timing: arrears}}
          - {{code: more, kind: recurring, amount: 20, timing: arrears, section: premium}}
        plans: [{{code: p, prices: [used, base, more]}}]
        customers:
          - external_id: acme
            contracts: [{{plan: p, start: 2026-04-01}}]
            credits:
              - {{code: a, amount: 500, kind: prepaid, currency: EUR}}
              - {{code: b, amount: 500, kind: prepaid, applies_to: [base]}}
              - {{code: c, amount: 500, kind: prepaid, applies_to: [premium, used], priority: 40}}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used 5 credit x 1 = 5 -> 5.00 2026-04-01..2026-05-01 events=1
          platform base 1 x 10 = 10 -> 10.00 2026-04-01..2026-05-01
          premium more 1 x 20 = 20 -> 20.00 2026-04-01..2026-05-01
          = 35.00 => 35.00 - c 25.00 - b 10.00 due 0.00
        wallet acme a 500.00 - 0.00 = 500.00
        wallet acme b 500.00 - 10.00 = 490.00
        wallet acme c 500.00 - 25.00 = 475.00
        """,
        events="a use 2026-04-10T00:00:00 n=5",
    ),
)
