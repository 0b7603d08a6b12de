"""Customers that belong together: a head and those whose parent it is, or one alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plan_file.format.customers import Customer


@dataclass(frozen=True)
class Group:
    """The customers of a group as written, and its head; a customer alone is its own head."""

    head: Customer
    members: tuple[Customer, ...]


def groups(customers: Sequence[Customer]) -> tuple[Group, ...]:
    """Return the groups in the order of their first members; a group has one level."""
    heads = {customer.external_id: customer for customer in customers}
    members: dict[str, list[Customer]] = {}
    for customer in customers:
        members.setdefault(customer.parent or customer.external_id, []).append(customer)
    return tuple(Group(heads[head], tuple(found)) for head, found in members.items())
