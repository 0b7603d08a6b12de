"""Documents about periods, fees, seats and phases, with what they come to."""

from datetime import date

from tests.plan_file.law.telling import Case

CASES = (
    Case(
        "the first and the last period cost their days of the full one",
        """
        prices:
          - {code: base, kind: recurring, amount: 280}
          - {code: tail, kind: recurring, amount: 31, timing: arrears}
        plans: [{code: p, prices: [base, tail]}]
        customers:
          - external_id: acme
            contracts: [{plan: p, start: 2026-01-11, end: 2026-02-16, anchor_day: 1}]
        """,
        """
        acme 2026-01-11..2026-02-01 issued 2026-01-11
          platform base 1 x 280 = 189.677419354838709677 -> 189.68 2026-01-11..2026-02-01
          = 189.68 => 189.68 due 189.68
        acme 2026-01-11..2026-02-01 issued 2026-02-01
          platform tail 1 x 31 = 21 -> 21.00 2026-01-11..2026-02-01
          platform base 1 x 280 = 150 -> 150.00 2026-02-01..2026-02-16
          = 171.00 => 171.00 due 171.00
        acme 2026-02-01..2026-02-16 issued 2026-02-16
          platform tail 1 x 31 = 16.607142857142857143 -> 16.61 2026-02-01..2026-02-16
          = 16.61 => 16.61 due 16.61
        """,
        to_date=date(2027, 1, 1),
    ),
    Case(
        "a period that begins on the 31st begins on the last day of a shorter month",
        """
        prices: [{code: base, kind: recurring, amount: 10, timing: arrears}]
        plans: [{code: p, prices: [base], net_terms_days: 30}]
        customers:
          - {external_id: acme, contracts: [{plan: p, start: 2024-01-31, net_terms_days: 5}]}
        """,
        """
        acme 2024-01-31..2024-02-29 issued 2024-02-29 due 2024-03-05
          platform base 1 x 10 = 10 -> 10.00 2024-01-31..2024-02-29
          = 10.00 => 10.00 due 10.00
        acme 2024-02-29..2024-03-31 issued 2024-03-31 due 2024-04-05
          platform base 1 x 10 = 10 -> 10.00 2024-02-29..2024-03-31
          = 10.00 => 10.00 due 10.00
        """,
        to_date=date(2024, 3, 31),
    ),
    Case(
        "the days of a first period are of the full one that ends where it does",
        """
        prices: [{code: base, kind: recurring, amount: 31, timing: arrears}]
        plans: [{code: p, prices: [base], net_terms_days: 30}]
        customers:
          - {external_id: acme, contracts: [{plan: p, start: 2023-01-15, anchor_day: 31}]}
        """,
        """
        acme 2023-01-15..2023-01-31 issued 2023-01-31 due 2023-03-02
          platform base 1 x 31 = 16 -> 16.00 2023-01-15..2023-01-31
          = 16.00 => 16.00 due 16.00
        """,
    ),
    Case(
        "weeks are anchored on 1 to 7 from Monday",
        """
        prices: [{code: base, kind: recurring, amount: 70, timing: arrears}]
        plans: [{code: p, prices: [base], billing_period: week}]
        customers:
          - {external_id: acme, contracts: [{plan: p, start: 2026-01-07, anchor_day: 1}]}
        """,
        """
        acme 2026-01-07..2026-01-12 issued 2026-01-12
          platform base 1 x 70 = 50 -> 50.00 2026-01-07..2026-01-12
          = 50.00 => 50.00 due 50.00
        acme 2026-01-12..2026-01-19 issued 2026-01-19
          platform base 1 x 70 = 70 -> 70.00 2026-01-12..2026-01-19
          = 70.00 => 70.00 due 70.00
        """,
        to_date=date(2026, 1, 19),
    ),
    Case(
        "weeks begin on the weekday of the start unless they are anchored",
        """
        prices: [{code: base, kind: recurring, amount: 70, timing: arrears}]
        plans: [{code: p, prices: [base], billing_period: week}]
        customers:
          - {external_id: acme, contracts: [{plan: p, start: 2026-01-07, end: 2026-01-16}]}
        """,
        """
        acme 2026-01-07..2026-01-14 issued 2026-01-14
          platform base 1 x 70 = 70 -> 70.00 2026-01-07..2026-01-14
          = 70.00 => 70.00 due 70.00
        acme 2026-01-14..2026-01-16 issued 2026-01-16
          platform base 1 x 70 = 20 -> 20.00 2026-01-14..2026-01-16
          = 20.00 => 20.00 due 20.00
        """,
        to_date=date(2027, 1, 1),
    ),
    Case(
        "a quarter begins where the anchor date says, of any year",
        """
        prices: [{code: base, kind: recurring, amount: 92, timing: arrears}]
        plans: [{code: p, prices: [base], billing_period: quarter}]
        customers:
          - {external_id: acme,
             contracts: [{plan: p, start: 2026-01-01, anchor_date: 2025-08-01}]}
        """,
        """
        acme 2026-01-01..2026-02-01 issued 2026-02-01
          platform base 1 x 92 = 31 -> 31.00 2026-01-01..2026-02-01
          = 31.00 => 31.00 due 31.00
        acme 2026-02-01..2026-05-01 issued 2026-05-01
          platform base 1 x 92 = 92 -> 92.00 2026-02-01..2026-05-01
          = 92.00 => 92.00 due 92.00
        """,
        to_date=date(2026, 3, 1),
    ),
    Case(
        "a quarter begins with the contract, and ends on the last day of February",
        """
        prices: [{code: base, kind: recurring, amount: 92, timing: arrears}]
        plans: [{code: p, prices: [base], billing_period: quarter}]
        customers: [{external_id: acme, contracts: [{plan: p, start: 2025-11-30}]}]
        """,
        """
        acme 2025-11-30..2026-02-28 issued 2026-02-28
          platform base 1 x 92 = 92 -> 92.00 2025-11-30..2026-02-28
          = 92.00 => 92.00 due 92.00
        acme 2026-02-28..2026-05-30 issued 2026-05-30
          platform base 1 x 92 = 92 -> 92.00 2026-02-28..2026-05-30
          = 92.00 => 92.00 due 92.00
        """,
        to_date=date(2026, 3, 1),
    ),
    Case(
        "a leap year has 366 days",
        """
        prices: [{code: base, kind: recurring, amount: 366, timing: arrears}]
        plans: [{code: p, prices: [base], billing_period: year}]
        customers:
          - {external_id: acme, contracts: [{plan: p, start: 2024-01-01, end: 2024-03-01}]}
        """,
        """
        acme 2024-01-01..2024-03-01 issued 2024-03-01
          platform base 1 x 366 = 60 -> 60.00 2024-01-01..2024-03-01
          = 60.00 => 60.00 due 60.00
        """,
        to_date=date(2027, 1, 1),
    ),
    Case(
        "a year begins where the anchor date says, on the 29th of February on the last day",
        """
        prices: [{code: base, kind: recurring, amount: 365, timing: arrears}]
        plans: [{code: p, prices: [base], billing_period: year}]
        customers:
          - {external_id: acme,
             contracts: [{plan: p, start: 2026-02-01, anchor_date: 2024-02-29}]}
        """,
        """
        acme 2026-02-01..2026-02-28 issued 2026-02-28
          platform base 1 x 365 = 27 -> 27.00 2026-02-01..2026-02-28
          = 27.00 => 27.00 due 27.00
        """,
    ),
    Case(
        "a seat is a line for each run of days with one quantity, a day of 23 hours is one",
        """
        timezone: America/New_York
        prices: [{code: seats, kind: seat, unit_price: 31}]
        plans: [{code: p, prices: [seats]}]
        customers:
          - external_id: acme
            contracts:
              - plan: p
                start: 2026-03-01
                end: 2026-04-01
                quantities:
                  seats:
                    - {from: 2026-03-09, quantity: 2}
                    - {from: 2026-03-01, quantity: 1}
                    - {from: 2026-03-20, quantity: 2}
                    - {from: 2026-03-30, quantity: 0}
        """,
        """
        acme 2026-03-01..2026-04-01 issued 2026-03-01
          platform seats 1 seat x 31 = 8 -> 8.00 2026-03-01..2026-03-09
          platform seats 2 seat x 31 = 42 -> 42.00 2026-03-09..2026-03-30
          = 50.00 => 50.00 due 50.00
        """,
    ),
    Case(
        "graduated seats are split day by day, the flat fee of a tier is whole once entered",
        """
        prices:
          - {code: seats, kind: seat, model: graduated, tiers: [
              {up_to: 5, unit_price: 10, flat_fee: 7}, {up_to: null, unit_price: 6, flat_fee: 3}]}
        plans: [{code: p, prices: [seats]}]
        customers:
          - external_id: acme
            contracts:
              - plan: p
                start: 2026-04-01
                end: 2026-05-01
                quantities:
                  seats: [{from: 2026-04-01, quantity: 5}, {from: 2026-04-11, quantity: 8}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-04-01
          platform seats 5 seat x 10 = 16.666666666666666667 -> 16.67 2026-04-01..2026-04-11
          platform seats 1 x 7 = 7 -> 7.00 2026-04-01..2026-05-01
          platform seats 5 seat x 10 = 33.333333333333333333 -> 33.33 2026-04-11..2026-05-01
          platform seats 3 seat x 6 = 12 -> 12.00 2026-04-11..2026-05-01
          platform seats 1 x 3 = 3 -> 3.00 2026-04-01..2026-05-01
          = 72.00 => 72.00 due 72.00
        """,
    ),
    Case(
        "volume seats are priced by the highest quantity of the period",
        """
        prices:
          - {code: seats, kind: seat, model: volume, tiers: [
              {up_to: 5, unit_price: 10, flat_fee: 7}, {up_to: null, unit_price: 6, flat_fee: 3}]}
        plans: [{code: p, prices: [seats]}]
        customers:
          - external_id: acme
            contracts:
              - plan: p
                start: 2026-04-01
                end: 2026-05-01
                quantities:
                  seats: [{from: 2026-04-01, quantity: 5}, {from: 2026-04-11, quantity: 8},
                          {from: 2026-04-21, quantity: 4}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-04-01
          platform seats 5 seat x 6 = 10 -> 10.00 2026-04-01..2026-04-11
          platform seats 1 x 3 = 3 -> 3.00 2026-04-01..2026-05-01
          platform seats 8 seat x 6 = 16 -> 16.00 2026-04-11..2026-04-21
          platform seats 4 seat x 6 = 8 -> 8.00 2026-04-21..2026-05-01
          = 37.00 => 37.00 due 37.00
        """,
    ),
    Case(
        "without proration the first day's quantity is due in full, also in a short period",
        """
        prices:
          - {code: seats, kind: seat, unit_price: 30, prorate: none}
          - {code: base, kind: recurring, amount: 9, prorate: none, timing: arrears}
        plans: [{code: p, prices: [seats, base]}]
        customers:
          - external_id: acme
            contracts:
              - plan: p
                start: 2026-04-16
                end: 2026-05-11
                anchor_day: 1
                quantities:
                  seats: [{from: 2026-04-01, quantity: 5}, {from: 2026-04-20, quantity: 8}]
        """,
        """
        acme 2026-04-16..2026-05-01 issued 2026-04-16
          platform seats 5 seat x 30 = 150 -> 150.00 2026-04-16..2026-05-01
          = 150.00 => 150.00 due 150.00
        acme 2026-04-16..2026-05-01 issued 2026-05-01
          platform base 1 x 9 = 9 -> 9.00 2026-04-16..2026-05-01
          platform seats 8 seat x 30 = 240 -> 240.00 2026-05-01..2026-05-11
          = 249.00 => 249.00 due 249.00
        acme 2026-05-01..2026-05-11 issued 2026-05-11
          platform base 1 x 9 = 9 -> 9.00 2026-05-01..2026-05-11
          = 9.00 => 9.00 due 9.00
        """,
        to_date=date(2027, 1, 1),
    ),
    Case(
        "a fee and a seat take the version of the first day, usage that of its time",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n, unit: unit}]
        prices:
          - {code: base, kind: recurring, amount: 30, timing: arrears,
             effective_from: 2026-01-01, effective_to: 2026-04-16}
          - {code: base, kind: recurring, amount: 60, timing: arrears, effective_from: 2026-04-16}
          - {code: seats, kind: seat, unit_price: 3, timing: arrears, effective_to: 2026-04-16}
          - {code: seats, kind: seat, unit_price: 6, timing: arrears, effective_from: 2026-04-16}
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 1,
             effective_to: 2026-04-16}
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 2,
             effective_from: 2026-04-16}
        plans: [{code: p, prices: [base, seats, used]}]
        customers:
          - external_id: acme
            contracts:
              - plan: p
                start: 2026-04-01
                quantities:
                  seats: [{from: 2026-04-01, quantity: 10}, {from: 2026-04-21, quantity: 20}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          platform base 1 x 30 = 30 -> 30.00 2026-04-01..2026-05-01 rate_version=2026-01-01
          platform seats 10 seat x 3 = 20 -> 20.00 2026-04-01..2026-04-21
          platform seats 20 seat x 3 = 20 -> 20.00 2026-04-21..2026-05-01
          usage used 4 unit x 1 = 4 -> 4.00 2026-04-01..2026-04-16 events=1
          usage used 5 unit x 2 = 10 -> 10.00 2026-04-16..2026-05-01 events=1 rate_version=2026-04-16
          = 84.00 => 84.00 due 84.00
        """,
        events="""
            a use 2026-04-15T23:59:59 n=4
            b use 2026-04-16T00:00:00 n=5
        """,
    ),
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
          platform kept 1 x 90 = 30 -> 30.00 2026-04-01..2026-04-11 rate_version=2026-01-01
          platform kept 1 x 90 = 60 -> 60.00 2026-04-11..2026-05-01 rate_version=2026-01-01
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
)
