"""Documents about minimums, maximums, commitments and performance, with what they come to."""

from datetime import date

from tests.plan_file.law.telling import Case

CASES = (
    Case(
        "a minimum and a maximum are prorated, rounded, and trued up on a line of their own",
        """
        meters:
          - {code: M, event_name: use, aggregation: sum, property: n}
          - {code: N, event_name: other, aggregation: sum, property: n}
        prices:
          - {code: least, kind: usage, meter: M, model: per_unit, unit_price: "0.335",
             minimum_amount: 100, effective_from: 2026-01-01}
          - {code: most, kind: usage, meter: N, model: per_unit, unit_price: 1,
             maximum_amount: 25}
        plans: [{code: p, prices: [least, most]}]
        customers:
          - {external_id: acme, contracts: [{plan: p, start: 2026-04-15, anchor_day: 1}]}
        """,
        """
        acme 2026-04-15..2026-05-01 issued 2026-05-01
          usage least 3 x 0.335 = 1.005 -> 1.01 2026-04-15..2026-05-01 events=1 since=2026-01-01
          true_up least 1 x - = 52.32 -> 52.32 2026-04-15..2026-05-01 since=2026-01-01
          usage most 20 x 1 = 20 -> 20.00 2026-04-15..2026-05-01 events=1
          true_up most 1 x - = -6.67 -> -6.67 2026-04-15..2026-05-01
          = 66.66 => 66.66 due 66.66
        """,
        events="""
            a use 2026-04-20T00:00:00 n=3
            b other 2026-04-20T00:00:00 n=20
        """,
    ),
    Case(
        "a minimum is due without usage, and none beyond it",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n}]
        prices:
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 1, minimum_amount: 5}
        plans: [{code: p, prices: [used]}]
        customers: [{external_id: acme, contracts: [{plan: p, start: 2026-04-01}]}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          true_up used 1 x - = 5 -> 5.00 2026-04-01..2026-05-01
          = 5.00 => 5.00 due 5.00
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          usage used 5 x 1 = 5 -> 5.00 2026-05-01..2026-06-01 events=1
          = 5.00 => 5.00 due 5.00
        """,
        events="a use 2026-05-20T00:00:00 n=5",
    ),
    Case(
        "the limits of a price are those of the first day, also where another version follows",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n}]
        prices:
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 1,
             minimum_amount: 60, effective_to: 2026-04-16}
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 2,
             minimum_amount: 90, effective_from: 2026-04-16}
        plans: [{code: p, prices: [used]}]
        customers: [{external_id: acme, contracts: [{plan: p, start: 2026-04-01}]}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used 1 x 1 = 1 -> 1.00 2026-04-01..2026-04-16 events=1
          usage used 1 x 2 = 2 -> 2.00 2026-04-16..2026-05-01 events=1 since=2026-04-16
          true_up used 1 x - = 57 -> 57.00 2026-04-01..2026-05-01
          = 60.00 => 60.00 due 60.00
        """,
        events="""
            a use 2026-04-10T00:00:00 n=1
            b use 2026-04-20T00:00:00 n=1
        """,
    ),
    Case(
        "a commitment counts all lines for its period, whenever they are billed",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n}]
        prices:
          - {code: base, kind: recurring, amount: 30}
          - {code: setup, kind: one_time, amount: 11}
          - {code: tail, kind: recurring, amount: 6, timing: arrears}
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 1, minimum_amount: 8}
        plans: [{code: p, prices: [used, base, setup, tail], minimum_commitment: 200}]
        customers:
          - {external_id: acme,
             contracts: [{plan: p, start: 2026-04-16, end: 2026-06-01, anchor_day: 1}]}
        """,
        """
        acme 2026-04-16..2026-05-01 issued 2026-04-16
          platform base 1 x 30 = 15 -> 15.00 2026-04-16..2026-05-01
          one_time setup 1 x 11 = 11 -> 11.00 2026-04-16..2026-05-01
          = 26.00 => 26.00 due 26.00
        acme 2026-04-16..2026-05-01 issued 2026-05-01
          usage used 1 x 1 = 1 -> 1.00 2026-04-16..2026-05-01 events=1
          true_up used 1 x - = 3 -> 3.00 2026-04-16..2026-05-01
          platform tail 1 x 6 = 3 -> 3.00 2026-04-16..2026-05-01
          true_up - 1 x - = 67 -> 67.00 2026-04-16..2026-05-01
          platform base 1 x 30 = 30 -> 30.00 2026-05-01..2026-06-01
          = 104.00 => 104.00 due 104.00
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          true_up used 1 x - = 8 -> 8.00 2026-05-01..2026-06-01
          platform tail 1 x 6 = 6 -> 6.00 2026-05-01..2026-06-01
          true_up - 1 x - = 156 -> 156.00 2026-05-01..2026-06-01
          = 170.00 => 170.00 due 170.00
        """,
        events="a use 2026-04-20T00:00:00 n=1",
        to_date=date(2027, 1, 1),
    ),
    Case(
        "performance is percent of rounded lines and an amount, by the band that ends at a bound",
        """
        meters:
          - {code: GOOD, event_name: good, aggregation: count}
          - {code: ALL, event_name: all, aggregation: sum, property: n}
        prices:
          - {code: bonus, kind: performance, measure: {divide: GOOD, by: ALL}, of: [base, used],
             bands: [{up_to: "0.5", percent: -10}, {up_to: "0.9", percent: 0, amount: -3},
                     {up_to: null, percent: "5", amount: "1"}]}
          - {code: base, kind: recurring, amount: 100}
          - {code: used, kind: usage, meter: ALL, model: per_unit, unit_price: "0.335"}
          - {code: other, kind: recurring, amount: 1000, timing: arrears}
        plans: [{code: p, prices: [bonus, base, used, other]}]
        customers:
          - {external_id: acme,
             contracts: [{plan: p, start: 2026-04-16, end: 2026-08-01, anchor_day: 1}]}
        """,
        """
        acme 2026-04-16..2026-05-01 issued 2026-04-16
          platform base 1 x 100 = 50 -> 50.00 2026-04-16..2026-05-01
          = 50.00 => 50.00 due 50.00
        acme 2026-04-16..2026-05-01 issued 2026-05-01
          usage bonus 1 x - = -5.067 -> -5.07 2026-04-16..2026-05-01
          usage used 2 x 0.335 = 0.67 -> 0.67 2026-04-16..2026-05-01 events=1
          platform other 1 x 1000 = 500 -> 500.00 2026-04-16..2026-05-01
          platform base 1 x 100 = 100 -> 100.00 2026-05-01..2026-06-01
          = 595.60 => 595.60 due 595.60
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          usage bonus 1 x - = 6.1005 -> 6.10 2026-05-01..2026-06-01
          usage used 6 x 0.335 = 2.01 -> 2.01 2026-05-01..2026-06-01 events=3
          platform other 1 x 1000 = 1000 -> 1000.00 2026-05-01..2026-06-01
          platform base 1 x 100 = 100 -> 100.00 2026-06-01..2026-07-01
          = 1108.11 => 1108.11 due 1108.11
        acme 2026-06-01..2026-07-01 issued 2026-07-01
          platform other 1 x 1000 = 1000 -> 1000.00 2026-06-01..2026-07-01
          platform base 1 x 100 = 100 -> 100.00 2026-07-01..2026-08-01
          = 1100.00 => 1100.00 due 1100.00
        acme 2026-07-01..2026-08-01 issued 2026-08-01
          usage bonus 1 x - = -3 -> -3.00 2026-07-01..2026-08-01
          usage used 1.25 x 0.335 = 0.41875 -> 0.42 2026-07-01..2026-08-01 events=1
          platform other 1 x 1000 = 1000 -> 1000.00 2026-07-01..2026-08-01
          = 997.42 => 997.42 due 997.42
        """,
        events="""
            a good 2026-04-20T00:00:00
            b all 2026-04-20T00:00:00 n=2
            c good 2026-05-20T00:00:00
            d good 2026-05-20T00:00:00
            e good 2026-05-20T00:00:00
            f good 2026-05-20T00:00:00
            g good 2026-05-20T00:00:00
            h good 2026-05-20T00:00:00
            i all 2026-05-20T00:00:00 n=1
            j all 2026-05-20T00:00:00 n=2
            k all 2026-05-20T00:00:00 n=3
            l good 2026-06-20T00:00:00
            m good 2026-07-20T00:00:00
            n all 2026-07-20T00:00:00 n=1.25
        """,
        to_date=date(2027, 1, 1),
    ),
    Case(
        "performance of 0 is no line, a measure of nothing falls into the first band",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n}]
        prices:
          - {code: used, kind: performance, measure: M, of: [base],
             bands: [{up_to: 0, amount: 4}, {up_to: 5}, {up_to: 10, percent: 50}]}
          - {code: base, kind: recurring, amount: 10, timing: arrears}
        plans: [{code: p, prices: [base, used]}]
        customers: [{external_id: acme, contracts: [{plan: p, start: 2026-04-01}]}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          platform base 1 x 10 = 10 -> 10.00 2026-04-01..2026-05-01
          usage used 1 x - = 4 -> 4.00 2026-04-01..2026-05-01
          = 14.00 => 14.00 due 14.00
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          platform base 1 x 10 = 10 -> 10.00 2026-05-01..2026-06-01
          = 10.00 => 10.00 due 10.00
        acme 2026-06-01..2026-07-01 issued 2026-07-01
          platform base 1 x 10 = 10 -> 10.00 2026-06-01..2026-07-01
          usage used 1 x - = 5 -> 5.00 2026-06-01..2026-07-01
          = 15.00 => 15.00 due 15.00
        acme 2026-07-01..2026-08-01 issued 2026-08-01
          platform base 1 x 10 = 10 -> 10.00 2026-07-01..2026-08-01
          = 10.00 => 10.00 due 10.00
        """,
        events="""
            a use 2026-05-20T00:00:00 n=5
            b use 2026-06-20T00:00:00 n=10
            c use 2026-07-20T00:00:00 n=11
        """,
    ),
)
