"""Documents about seats, with what they come to."""

from datetime import date

from tests.plan_file.law.telling import Case

CASES = (
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
          platform base 1 x 30 = 30 -> 30.00 2026-04-01..2026-05-01 since=2026-01-01
          platform seats 10 seat x 3 = 20 -> 20.00 2026-04-01..2026-04-21
          platform seats 20 seat x 3 = 20 -> 20.00 2026-04-21..2026-05-01
          usage used 4 unit x 1 = 4 -> 4.00 2026-04-01..2026-04-16 events=1
          usage used 5 unit x 2 = 10 -> 10.00 2026-04-16..2026-05-01 events=1 since=2026-04-16
          = 84.00 => 84.00 due 84.00
        """,
        events="""
            a use 2026-04-15T23:59:59 n=4
            b use 2026-04-16T00:00:00 n=5
        """,
    ),
)
