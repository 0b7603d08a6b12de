"""The door by which tests end and halt processes: shut unless it is asked for, exact if so."""

import ast
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from values.failpoints import NotAFailpoint, arm, reached

PROJECT = Path(__file__).parents[2]
ROOMS = ("accounts", "catalog", "contracts", "invoicing", "plan_file", "portal", "usage")
THREE_VISITS = """
import sys
from values.failpoints import arm, reached
arm(sys.argv[1])
for visit in range(1, 4):
    print(visit, flush=True)
    reached("baking.bread_risen")
"""


@pytest.fixture(autouse=True)
def _shut_again() -> Iterator[None]:
    yield
    arm("")


def baker(failpoints: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", THREE_VISITS, failpoints],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )


def placed() -> Iterator[str]:
    """Yield the name of every point that the code comes by."""
    for room in ROOMS:
        for file in sorted((PROJECT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "reached":
                    yield ast.literal_eval(node.args[0])


def test_a_process_that_nobody_armed_goes_by() -> None:
    made = baker("")

    assert (made.communicate()[0], made.returncode) == ("1\n2\n3\n", 0)


@pytest.mark.parametrize(
    "failpoints, said",
    [
        ("baking.bread_risen:kill", "1\n"),
        ("baking.bread_risen:kill@3", "1\n2\n3\n"),
        ("baking.oven_hot:kill, baking.bread_risen:kill@2", "1\n2\n"),
    ],
)
def test_a_process_dies_as_by_kill_9_at_the_visit_that_is_named(failpoints: str, said: str) -> None:
    made = baker(failpoints)

    assert (made.communicate()[0], made.returncode) == (said, -signal.SIGKILL)


def test_other_points_and_later_visits_are_nothing() -> None:
    made = baker("baking.bread_risen:kill@4,baking.bread:kill")

    assert (made.communicate()[0], made.returncode) == ("1\n2\n3\n", 0)


def test_a_process_halts_and_goes_on_when_it_is_told_to() -> None:
    made = baker("baking.bread_risen:stop@2")

    _, status = os.waitpid(made.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    made.send_signal(signal.SIGCONT)

    assert (made.communicate()[0], made.returncode) == ("1\n2\n3\n", 0)


@pytest.mark.parametrize("action, sent", [("kill", signal.SIGKILL), ("stop", signal.SIGSTOP)])
def test_a_point_sends_its_signal_at_its_visit_and_at_no_other(
    action: str, sent: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[tuple[int, int]] = []
    arm(f"baking.bread_risen:{action}@2")

    for visit in (1, 2, 3):
        monkeypatch.setattr(
            signal, "raise_signal", lambda sign, at=visit: raised.append((at, sign))
        )
        reached("baking.bread_risen")

    assert raised == [(2, sent)]


def test_visits_are_counted_for_the_whole_process_and_from_the_last_arming() -> None:
    arm("baking.bread_risen:kill@2")
    reached("baking.bread_risen")
    arm("baking.bread_risen:kill@2")

    reached("baking.bread_risen")


@pytest.mark.parametrize(
    "text",
    [
        "issuing.numbered",
        "issuing:kill",
        "issuing.numbered:sleep",
        "issuing.numbered:kill@0",
        "issuing.numbered:kill@-1",
        "issuing.numbered:kill@\N{ARABIC-INDIC DIGIT TWO}",
        "issuing.numbered:kill@9999999999",
        "Issuing.numbered:kill",
        "issuing.numbered:kill,",
        " ",
    ],
)
def test_what_says_no_point_is_refused_and_changes_nothing(text: str) -> None:
    arm("baking.oven_hot:kill")

    with pytest.raises(NotAFailpoint, match="is no failpoint such as"):
        arm(text)

    reached("issuing.numbered")


def test_a_bad_variable_stops_the_start_with_its_name() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "import billing_portal.settings"],
        cwd=PROJECT,
        env={**os.environ, "FAILPOINTS": "everywhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode != 0
    assert "FAILPOINTS: 'everywhere' is no failpoint" in answer.stderr


def test_every_point_has_a_name_of_its_own_by_its_walk_and_step() -> None:
    points = Counter(placed())

    assert {point for point, places in points.items() if places > 1} == set()
    assert [point for point in points if not re.fullmatch(r"[a-z_]+\.[a-z_]+", point)] == []


def test_every_point_is_named_by_a_test_that_kills_or_halts_there() -> None:
    others = set((PROJECT / "tests").rglob("test_*.py")) - {Path(__file__)}
    tests = "".join(file.read_text(encoding="utf-8") for file in others)

    assert [point for point in placed() if f'"{point}' not in tests] == []
