"""The customers that usage names: by their ids, or by a subject that they hold at some time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts.models import Customer, TestClock
from accounts.prepared import run_prepared
from accounts.queries.written_rows import WrittenRows
from usage.models import Source

_CUSTOMERS = WrittenRows(Customer, alias="c")
_CLOCKS = WrittenRows(TestClock, alias="t")
_FOUND = """
    SELECT named.identifier, named.held_from, named.held_to, {customer}, {clock}
    FROM (
        SELECT id, NULL, NULL::timestamptz, NULL::timestamptz FROM accounts_customer
        WHERE external_id = ANY(%(texts)s::text[])
        UNION ALL
        SELECT id, NULL, NULL, NULL FROM accounts_customer WHERE uid = ANY(%(uids)s::uuid[])
        UNION ALL
        SELECT customer_id, identifier, held_from, held_to FROM accounts_subject
        WHERE identifier = ANY(%(texts)s::text[])
    ) AS named (customer_id, identifier, held_from, held_to)
    JOIN accounts_customer AS c ON c.id = named.customer_id
    JOIN accounts_partnercustomer AS p
      ON p.customer_id = c.id AND p.partner_id = %(partner)s
    LEFT JOIN accounts_testclock AS t ON t.id = c.test_clock_id
    WHERE c.is_sandbox = %(sandbox)s
"""


class NamedCustomer(NamedTuple):
    """A customer, named by an id of its own, or by a subject that it holds in this time."""

    customer: Customer
    subject: str | None
    held_from: datetime | None
    held_to: datetime | None


def named_customers(
    *, source: Source, texts: Sequence[str], uids: Sequence[UUID]
) -> Iterator[NamedCustomer]:
    """
    Yield the customers that the source may name and these texts or ids do, in one query.

    One comes as often as it is named, each time as the same object, with its test clock.
    """
    statement = _FOUND.format(customer=_CUSTOMERS.columns, clock=_CLOCKS.columns)
    asked = {
        "texts": list(texts), "uids": list(uids), "partner": source.partner_id,
        "sandbox": source.mode == "test",
    }  # fmt: skip
    known: dict[int, Customer] = {}
    for subject, held_from, held_to, *values in run_prepared(statement, asked):
        customer = known.get(values[0])
        if customer is None:
            customer = known[values[0]] = _customer(values)
        yield NamedCustomer(customer, subject, held_from, held_to)


def _customer(values: Sequence[object]) -> Customer:
    customer = _CUSTOMERS.instance(values[: _CUSTOMERS.width])
    clock = values[_CUSTOMERS.width :]
    customer.test_clock = None if clock[0] is None else _CLOCKS.instance(clock)
    return customer
