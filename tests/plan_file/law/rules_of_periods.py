"""Documents about periods and fees, with what they come to."""

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
        "a line is rounded once, to the currency's minor unit, as the document says",
        """
        currency: JPY
        invoice_rounding: half_even
        prices:
          - {code: a, kind: recurring, amount: "0.5"}
          - {code: b, kind: recurring, amount: "1.5"}
          - {code: c, kind: recurring, amount: "2.5005"}
        plans: [{code: p, prices: [a, b, c]}, {code: q, currency: KWD, prices: [a, c]}]
        customers:
          - external_id: acme
            contracts:
              - {plan: p, start: 2026-04-01, end: 2026-05-01}
              - {plan: q, start: 2026-04-01, end: 2026-05-01}
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-04-01
          platform a 1 x 0.5 = 0.5 -> 0 2026-04-01..2026-05-01
          platform b 1 x 1.5 = 1.5 -> 2 2026-04-01..2026-05-01
          platform c 1 x 2.5005 = 2.5005 -> 3 2026-04-01..2026-05-01
          = 5 => 5 due 5
        acme 2026-04-01..2026-05-01 issued 2026-04-01
          platform a 1 x 0.5 = 0.5 -> 0.500 2026-04-01..2026-05-01
          platform c 1 x 2.5005 = 2.5005 -> 2.500 2026-04-01..2026-05-01
          = 3.000 => 3.000 due 3.000
        """,
    ),
)
