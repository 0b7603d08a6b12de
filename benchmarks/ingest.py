"""
How fast events come in, as a share of the least that any storing of them costs.

`python3 run.py benchmark ingest` measures three things in one run, on one machine and database,
which keeps what it acknowledges (fsync); `--only` names one of them:

- `file`: a CSV of 100,000 call records (`--file-rows`) imported by a worker, beside the store's
  own append (aim: 0.5 of it, better 0.8, and 300 MB of memory whatever the file's size);
- `http`: batches of 1, 100, 1,000 and 10,000 through to the commit, each for 8 seconds
  (`--seconds`), with one and two web processes, beside raw COPY by one writer (aims: 0.25 of it in
  batches of 10,000, 0.06 of 100) and, for single events, beside rows that are inserted and
  committed one by one (0.4);
- `store`: whole events copied into a bare table, which is the limit, and in turns with it the
  store's append: empty, and with a million events in it (`--rows 20000000` for all that the aims
  speak of: half an hour). Of the batches of 10,000 the one in the middle counts. Then what an event
  takes on disk, by table and index, and in the log (aims: 0.35 of the limit, better 0.6, and the
  full store at 0.8 of the empty one; 200 bytes).
"""

import argparse

import django

django.setup()

from benchmarks.ingesting.measured import print_table
from benchmarks.ingesting.of_a_file import measure_file
from benchmarks.ingesting.over_http import measure_http
from benchmarks.ingesting.store_append import measure_store
from benchmarks.ingesting.world import empty_database, make_world

PARTS = ("file", "http", "store")


def main() -> None:
    """Measure and print."""
    asked = _asked()
    parts = [asked.only] if asked.only else PARTS
    if "file" in parts:
        measure_file(rows=asked.file_rows)
    if "http" in parts:
        measure_http(seconds=asked.seconds)
    if "store" in parts:
        with empty_database():
            measured = measure_store(make_world(), rows=asked.rows)
        print()
        print_table(measured)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmark ingest")
    parser.add_argument("--only", choices=PARTS, help="one part instead of all")
    parser.add_argument("--rows", type=int, default=1_000_000, help="events in the full store")
    parser.add_argument("--file-rows", type=int, default=100_000, help="call records in the file")
    parser.add_argument("--seconds", type=float, default=8, help="how long each size is sent")
    return parser.parse_args()


if __name__ == "__main__":
    main()
