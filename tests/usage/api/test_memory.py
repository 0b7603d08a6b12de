"""What a batch makes of memory from its body to its answer, in a process of its own."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from tests import factories as make
from tests.flows.failing_processes import QUIET
from tests.flows.processes import PROJECT, environ

MOST_MB = 300

POST = """
import io, sys
import django
django.setup()
from django.core.wsgi import get_wsgi_application

body = open(sys.argv[2], "rb").read()
environ = {
    "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/events/batch", "HTTP_HOST": "localhost",
    "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)),
    "CONTENT_TYPE": "application/json", "HTTP_CONTENT_ENCODING": "gzip",
    "HTTP_AUTHORIZATION": f"Bearer {sys.argv[1]}", "REMOTE_ADDR": "127.0.0.1",
}
said = []
answer = b"".join(get_wsgi_application()(environ, lambda status, headers: said.append(status)))
# Not `ru_maxrss`: that remembers the process which started this one.
peak = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(said[0].split()[0], int(peak[0].split()[1]) // 1024)
"""
CALL = (
    '{"customer_id":"%s","event_name":"ai_call","idempotency_key":"%s","properties":'
    '{"duration_minutes":5,"region":"US","call_outcome":"resolved","note":"%s"}}'
)
NANS = ",".join(["NaN"] * 20)
EMOJI = "\N{GRINNING FACE}"

BATCHES = {
    "a long event and conflicts": [CALL % ("acme", "k", "x" * 1_000_000)]
    + [CALL % ("acme", "k", number) for number in range(9_999)],
    "twenty unknown fields each": [
        "{" + ",".join(f'"customer_i{item:05}{name:02}":1' for name in range(20)) + "}"
        for item in range(9_500)
    ],
    "twenty mistakes under a name": ['{"' + "\\u00e9" * 40 + '":[' + NANS + "]}"] * 10_000,
    "quarantined": [CALL % ("nobody", number, "x" * 1_800) for number in range(10_000)],
    # Python keeps every letter of such a text at four bytes.
    "an emoji in each": [CALL % ("acme", number, EMOJI + "x" * 1_800) for number in range(10_000)],
    "an emoji in each, quarantined": [
        CALL % ("nobody", number, EMOJI + "x" * 1_800) for number in range(10_000)
    ],
    "an emoji in each, conflicts": [
        CALL % ("acme", "k", EMOJI + "x" * 1_800 + str(number)) for number in range(10_000)
    ],
}

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells the most memory of a process"
)


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("items", BATCHES.values(), ids=BATCHES.keys())
def test_no_batch_takes_more_than_three_hundred_megabytes(tmp_path: Path, items: list[str]) -> None:
    make.ai_call_meter()
    key = make.api_key(make.partner(make.acme()))[1]
    body = tmp_path / "body"
    body.write_bytes(gzip.compress(('{"events":[' + ",".join(items) + "]}").encode(), 1))

    done = subprocess.run(
        [sys.executable, "-c", POST, key, str(body)],
        cwd=PROJECT, capture_output=True, text=True, check=True, timeout=120,
        env=environ(**QUIET, DEBUG="false", DJANGO_SETTINGS_MODULE="billing_portal.settings"),
    )  # fmt: skip

    status, megabytes = done.stdout.split()
    assert status == "200"
    assert int(megabytes) <= MOST_MB
