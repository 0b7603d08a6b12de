"""Whose usage is it: customers by our id, their external id, or a subject held at the time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Customer
from accounts.prepared import run_prepared
from accounts.queries.written_rows import WrittenRows
from usage.models import Meter, Source
from usage.queries.named_customers import named_customers

_METERS = WrittenRows(Meter, alias="m")


@dataclass(frozen=True, slots=True)
class Holding:
    """A subject's holder for a range of time."""

    customer_id: int
    held_from: datetime
    held_to: datetime | None

    def covers(self, instant: datetime) -> bool:
        """Return whether the customer holds the subject at this time."""
        return self.held_from <= instant and (self.held_to is None or instant < self.held_to)


class Attribution:
    """The customers that a source may name, among those that a batch does name."""

    def __init__(self, *, source: Source, references: Iterable[str]) -> None:
        named = list(set(references))
        uids = {uid: text for text in named if (uid := Customer.uid_of(text)) is not None}
        self._holdings: dict[str, list[Holding]] = {}
        self._by_id: dict[int, Customer] = {}
        self._by_reference: dict[str, Customer] = {}
        for found in named_customers(source=source, texts=named, uids=list(uids)):
            customer = found.customer
            if found.subject is not None and found.held_from is not None:
                self._holdings.setdefault(found.subject, []).append(
                    Holding(customer.pk, found.held_from, found.held_to)
                )
            if customer.pk in self._by_id:
                continue
            self._by_id[customer.pk] = customer
            self._by_reference[customer.external_id] = customer
            if customer.uid in uids:
                self._by_reference[uids[customer.uid]] = customer

    def legal_entity_ids(self) -> list[int]:
        """Return the legal entities of all customers that the batch may name."""
        return sorted({customer.legal_entity_id for customer in self._by_id.values()})

    def is_own_id(self, reference: str) -> bool:
        """Return whether it is a customer's own id, which names the same one at any time."""
        return reference in self._by_reference

    def customer(
        self, reference: str, *, occurred_at: datetime | None, now: datetime
    ) -> Customer | None:
        """
        Return the customer with this id, or who held this subject at that time.

        An event without a time (`None`) happens now, by the clock of the customer that holds
        the subject then; where sandbox clocks let several hold it, it is nobody's.
        """
        direct = self._by_reference.get(reference)
        if direct is not None:
            return direct
        holders = {
            held.customer_id
            for held in self._holdings.get(reference, [])
            if held.covers(occurred_at or self._by_id[held.customer_id].now(now=now))
        }
        return self._by_id[holders.pop()] if len(holders) == 1 else None


def meters_by_event_name(
    *, legal_entity_ids: Sequence[int], event_names: Iterable[str]
) -> dict[tuple[int, str], list[Meter]]:
    """Return the meters that count events of these names, or whose counts they take back."""
    names = set(event_names)
    found: dict[tuple[int, str], list[Meter]] = {}
    rows = run_prepared(
        f"SELECT {_METERS.columns} FROM usage_meter AS m"
        " WHERE m.legal_entity_id = ANY(%(sellers)s::int8[])"
        " AND (m.event_name = ANY(%(names)s::text[]) OR m.reversed_by && %(names)s::varchar[])"
        " ORDER BY m.code",
        {"sellers": list(legal_entity_ids), "names": list(names)},
    )
    for meter in map(_METERS.instance, rows):
        for name in names.intersection((meter.event_name, *meter.reversed_by)):
            found.setdefault((meter.legal_entity_id, name), []).append(meter)
    return found
