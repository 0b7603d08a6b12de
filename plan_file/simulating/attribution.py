"""Whose an event is: the customer that it names, or the holder of the subject that it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from plan_file.format.customers import Customer
from plan_file.format.document import Document
from plan_file.format.subjects import Subject


@dataclass(frozen=True)
class Directory:
    """The customers of a document, found by external id or by a subject that they hold."""

    document: Document

    @cached_property
    def _customers(self) -> Mapping[str, Customer]:
        return {customer.external_id: customer for customer in self.document.customers}

    @cached_property
    def _holdings(self) -> Mapping[str, Sequence[tuple[Subject, Customer]]]:
        found: dict[str, list[tuple[Subject, Customer]]] = {}
        for customer in self.document.customers:
            for subject in customer.subjects:
                found.setdefault(subject.subject_id, []).append((subject, customer))
        return found

    def customer_of(self, named: str, at: datetime) -> Customer | None:
        """Return the customer of that external id, or the holder of that subject at the time."""
        customer = self._customers.get(named)
        if customer is not None:
            return customer
        for subject, holder in self._holdings.get(named, ()):
            if subject.held_at(at):
                return holder
        return None
