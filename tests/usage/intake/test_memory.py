"""What a body makes of memory, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
MOST_MB = 300

MEASURE = """
import gzip, sys
from usage.intake.batch_body import NotABatch, TooMuch, read_batch, read_lines
from usage.intake.batch_body import refuse_too_many_values
from usage.intake.gzip_body import MOST_BYTES, UnpacksTooLarge, unpacked
from usage.intake.json_body import NotJson

def event(properties):
    return b'{"customer_id":"a","event_name":"n","properties":%s}' % properties

def body(part, most=990_000, size=MOST_BYTES - 200):
    many = min(most // max(1, part.count(b",") + part.count(b"[") + part.count(b"{")),
               size // len(part))
    return event(b'{"x":[' + part * many + b"1]}")

shape = sys.argv[1]
made = {
    "lists": lambda: body(b"[],"), "objects": lambda: body(b"{},"),
    "numbers": lambda: body(b"1.1,"), "texts": lambda: body(b'"abcdefghijkl\\\\n",'),
    "named": lambda: body(b'{"a":1},'), "deep": lambda: body(b"[" * 28 + b"]" * 28 + b","),
    "escapes": lambda: event(b'{"x":"' + b"\\\\u00e9" * (MOST_BYTES // 6 - 40) + b'"}'),
    "NULs": lambda: event(b'{"x":"' + b"\\\\u0000" * (MOST_BYTES // 6 - 40) + b'"}'),
    "digits": lambda: event(b'{"x":' + b"9" * (MOST_BYTES - 200) + b"}"),
    "blanks": lambda: event(b"{}").ljust(MOST_BYTES - 20),
    "faults": lambda: body(b"NaN,"), "brackets": lambda: b"[" * 990_000,
    "small events": lambda: b",".join([event(b'{"a":1,"b":"c","d":2.5,"e":null}')] * 10_000),
    "large events": lambda: b",".join([event(b'{"a":"' + b"k" * 1_900 + b'"}')] * 10_000),
    "bomb": lambda: gzip.compress(bytes(400 * 1024 * 1024)),
}[shape]()
read, text = read_batch, b'{"events":[' + made + b"]}"
if shape == "bomb":
    read, text = unpacked, made
try:
    if shape != "bomb":
        refuse_too_many_values(text)
    found = read(text)
except (NotJson, NotABatch, TooMuch, UnpacksTooLarge) as error:
    found = error
# Not `ru_maxrss`: that remembers the process which started this one.
peak = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(peak[0].split()[1]) // 1024)
"""


@pytest.mark.parametrize(
    "shape",
    ["lists", "objects", "numbers", "texts", "named", "deep", "escapes", "NULs", "digits",
     "blanks", "faults", "brackets", "small events", "large events", "bomb"],
)  # fmt: skip
def test_no_body_takes_more_than_three_hundred_megabytes(shape: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, shape],
        cwd=PROJECT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip

    assert int(done.stdout) <= MOST_MB
