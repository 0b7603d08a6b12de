"""
How fast events come in, as a share of the least that any storing of them costs.

`python3 run.py benchmark ingest` copies whole events into a bare table (the limit), and appends
the same to the store: empty, and with a million events in it (`--rows 20000000` for all that the
aims speak of; it takes an hour or so). Both in batches of 10,000, which take turns; of each the
batch in the middle counts. Then what an event takes on disk, by table and index, and in the log
(aims: 0.35 of the limit, better 0.6, and the full store at 0.8 of the empty one).
"""

import argparse

import django

django.setup()

from benchmarks.ingesting.measured import print_table
from benchmarks.ingesting.store_append import measure_store
from benchmarks.ingesting.world import empty_database, make_world


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmark ingest")
    parser.add_argument("--rows", type=int, default=1_000_000, help="events in the full store")
    rows = parser.parse_args().rows
    with empty_database():
        measured = measure_store(make_world(), rows=rows)
    print()
    print_table(measured)


if __name__ == "__main__":
    main()
