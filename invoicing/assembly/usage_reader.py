"""Where the invoice function gets the usage of a contract from: memory, or a store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from usage.metering.quantity import MeteredEvent, Quantity
from values.period import Period

About = Mapping[str, Collection[str]]
"""Properties, and the values by which events are looked for."""


class UsageReader(Protocol):
    """
    The usage of one contract, attributed and without duplicates, corrections or quarantine.

    What a meter cannot measure is not among it.
    """

    def quantities(
        self, meter: str, period: Period, cuts: Sequence[datetime]
    ) -> Sequence[Quantity]:
        """
        Return the sums of a meter that adds up, in each combination and stretch between cuts.

        Values are as the meter makes them of each event; rounding and conversion of the sum
        come after. Combinations are those of `rated_properties`.
        """
        ...

    def events(self, meter: str, span: Period) -> Iterable[MeteredEvent]:
        """Return the meter's events (name and filters) in the order of times and keys."""
        ...

    def named(
        self, event_names: Sequence[str], span: Period, *, about: About | None = None
    ) -> Iterable[tuple[str, MeteredEvent]]:
        """
        Return the customer's events of these names in order, each after its name.

        With `about` those of which a property has one of its values, as `dimension_text` says
        them; others may be among them.
        """
        ...
