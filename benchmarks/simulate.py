"""
What it takes to simulate a month of 1,000,000 calls, held against decoding their file.

`python3 run.py benchmark simulate` writes the calls of one customer as NDJSON, decodes every
line with msgspec, then runs `manage.py simulate` on them in a process of its own, its rated
calls written to a file. It prints the seconds of processor time of both, their ratio (aim: at
most 20, better 10), and the most memory that the simulation had (aim: at most 2 GB).
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

CALLS = 1_000_000
PROJECT = Path(__file__).parents[1]

_BEGINS = datetime(2026, 3, 2, tzinfo=UTC)
_SECONDS = 28 * 24 * 60 * 60
_FAR_ENDS = ("+13125550100", "+442071838750", "+18765550123", "+4930123456")
_OWN = "+12125550111"

_PLAN = {
    "version": 1,
    "currency": "USD",
    "meters": [{"code": "CALL", "event_name": "call", "aggregation": "count"}],
    "prices": [
        {
            "code": "voice",
            "kind": "call",
            "meter": "CALL",
            "default_band": "off_peak",
            "bands": [
                {
                    "name": "peak",
                    "days": ["mon", "tue", "wed", "thu", "fri"],
                    "from": "08:00",
                    "to": "18:00",
                }
            ],
            "rates": [
                {"prefix": "1", "band": "peak", "rate_per_minute": "0.0140"},
                {"prefix": "1", "rate_per_minute": "0.0100", "increment_seconds": 6},
                {"prefix": "44", "rate_per_minute": "0.0200", "initial_seconds": 1},
                {"prefix": "", "rate_per_minute": "0.1275"},
            ],
            "bundles": [{"code": "inbound", "seconds": 3_000_000, "directions": ["inbound"]}],
        }
    ],
    "plans": [{"code": "basic", "prices": ["voice"]}],
    "customers": [
        {
            "external_id": "acme",
            "timezone": "America/New_York",
            "contracts": [{"plan": "basic", "start": "2026-03-01"}],
        }
    ],
}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan, calls = folder / "plan.json", folder / "calls.ndjson"
        plan.write_text(json.dumps(_PLAN), encoding="utf-8")
        with calls.open("w", encoding="utf-8") as file:
            file.writelines(_calls())
        decoding = _decoded(calls)
        simulating = _simulated(plan, calls, folder / "rated.ndjson")
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{CALLS:,} calls of one customer in one month")
    print(f"decoding their file   {decoding:6.1f} s")
    print(f"simulate --calls      {simulating:6.1f} s   {simulating / decoding:.1f} times that")
    print(f"its memory            {megabytes:6.0f} MB")


def _calls() -> Iterator[str]:
    chance = random.Random(1)  # noqa: S311  the same calls in every run
    for number in range(CALLS):
        answered = _BEGINS + timedelta(seconds=chance.randrange(_SECONDS))
        far_end = chance.choice(_FAR_ENDS)
        is_inbound = chance.random() < 0.3
        event = {
            "idempotency_key": f"call-{number:08}",
            "event_name": "call",
            "customer": "acme",
            "occurred_at": _text(answered),
            "properties": {
                "direction": "inbound" if is_inbound else "outbound",
                "number_type": "local",
                "from_number": far_end if is_inbound else _OWN,
                "to_number": _OWN if is_inbound else far_end,
                "setup_at": _text(answered - timedelta(seconds=9)),
                "answer_at": _text(answered),
                "end_at": _text(answered + timedelta(seconds=chance.randrange(1, 900))),
                "status": "completed",
            },
        }
        yield f"{json.dumps(event)}\n"


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _decoded(calls: Path) -> float:
    decode = msgspec.json.Decoder().decode
    began = time.process_time()
    with calls.open("rb") as file:
        for line in file:
            decode(line)
    return time.process_time() - began


def _simulated(plan: Path, calls: Path, rated: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [
            *(sys.executable, "manage.py", "simulate", str(plan)),
            *("--events", str(calls), "--calls", str(rated)),
        ],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
