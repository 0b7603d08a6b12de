"""Documents about phases and overrides, with what they come to."""

from datetime import date

from tests.plan_file.law.telling import Case

CASES = (
    Case(
        "a fee that runs across phases is a line for each, one without proration is due once",
        """
        prices:
          - {code: base, kind: recurring, amount: 30}
          - {code: kept, kind: recurring, amount: 60, effective_from: 2026-01-01}
          - {code: once, kind: recurring, amount: 7, prorate: none}
        plans: [{code: p, prices: [base, kept, once]}]
        customers:
          - external_id: acme
            contracts:
              - plan: p
                start: 2026-04-01
                end: 2026-05-01
                overrides: {kept: {amount: 90}}
                phases: [{from: 2026-04-11, overrides: {base: {amount: 45}}}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-04-01
          platform base 1 x 30 = 10 -> 10.00 2026-04-01..2026-04-11
          platform base 1 x 45 = 30 -> 30.00 2026-04-11..2026-05-01
          platform kept 1 x 90 = 30 -> 30.00 2026-04-01..2026-04-11 since=2026-01-01
          platform kept 1 x 90 = 60 -> 60.00 2026-04-11..2026-05-01 since=2026-01-01
          platform once 1 x 7 = 7 -> 7.00 2026-04-01..2026-05-01
          = 137.00 => 137.00 due 137.00
        """,
    ),
    Case(
        "a price that a phase names takes its override alone",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n}]
        prices: [{code: used, kind: usage, meter: M, model: per_unit, unit_price: 1}]
        plans: [{code: p, prices: [used]}]
        customers:
          - external_id: acme
            contracts:
              - plan: p
                start: 2026-04-01
                overrides: {used: {unit_price: 5, minimum_amount: 300}}
                phases: [{from: 2026-04-21, overrides: {used: {name: Used}}}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used 10 x 5 = 50 -> 50.00 2026-04-01..2026-04-21 events=1
          usage used 10 x 1 = 10 -> 10.00 2026-04-21..2026-05-01 events=1
          true_up used 1 x - = 150 -> 150.00 2026-04-01..2026-04-21
          = 210.00 => 210.00 due 210.00
        """,
        events="""
            a use 2026-04-20T23:00:00 n=10
            b use 2026-04-21T00:00:00 n=10
        """,
    ),
    Case(
        "another plan has its own fees for its days and its own commitment",
        """
        prices:
          - {code: small, kind: recurring, amount: 30}
          - {code: large, kind: recurring, amount: 90, timing: arrears}
          - {code: setup, kind: one_time, amount: 11}
        plans:
          - {code: p, prices: [small, setup], minimum_commitment: 300}
          - {code: q, prices: [large], minimum_commitment: 600, commitment_tax_code: C}
        customers:
          - external_id: acme
            contracts:
              - {plan: p, start: 2026-04-01, end: 2026-05-01, phases: [{from: 2026-04-16, plan: q}]}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-04-01
          platform small 1 x 30 = 15 -> 15.00 2026-04-01..2026-04-16
          one_time setup 1 x 11 = 11 -> 11.00 2026-04-01..2026-05-01
          = 26.00 => 26.00 due 26.00
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          platform large 1 x 90 = 45 -> 45.00 2026-04-16..2026-05-01
          true_up - 1 x - = 124 -> 124.00 2026-04-01..2026-04-16
          true_up - 1 x - = 255 -> 255.00 2026-04-16..2026-05-01
          = 424.00 => 424.00 due 424.00
        """,
        to_date=date(2027, 1, 1),
    ),
    Case(
        "tiers go on across phases",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n}]
        prices:
          - {code: used, kind: usage, meter: M, model: graduated,
             tiers: [{up_to: 10, unit_price: 1}, {up_to: null, unit_price: "0.5"}]}
        plans: [{code: p, prices: [used]}]
        customers:
          - external_id: acme
            contracts:
              - plan: p
                start: 2026-04-01
                phases: [{from: 2026-04-16, overrides: {used: {name: Used}}}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used 8 x 1 = 8 -> 8.00 2026-04-01..2026-04-16 events=1
          usage used 2 x 1 = 2 -> 2.00 2026-04-16..2026-05-01 events=1
          usage used 6 x 0.5 = 3 -> 3.00 2026-04-16..2026-05-01 events=1
          = 13.00 => 13.00 due 13.00
        """,
        events="""
            a use 2026-04-10T00:00:00 n=8
            b use 2026-04-20T00:00:00 n=8
        """,
    ),
    Case(
        "lines stand in the order of the plan with which their period begins, then a later one's",
        """
        prices:
          - {code: a, kind: recurring, amount: 1}
          - {code: b, kind: recurring, amount: 2}
          - {code: c, kind: recurring, amount: 3}
          - {code: d, kind: recurring, amount: 4, timing: arrears}
          - {code: e, kind: recurring, amount: 5, timing: arrears}
        plans: [{code: p, prices: [a, b, e]}, {code: q, prices: [e, d, c, b, a]}]
        customers:
          - external_id: acme
            contracts:
              - {plan: p, start: 2026-03-01, end: 2026-05-01, phases: [{from: 2026-04-01, plan: q}]}
          - external_id: other
            contracts:
              - {plan: q, start: 2026-04-01, end: 2026-05-01, phases: [{from: 2026-04-16, plan: p}]}
        """,
        """
        acme 2026-03-01..2026-04-01 issued 2026-03-01
          platform a 1 x 1 = 1 -> 1.00 2026-03-01..2026-04-01
          platform b 1 x 2 = 2 -> 2.00 2026-03-01..2026-04-01
          = 3.00 => 3.00 due 3.00
        acme 2026-03-01..2026-04-01 issued 2026-04-01
          platform e 1 x 5 = 5 -> 5.00 2026-03-01..2026-04-01
          platform c 1 x 3 = 3 -> 3.00 2026-04-01..2026-05-01
          platform b 1 x 2 = 2 -> 2.00 2026-04-01..2026-05-01
          platform a 1 x 1 = 1 -> 1.00 2026-04-01..2026-05-01
          = 11.00 => 11.00 due 11.00
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          platform e 1 x 5 = 5 -> 5.00 2026-04-01..2026-05-01
          platform d 1 x 4 = 4 -> 4.00 2026-04-01..2026-05-01
          = 9.00 => 9.00 due 9.00
        other 2026-04-01..2026-05-01 issued 2026-04-01
          platform c 1 x 3 = 1.5 -> 1.50 2026-04-01..2026-04-16
          platform b 1 x 2 = 1 -> 1.00 2026-04-01..2026-04-16
          platform b 1 x 2 = 1 -> 1.00 2026-04-16..2026-05-01
          platform a 1 x 1 = 0.5 -> 0.50 2026-04-01..2026-04-16
          platform a 1 x 1 = 0.5 -> 0.50 2026-04-16..2026-05-01
          = 4.50 => 4.50 due 4.50
        other 2026-04-01..2026-05-01 issued 2026-05-01
          platform e 1 x 5 = 2.5 -> 2.50 2026-04-01..2026-04-16
          platform e 1 x 5 = 2.5 -> 2.50 2026-04-16..2026-05-01
          platform d 1 x 4 = 2 -> 2.00 2026-04-01..2026-04-16
          = 7.00 => 7.00 due 7.00
        """,
        to_date=date(2027, 1, 1),
    ),
    Case(
        "an override replaces keys, its entries those of equal match in every version",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n, group_keys: [g]}]
        rate_cards:
          - code: card
            meter: M
            versions:
              - {effective_from: 2026-01-01, effective_to: 2026-04-16,
                 entries: [{match: {g: a}, rate: 1}, {match: {g: b}, rate: 2}]}
              - {effective_from: 2026-04-16, entries: [{match: {g: a}, rate: 3}]}
        prices:
          - {code: used, kind: usage, meter: M, model: per_unit, rate_card: card,
             fallback_rate: 9}
        plans: [{code: p, prices: [used]}]
        customers:
          - external_id: acme
            contracts:
              - plan: p
                start: 2026-04-01
                overrides:
                  used: {fallback_rate: 8, entries: [{match: {g: a}, rate: 5},
                                                     {match: {g: c}, rate: 6}]}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used g:a 1 x 5 = 5 -> 5.00 2026-04-01..2026-04-16 events=1 since=2026-01-01
          usage used g:b 1 x 2 = 2 -> 2.00 2026-04-01..2026-04-16 events=1 since=2026-01-01
          usage used g:a 1 x 5 = 5 -> 5.00 2026-04-16..2026-05-01 events=1 since=2026-04-16
          usage used g:c 1 x 6 = 6 -> 6.00 2026-04-16..2026-05-01 events=1 since=2026-04-16
          usage used g:b 1 x 8 = 8 -> 8.00 2026-04-16..2026-05-01 events=1 since=2026-04-16
          = 26.00 => 26.00 due 26.00
        unmatched acme used {"g": "b"} 1 1 null
        """,
        events="""
            a use 2026-04-10T00:00:00 n=1 g=a
            b use 2026-04-10T00:00:00 n=1 g=b
            c use 2026-04-20T00:00:00 n=1 g=a
            d use 2026-04-20T00:00:00 n=1 g=b
            e use 2026-04-20T00:00:00 n=1 g=c
        """,
    ),
)
