"""Contracts, plans and grants that are refused, with everything that is said of them."""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Refused:
    """A sentence of the format, a document that breaks it, and all its problems."""

    sentence: str
    book: str
    expected: str

    @property
    def wanted(self) -> list[str]:
        """The expected problems."""
        return dedent(self.expected).strip().splitlines()


_BOOK = """
        version: 1
        currency: USD
        meters: [{code: M, event_name: use, aggregation: sum, property: n}]
        prices:
          - {code: used, kind: usage, meter: M, model: per_unit, unit_price: 1,
             included: {quantity: 5, pool: shared, scope: group}}
          - {code: base, kind: recurring, amount: 3}
        plans:
          - {code: p, prices: [used]}
          - {code: fees, prices: [base]}
          - {code: week, prices: [used], billing_period: week}
          - {code: euro, prices: [base], currency: EUR}
"""

CASES = (
    Refused(
        "a key of later work is not supported yet, null and an empty list are no use of it",
        """
        version: 1
        currency: USD
        tax_rules: [{id: r}]
        required_tax_types: []
        prices: [{code: base, kind: recurring, amount: 3}]
        plans: [{code: p, prices: [base]}]
        customers:
          - external_id: a
            contracts:
              - {plan: p, start: 2026-04-01, trial_to: null, add_ons: [], late_usage: null}
              - {plan: p, start: 2026-04-01, trial_to: 2026-05-01, add_ons: [{price: base}],
                 discounts: [{code: d, percent: 5}], commitments: [{amount: 5, over: term}],
                 pauses: [{from: 2026-05-01, to: 2026-06-01}],
                 cancel: {at: 2026-05-01, when: now}, renewal: {every_months: 12},
                 late_usage: next_invoice, purchase_order: PO-1}
        """,
        """
        tax_rules: not supported yet
        customers[0].contracts[1].trial_to: not supported yet
        customers[0].contracts[1].add_ons: not supported yet
        customers[0].contracts[1].discounts: not supported yet
        customers[0].contracts[1].commitments: not supported yet
        customers[0].contracts[1].pauses: not supported yet
        customers[0].contracts[1].cancel: not supported yet
        customers[0].contracts[1].renewal: not supported yet
        customers[0].contracts[1].late_usage: not supported yet
        customers[0].contracts[1].purchase_order: not supported yet
        """,
    ),
    Refused(
        "contracts of one customer may not price one meter at one time",
        f"""{_BOOK}
        customers:
          - external_id: a
            contracts:
              - {{plan: p, start: 2026-04-01, end: 2026-05-01}}
              - {{plan: p, start: 2026-05-01}}
              - {{plan: fees, start: 2026-04-01, phases: [{{from: 2026-06-01, plan: p}}]}}
              - {{plan: fees, start: 2026-04-01}}
        """,
        """
        customers[0].contracts[2]: overlaps customers[0].contracts[1] in time, and both price \
the meter 'M'
        """,
    ),
    Refused(
        "a group has one level, and its pools are of contracts with equal periods",
        f"""{_BOOK}
        customers:
          - {{external_id: a, contracts: [{{plan: p, start: 2026-04-01}}]}}
          - {{external_id: b, parent: a, contracts: [{{plan: p, start: 2026-04-02}}]}}
          - {{external_id: c, parent: a, contracts: [{{plan: week, start: 2026-04-01}}]}}
          - {{external_id: d, parent: a, contracts: [{{plan: fees, start: 2026-04-07}}]}}
          - {{external_id: e, parent: b, bill_to_parent: true}}
          - {{external_id: f, parent: f}}
          - {{external_id: g, parent: z}}
        """,
        """
        customers[4].parent: 'b' has a parent itself: a group has one level
        customers[5].parent: is this customer itself
        customers[6].parent: unknown customer 'z'
        customers[1].contracts[0]: shares the pool 'shared' with customers[0].contracts[0], \
whose periods begin at other times
        customers[2].contracts[0]: shares the pool 'shared' with customers[0].contracts[0], \
whose periods begin at other times
        """,
    ),
    Refused(
        "a phase lies in the contract, on a plan of its periods and its currency",
        f"""{_BOOK}
        customers:
          - external_id: a
            contracts:
              - plan: fees
                start: 2026-04-01
                end: 2026-07-01
                anchor_day: 32
                phases:
                  - {{from: 2026-03-31}}
                  - {{from: 2026-07-01}}
                  - {{from: 2026-05-01, plan: week}}
                  - {{from: 2026-05-01}}
                  - {{from: 2026-06-01, overrides: {{other: {{amount: 1}}}}, plans: fees}}
        """,
        """
        customers[0].contracts[0].anchor_day: must be a whole number from 1 to 31
        customers[0].contracts[0].phases[0].from: must lie in the contract's time
        customers[0].contracts[0].phases[1].from: must lie in the contract's time
        customers[0].contracts[0].phases[4].plans: unknown key, did you mean 'plan'?
        customers[0].contracts[0].phases[2].plan: 'week' has billing_period week, the plan \
before it month
        customers[0].contracts[0].phases[3].from: customers[0].contracts[0].phases[2] begins \
on this day too
        customers[0].contracts[0].phases[4].overrides.other: unknown price 'other'
        """,
    ),
    Refused(
        "a plan that follows another is in its currency",
        f"""{_BOOK}
        customers:
          - external_id: a
            contracts:
              - {{plan: fees, start: 2026-04-01, phases: [{{from: 2026-05-01, plan: euro}}]}}
        """,
        """
        customers[0].contracts[0].phases[0].plan: 'euro' has currency EUR, the plan before it USD
        """,
    ),
    Refused(
        "what is wrong with a plan or a start hides nothing else of the contract",
        """
        version: 1
        currency: USD
        prices: [{code: base, kind: recurring, amount: 3}]
        plans: [{code: p, prices: [base], grace_hours: -1}]
        customers:
          - external_id: a
            contracts:
              - {plan: p, start: 2026-04-01, anchor_day: 0, quantities: {seats: -5}}
              - {plan: p, start: someday, anchor_date: never, net_terms_days: -1,
                 quantities: {seats: [{from: 2026-04-01}]}}
        """,
        """
        plans[0].grace_hours: must be a whole number from 0 to 2160
        customers[0].contracts[0].anchor_day: must be a whole number from 1 to 31
        customers[0].contracts[0].quantities.seats: must not be negative
        customers[0].contracts[1].start: must be a date (2024-11-01) or a time with an offset \
(2024-11-01T09:30:00Z)
        customers[0].contracts[1].net_terms_days: must be a whole number from 0 to 3650
        customers[0].contracts[1].anchor_date: must be a date such as 2024-11-01
        customers[0].contracts[1].quantities.seats[0].quantity: is required
        """,
    ),
    Refused(
        "performance names meters and prices that there are, also where its bands are wrong",
        """
        version: 1
        currency: USD
        meters: [{code: M, event_name: use, aggregation: count}]
        prices:
          - {code: bonus, kind: performance, measure: {divide: M, by: N}, of: [bonus, base],
             bands: [{up_to: 5}, {up_to: 4}]}
        """,
        """
        prices[0].bands[1].up_to: must be more than 5, where it begins
        prices[0].measure.by: unknown meter 'N'
        prices[0].of[0]: is this price itself
        prices[0].of[1]: unknown price 'base'
        """,
    ),
    Refused(
        "a grant is an amount or a quantity with its unit, of a kind, for what there is",
        """
        version: 1
        currency: USD
        prices: [{code: base, kind: recurring, amount: 3}]
        plans:
          - code: p
            prices: [base]
            grants:
              - {code: a, amount: 5, kind: prepaid, every: month}
              - {code: b, quantity: 5, kind: prepaid}
              - {code: c, amount: "0.001", kind: prepaid}
              - {code: d, amount: 5, kind: prepaid, expires_after_periods: 0}
        customers:
          - external_id: a
            credits:
              - {code: a, amount: 5, quantity: 5, unit: credit, kind: prepaid}
              - {code: b, kind: prepaid}
              - {code: b, amount: 5}
              - {code: c, amount: 5, kind: prepaid, applies_to: [usage, bases]}
              - {code: d, amount: 5, kind: prepaid, effective_from: 2026-02-01,
                 expires_at: 2026-02-01}
        """,
        """
        plans[0].grants[0].every: must be one of period
        plans[0].grants[1].unit: is required where the grant is a quantity
        plans[0].grants[2].amount: has more digits than USD has
        plans[0].grants[3].expires_after_periods: must be a whole number from 1 to 1200
        customers[0].credits[2].code: 'b' is already taken by customers[0].credits[1]
        customers[0].credits[0].amount: stands beside quantity and unit, write one of them
        customers[0].credits[1].amount: is required, or a quantity with its unit
        customers[0].credits[2].kind: is required
        customers[0].credits[3].applies_to[1]: unknown section or price 'bases', did you mean \
'base'?
        customers[0].credits[4].expires_at: must be after effective_from
        """,
    ),
)
