"""Whose an event is: told from duplicates, its customer found, then its contract and price."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from plan_file.format.customers import Customer
from plan_file.format.document import Document
from plan_file.format.events import Event
from plan_file.format.subjects import Subject


def without_duplicates(events: Iterable[Event]) -> tuple[list[Event], list[Event]]:
    """
    Return the events that count, in their order, and those that conflict with one of them.

    Two events of one key and one body are one; with another body the second conflicts.
    """
    first: dict[str, str] = {}
    counted, conflicts = [], []
    for event in events:
        body = _body(event)
        known = first.setdefault(event.idempotency_key, body)
        if known is body:
            counted.append(event)
        elif known != body:
            conflicts.append(event)
    return counted, conflicts


def _body(event: Event) -> str:
    return json.dumps(
        [
            event.event_name,
            event.customer,
            event.occurred_at.isoformat(),
            event.properties,
        ],
        sort_keys=True,
    )


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

    def customer_of(self, event: Event) -> Customer | None:
        """Return the customer named by the event, or the holder of its subject at its time."""
        named = self._customers.get(event.customer)
        if named is not None:
            return named
        for subject, customer in self._holdings.get(event.customer, ()):
            if subject.held_at(event.occurred_at):
                return customer
        return None
