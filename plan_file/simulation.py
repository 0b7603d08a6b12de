"""
Rating and invoicing of a document in memory.

Usage is sorted first, then invoices are made in the order of their issue, which is that in
which credit is drawn. What they come to is decided by the one invoice function that also bills
from the database. Nothing is late in a simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import chain
from typing import TypeVar

from invoicing.rating.calls.rated_call import RatedCall
from invoicing.rating.price import PriceKind
from plan_file.format.document import Document
from plan_file.format.events import Event
from plan_file.results import JudgedEvent, SimulationResult
from plan_file.simulating.agreements import agreements
from plan_file.simulating.event_store import SortedEvents
from plan_file.simulating.group_run import GroupRun
from plan_file.simulating.groups import groups
from plan_file.simulating.sorting import sort_usage

Judged = TypeVar("Judged", bound=JudgedEvent)


def simulate(
    document: Document,
    events: Iterable[Event] = (),
    *,
    from_date: date | None = None,
    to_date: date | None = None,
    on_call: Callable[[RatedCall], None] | None = None,
    on_progress: Callable[[int, int, int], None] | None = None,
) -> SimulationResult:
    """
    Return the invoices of the document's own events and the given ones.

    Printed are the periods that begin on local dates in ``[from_date, to_date)``; all
    before are computed too. Without ``to_date`` each contract is billed through the period
    of the last event of its customer's group, and for one period at least. With ``on_call``
    rated calls go there, by customer and period, and not into the result. ``on_progress`` is
    told how many bills of how many are made, and how many events were read for them.

    :raises BadFile: from ``events``, once all of them are read.
    """
    agreed = {
        customer.external_id: tuple(agreements(document, customer))
        for customer in document.customers
    }
    usage = sort_usage(document, chain(document.events, events), agreed)
    calls: list[RatedCall] = []
    runs = [
        GroupRun(
            group,
            agreed,
            usage,
            from_date=from_date,
            to_date=to_date,
            on_call=on_call or calls.append,
        )
        for group in groups(document.customers)
    ]
    _bill(runs, usage.events, on_progress)
    place = {customer.external_id: place for place, customer in enumerate(document.customers)}
    verdicts = usage.verdicts
    return SimulationResult(
        zone=document.timezone,
        # Both sorts are stable: inside a customer the order of issue and of contracts stays.
        invoices=tuple(
            sorted(
                (invoice for run in runs for invoice in run.invoices()),
                key=lambda invoice: place[invoice.customer],
            )
        ),
        wallets=tuple(
            sorted(
                (wallet for run in runs for wallet in run.wallets()),
                key=lambda wallet: place[wallet.customer],
            )
        ),
        unmatched=tuple(
            sorted(
                (row for run in runs for row in run.unmatched.rows),
                key=lambda row: place[row.customer],
            )
        ),
        quarantined=_in_order(
            chain(verdicts.quarantined, (event for run in runs for event in run.quarantined))
        ),
        unpriced=_in_order(verdicts.unpriced),
        unmetered=_in_order(verdicts.unmetered),
        conflicts=_in_order(verdicts.conflicts),
        calls=tuple(sorted(calls, key=lambda call: (call.at, call.key))),
    )


def calls_in_order(document: Document) -> bool:
    """
    Return whether ``on_call`` is sure to hear of calls in the order of their times and keys.

    One price rates the calls of one contract in that order; several do so one after the other.
    """
    contracts = sum(len(customer.contracts) for customer in document.customers)
    prices = sum(price.terms.kind is PriceKind.CALL for price in document.prices)
    return contracts <= 1 and prices <= 1


def _bill(
    runs: Sequence[GroupRun],
    events: SortedEvents,
    on_progress: Callable[[int, int, int], None] | None,
) -> None:
    whole = sum(run.bill_count for run in runs)
    made = read = 0

    def told(*, bills: int = 0, events: int = 0) -> None:
        nonlocal made, read
        made, read = made + bills, read + events
        if on_progress is not None:
            on_progress(made, whole, read)

    events.tell(lambda more: told(events=more))
    for run in runs:
        for _ in run.bill():
            told(bills=1)


def _in_order(events: Iterable[Judged]) -> tuple[Judged, ...]:
    return tuple(sorted(events, key=lambda event: (event.occurred_at, event.idempotency_key)))
