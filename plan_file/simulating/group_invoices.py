"""Invoices out of what the contracts of a group owe: a child's part may stand on its head's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plan_file.results import InvoicePart, SimulatedInvoice
from plan_file.simulating.groups import Group


def joined(parts: Sequence[InvoicePart], group: Group) -> Iterator[SimulatedInvoice]:
    """
    Yield the invoices of the parts that have lines, by customer as written and date of issue.

    A part of a child that is billed to its head joins the head's first invoice of that day and
    currency. Where the head has none, the children's parts of that day make one for it, with
    the dates of the first of them.
    """
    with_lines = [part for part in parts if part.result.lines]
    children = {member.external_id for member in group.members if member.bill_to_parent}
    invoices: dict[str, list[list[InvoicePart]]] = {
        member.external_id: [] for member in group.members
    }
    for part in with_lines:
        if part.customer not in children:
            invoices[part.customer].append([part])
    of_head = invoices[group.head.external_id]
    for part in with_lines:
        if part.customer in children:
            fitting = (found for found in of_head if _fits(part, found[0]))
            invoice = next(fitting, None)
            if invoice is None:
                of_head.append([part])
            else:
                invoice.append(part)
    of_head.sort(key=lambda found: found[0].result.issue_date)
    for customer, found in invoices.items():
        for together in found:
            yield SimulatedInvoice(customer, tuple(together))


def _fits(part: InvoicePart, other: InvoicePart) -> bool:
    ours, theirs = part.result, other.result
    return (ours.issue_date, ours.currency) == (theirs.issue_date, theirs.currency)
