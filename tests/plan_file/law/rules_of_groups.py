"""Documents about groups, pools, invoices and the dates that are asked for."""

from datetime import date

from tests.plan_file.law.telling import Case

_POOLED = """
        meters: [{code: M, event_name: use, aggregation: sum, property: n, unit: minute}]
        prices:
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 1,
             included: {quantity: 10, pool: shared, scope: group}}
        plans: [{code: p, prices: [used]}, {code: q, prices: [used], billing_period: week}]
"""

CASES = (
    Case(
        "the lines of a child stand on the head's invoice of that day, paid by the child's grants",
        """
        prices:
          - {code: base, kind: recurring, amount: 100, timing: arrears}
          - {code: more, kind: recurring, amount: 31, timing: arrears}
        plans: [{code: p, prices: [base]}, {code: q, prices: [more], net_terms_days: 9}]
        customers:
          - external_id: kid
            parent: head
            bill_to_parent: true
            contracts: [{plan: q, start: 2026-03-01}]
            credits: [{code: own, amount: 7, kind: promotional}]
          - external_id: alone
            parent: head
            contracts: [{plan: p, start: 2026-03-01}]
          - external_id: head
            contracts: [{plan: p, start: 2026-03-01, end: 2026-04-01}]
            credits: [{code: heads, amount: 500, kind: prepaid}]
        """,
        """
        alone 2026-03-01..2026-04-01 issued 2026-04-01
          platform base 1 x 100 = 100 -> 100.00 2026-03-01..2026-04-01
          = 100.00 => 100.00 due 100.00
        alone 2026-04-01..2026-05-01 issued 2026-05-01
          platform base 1 x 100 = 100 -> 100.00 2026-04-01..2026-05-01
          = 100.00 => 100.00 due 100.00
        head 2026-03-01..2026-04-01 issued 2026-04-01
          platform base 1 x 100 = 100 -> 100.00 2026-03-01..2026-04-01
          platform more 1 x 31 = 31 -> 31.00 2026-03-01..2026-04-01 customer=kid
          = 131.00 - own 7.00 => 124.00 - heads 100.00 due 24.00
        head 2026-04-01..2026-05-01 issued 2026-05-01 due 2026-05-10
          platform more 1 x 31 = 31 -> 31.00 2026-04-01..2026-05-01 customer=kid
          = 31.00 => 31.00 due 31.00
        wallet kid own 7.00 - 7.00 = 0.00
        wallet head heads 500.00 - 100.00 = 400.00
        """,
        to_date=date(2026, 5, 1),
    ),
    Case(
        "in a pool of a group contracts add up, and it is used in the order of the events",
        f"""{_POOLED}
        customers:
          - {{external_id: head, contracts: [{{plan: p, start: 2026-04-01}}]}}
          - {{external_id: kid, parent: head, bill_to_parent: true,
             contracts: [{{plan: p, start: 2026-04-16, anchor_day: 1}}]}}
        """,
        """
        head 2026-04-01..2026-05-01 issued 2026-05-01
          included used 11 minute x 0 = 0 -> 0.00 2026-04-01..2026-05-01 events=2 left=0
          usage used 5 minute x 1 = 5 -> 5.00 2026-04-01..2026-05-01 events=1
          included used 4 minute x 0 = 0 -> 0.00 2026-04-16..2026-05-01 events=1 left=0 customer=kid
          usage used 3 minute x 1 = 3 -> 3.00 2026-04-16..2026-05-01 events=1 customer=kid
          = 8.00 => 8.00 due 8.00
        """,
        events="""
            a use 2026-04-20T00:00:00 n=7 of=head
            c use 2026-04-21T00:00:00 n=7 of=kid
            b use 2026-04-21T00:00:00 n=4 of=head
            d use 2026-04-22T00:00:00 n=5 of=head
        """,
    ),
    Case(
        "each contract has its own invoice, also of one customer and one day",
        """
        prices:
          - {code: base, kind: recurring, amount: 30, timing: arrears}
          - {code: more, kind: recurring, amount: 31}
        plans: [{code: p, prices: [base]}, {code: q, prices: [more]}]
        customers:
          - external_id: acme
            contracts: [{plan: p, start: 2026-04-01}, {plan: q, start: 2026-05-01}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          platform base 1 x 30 = 30 -> 30.00 2026-04-01..2026-05-01
          = 30.00 => 30.00 due 30.00
        acme 2026-05-01..2026-06-01 issued 2026-05-01
          platform more 1 x 31 = 31 -> 31.00 2026-05-01..2026-06-01
          = 31.00 => 31.00 due 31.00
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          platform more 1 x 31 = 31 -> 31.00 2026-06-01..2026-07-01
          = 31.00 => 31.00 due 31.00
        """,
    ),
    Case(
        "printed are the periods that begin in the dates, all before is computed too",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n}]
        prices:
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 1,
             included: {quantity: 10, rollover: {periods: 1}}}
          - {code: base, kind: recurring, amount: 4}
        plans: [{code: p, prices: [used, base]}]
        customers:
          - external_id: acme
            contracts: [{plan: p, start: 2026-03-16, anchor_day: 1}]
            credits: [{code: g, amount: 12, kind: prepaid}]
        """,
        """
        acme 2026-05-01..2026-06-01 issued 2026-06-01
          included used 12 x 0 = 0 -> 0.00 2026-05-01..2026-06-01 events=1 left=7
          platform base 1 x 4 = 4 -> 4.00 2026-06-01..2026-07-01
          = 4.00 => 4.00 - g 1.94 due 2.06
        wallet acme g 12.00 - 12.00 = 0.00
        """,
        events="""
            a use 2026-04-10T00:00:00 n=6
            b use 2026-05-10T00:00:00 n=12
            c use 2026-07-10T00:00:00 n=12
        """,
        from_date=date(2026, 5, 1),
        to_date=date(2026, 6, 1),
    ),
    Case(
        "the date of issue is the local one at which the draft closes",
        """
        timezone: America/New_York
        prices: [{code: base, kind: recurring, amount: 4, timing: arrears}]
        plans:
          - {code: p, prices: [base], grace_hours: 47, net_terms_days: 2}
          - {code: q, prices: [base], grace_hours: 48, net_terms_days: 3}
        customers:
          - external_id: acme
            contracts: [{plan: p, start: 2026-03-01, phases: [{from: 2026-04-01, plan: q}]}]
        """,
        """
        acme 2026-03-01..2026-04-01 issued 2026-04-02 due 2026-04-04
          platform base 1 x 4 = 4 -> 4.00 2026-03-01..2026-04-01
          = 4.00 => 4.00 due 4.00
        acme 2026-04-01..2026-05-01 issued 2026-05-03 due 2026-05-05
          platform base 1 x 4 = 4 -> 4.00 2026-04-01..2026-05-01
          = 4.00 => 4.00 due 4.00
        """,
        to_date=date(2026, 5, 1),
    ),
    Case(
        "without a last date contracts are billed through the period of the group's last event",
        """
        meters: [{code: M, event_name: use, aggregation: sum, property: n}]
        prices:
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 1}
          - {code: base, kind: recurring, amount: 4, timing: arrears}
        plans: [{code: p, prices: [used]}, {code: q, prices: [base]}]
        customers:
          - {external_id: kid, parent: head, contracts: [{plan: q, start: 2026-04-01}]}
          - {external_id: head, contracts: [{plan: p, start: 2026-04-01}]}
          - {external_id: far, parent: head, contracts: [{plan: q, start: 2026-08-01}]}
          - {external_id: other, contracts: [{plan: q, start: 2026-04-01}]}
        """,
        """
        kid 2026-04-01..2026-05-01 issued 2026-05-01
          platform base 1 x 4 = 4 -> 4.00 2026-04-01..2026-05-01
          = 4.00 => 4.00 due 4.00
        kid 2026-05-01..2026-06-01 issued 2026-06-01
          platform base 1 x 4 = 4 -> 4.00 2026-05-01..2026-06-01
          = 4.00 => 4.00 due 4.00
        head 2026-05-01..2026-06-01 issued 2026-06-01
          usage used 2 x 1 = 2 -> 2.00 2026-05-01..2026-06-01 events=1
          = 2.00 => 2.00 due 2.00
        far 2026-08-01..2026-09-01 issued 2026-09-01
          platform base 1 x 4 = 4 -> 4.00 2026-08-01..2026-09-01
          = 4.00 => 4.00 due 4.00
        other 2026-04-01..2026-05-01 issued 2026-05-01
          platform base 1 x 4 = 4 -> 4.00 2026-04-01..2026-05-01
          = 4.00 => 4.00 due 4.00
        """,
        events="a use 2026-05-01T00:00:00 n=2 of=head",
    ),
    Case(
        "every event that is not billed is listed with its reason",
        """
        meters:
          - {code: M, event_name: use, aggregation: sum, property: n, filters: {kind: [a]}}
          - {code: N, event_name: other, aggregation: count}
        prices:
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 1,
             effective_to: 2026-04-15}
        plans: [{code: p, prices: [used]}]
        customers:
          - external_id: acme
            contracts: [{plan: p, start: 2026-04-01, end: 2026-05-01}]
            subjects: [{id: "+13125550100", kind: number, from: 2026-04-01, to: 2026-04-10}]
        """,
        """
        acme 2026-04-01..2026-05-01 issued 2026-05-01
          usage used 3 x 1 = 3 -> 3.00 2026-04-01..2026-04-15 events=2
          = 3.00 => 3.00 due 3.00
        quarantined acme d use used missing_property
        quarantined acme e use used bad_value
        quarantined +13125550100 c use null unknown_customer
        quarantined acme j use null no_contract
        unpriced acme f other
        unpriced acme g use
        unmetered acme h use
        unmetered acme i nothing
        conflicts acme a use
        """,
        events="""
            a use 2026-04-02T00:00:00 kind=a n=1
            a use 2026-04-02T00:00:00 kind=a n=1
            a use 2026-04-02T00:00:00 kind=a n=2
            b use 2026-04-09T23:59:59 kind=a n=2 of=+13125550100
            c use 2026-04-10T00:00:00 kind=a n=2 of=+13125550100
            d use 2026-04-05T00:00:00 kind=a
            e use 2026-04-06T00:00:00 kind=a n=x
            f other 2026-04-05T00:00:00
            g use 2026-04-15T00:00:00 kind=a n=1
            h use 2026-04-05T00:00:00 kind=b n=1
            i nothing 2026-04-05T00:00:00
            j use 2026-05-01T00:00:00 kind=a n=1
        """,
    ),
)
