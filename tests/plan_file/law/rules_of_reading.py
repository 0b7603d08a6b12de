"""Documents as they are written, and everything that is said of those that are refused."""

from dataclasses import dataclass
from textwrap import dedent

from tests.plan_file.law.pricing import lines_of

_BOOK = """
    version: 1
    currency: USD
    meters:
      - {code: M, event_name: usage, aggregation: sum, property: v, group_keys: [c]}
    prices:
      - {code: p, name: P, kind: usage, meter: M, model: per_unit, unit_price: "1"}
    plans: [{code: b, prices: [p]}]
    customers:
      - external_id: acme
        contracts: [{plan: b, start: 2026-01-01}]
    events:
      - {idempotency_key: a, event_name: usage, customer: acme, occurred_at: 2026-01-02,
         properties: {v: 1, c: NO}}
"""


@dataclass(frozen=True)
class Written:
    """A sentence of the format, what it changes in the document, and what is said of that."""

    sentence: str
    old: str
    new: str
    expected: str

    @property
    def book(self) -> str:
        """The text of the document."""
        assert self.old in _BOOK
        return dedent(_BOOK.replace(self.old, self.new, 1))

    @property
    def wanted(self) -> list[str]:
        """The expected lines."""
        return lines_of(self.expected)


READ = (
    Written(
        "NO is Norway",
        "c: NO",
        "c: NO",
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - NO' 1 @1 = 1 -> 1.00 of 1 {c: NO}
        """,
    ),
    Written(
        "18:00 is text",
        "c: NO",
        "c: 18:00",
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - 18:00' 1 @1 = 1 -> 1.00 of 1 {c: 18:00}
        """,
    ),
    Written(
        "1_000 is text",
        "v: 1, c: NO",
        "v: 1, c: 1_000",
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - 1_000' 1 @1 = 1 -> 1.00 of 1 {c: 1_000}
        """,
    ),
    Written(
        "yes is text, and a date in a property",
        "v: 1, c: NO",
        "v: 1, c: yes",
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - yes' 1 @1 = 1 -> 1.00 of 1 {c: yes}
        """,
    ),
    Written(
        "0o17 is fifteen, 0x1F thirty-one",
        "v: 1, c: NO",
        "v: 0o17, c: 0x1F",
        """
        acme 2026-01-01..2026-02-01 15.00
        usage 'P - 31' 15 @1 = 15 -> 15.00 of 1 {c: 31}
        """,
    ),
    Written(
        "true is a truth value, however it is written",
        "c: NO",
        "c: TRUE",
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - true' 1 @1 = 1 -> 1.00 of 1 {c: true}
        """,
    ),
    Written(
        "~ is null, and null is absent",
        "c: NO",
        "c: ~",
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - no c' 1 @1 = 1 -> 1.00 of 1
        """,
    ),
    Written(
        "an anchor may be repeated",
        "{v: 1, c: NO}}",
        "&it {v: 1, c: NO}}\n      - {idempotency_key: b, event_name: usage, customer_id: acme,"
        "\n         occurred_at: 2026-01-03, properties: *it}",
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P - NO' 2 @1 = 2 -> 2.00 of 2 {c: NO}
        """,
    ),
    Written(
        "an amount may be a whole number",
        'unit_price: "1"',
        "unit_price: 2",
        """
        acme 2026-01-01..2026-02-01 2.00
        usage 'P - NO' 1 @2 = 2 -> 2.00 of 1 {c: NO}
        """,
    ),
    Written(
        "a time has an offset",
        "occurred_at: 2026-01-02",
        "occurred_at: 2026-01-31T23:00:00-05:00",
        """
        acme 2026-02-01..2026-03-01 1.00
        usage 'P - NO' 1 @1 = 1 -> 1.00 of 1 {c: NO}
        """,
    ),
    Written(
        "nothing of later work is no use of it",
        "currency: USD",
        "currency: USD\n    tax_rules: []\n    required_tax_types: null",
        """
        acme 2026-01-01..2026-02-01 1.00
        usage 'P - NO' 1 @1 = 1 -> 1.00 of 1 {c: NO}
        """,
    ),
)

REFUSED = (
    Written(
        "a float is refused with its path",
        'unit_price: "1"',
        "unit_price: 1.5",
        """
        prices[0].unit_price: is a float: write it as text, "1.5"
        """,
    ),
    Written(
        "a float with an exponent is said once",
        'unit_price: "1"',
        "unit_price: 1e3",
        """
        prices[0].unit_price: is a float: write it as text, "1e3"
        """,
    ),
    Written(
        "a float in a YAML event is refused",
        "v: 1, c: NO",
        "v: 1.50, c: .inf",
        """
        events[0].properties.v: is a float: write it as text, "1.50"
        events[0].properties.c: is a float: write it as text, ".inf"
        """,
    ),
    Written(
        "a number is digits and a point",
        'unit_price: "1"',
        'unit_price: "1,5"',
        """
        prices[0].unit_price: '1,5' is not a number such as 12 or 0.25
        """,
    ),
    Written(
        "a duplicate key is an error",
        'unit_price: "1"',
        'unit_price: "1", unit_price: "1"',
        """
        prices[0].unit_price: this key stands here twice
        """,
    ),
    Written(
        "an unknown key names its path and the likely one",
        "model: per_unit",
        "modle: per_unit",
        """
        prices[0].modle: unknown key, did you mean 'model'?
        prices[0].model: is required
        """,
    ),
    Written(
        "an unknown word names the likely one",
        "kind: usage",
        "kind: use",
        """
        prices[0].kind: must be one of recurring, seat, one_time, usage, call, performance, \
        did you mean 'usage'?
        """,
    ),
    Written(
        "a merge key is no key of the core schema",
        "{v: 1, c: NO}}",
        "&it {v: 1, c: NO}}\n      - {<<: *it}",
        """
        events[1].<<: unknown key
        events[1].idempotency_key: is required
        events[1].event_name: is required
        events[1].customer: is required
        events[1].occurred_at: is required
        """,
    ),
    Written(
        "a time without an offset is no instant",
        "start: 2026-01-01",
        "start: 2026-01-01T00:00:00",
        """
        customers[0].contracts[0].start: needs an offset, such as Z or -05:00
        """,
    ),
    Written(
        "a key of another model is named",
        'unit_price: "1"',
        'unit_price: "1", percent: 3',
        """
        prices[0].percent: belongs to percentage
        """,
    ),
    Written(
        "later work is not supported yet",
        "currency: USD",
        "currency: USD\n    tax_rules: [{id: x}]",
        """
        tax_rules: not supported yet
        """,
    ),
    Written(
        "a document is a mapping",
        _BOOK,
        "[1]",
        """
        plan.yaml: must be a mapping
        """,
    ),
    Written(
        "an empty document is no document",
        _BOOK,
        "",
        """
        plan.yaml: is empty
        """,
    ),
    Written(
        "all problems are reported at once",
        _BOOK,
        _BOOK.replace("aggregation: sum", "aggregation: summ")
        .replace('"1"', "1.5")
        .replace("plan: b", "plan: x")
        .replace("currency: USD", "currency: usd"),
        """
        prices[0].unit_price: is a float: write it as text, "1.5"
        currency: unknown currency 'usd'
        meters[0].aggregation: must be one of count, sum, max, latest, unique_count, \
        weighted_sum, did you mean 'sum'?
        customers[0].contracts[0].plan: unknown plan 'x'
        """,
    ),
)
