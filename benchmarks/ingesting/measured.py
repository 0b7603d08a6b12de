"""How fast something was, beside the limit that was measured in turn with it."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """
    Batches of so many events that took these seconds.

    `limit` are the seconds of the limit's batches, which took turns with these: whatever else the
    machine did slowed both.
    """

    name: str
    events: int
    seconds: Sequence[float]
    limit: Sequence[float]

    @property
    def per_second(self) -> float:
        """Return the events a second of the batch in the middle."""
        return self.events / statistics.median(self.seconds)

    @property
    def ratio(self) -> float:
        """Return which part of the limit that is."""
        return statistics.median(self.limit) / statistics.median(self.seconds)


def print_table(measured: Sequence[Measured]) -> None:
    """Print how many events a second each way took, and which part of its limit that is."""
    print(f"{'what':<52}{'events/s':>10}{'ratio':>8}")
    for each in measured:
        print(f"{each.name:<52}{each.per_second:>10,.0f}{each.ratio:>8.3f}")
