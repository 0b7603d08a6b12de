"""What a snapshot of PostgreSQL shows, asked of rows in ClickHouse."""

from dataclasses import dataclass
from typing import Any

# Shows nothing: no transaction has a number below it.
NOTHING = "1:1:"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Transactions below `oldest` are over, from `following` on none is, nor those `under_way`."""

    oldest: int
    following: int
    under_way: tuple[int, ...]

    def parameters(self) -> dict[str, Any]:
        """Return the parameters that `SHOWN` asks for."""
        return {
            "oldest": self.oldest,
            "following": self.following,
            "under_way": list(self.under_way),
        }


# The condition on a table's column `ingest_tx`.
SHOWN = (
    "(ingest_tx < {oldest:UInt64} OR (ingest_tx < {following:UInt64}"
    " AND NOT has({under_way:Array(UInt64)}, ingest_tx)))"
)


def read_snapshot(text: str) -> Snapshot:
    """Return what PostgreSQL writes as ``xmin:xmax:xip,xip``."""
    oldest, following, under_way = text.split(":")
    return Snapshot(
        int(oldest), int(following), tuple(int(each) for each in under_way.split(",") if each)
    )
