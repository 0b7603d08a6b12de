"""The words after `python3 run.py`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from launch.benchmark import run_benchmark
from launch.binaries import NoPostgres
from launch.checks import run_checks
from launch.cluster import PostgresFailed
from launch.demo import CommandFailed, WebFailed, run_demo, run_manage
from launch.environment import EnvironmentFailed
from launch.folders import UnsafeFolder
from launch.processes import NoFreePort
from launch.starter_lock import AlreadyRunning

PROJECT = Path(__file__).resolve().parent.parent
EXPECTED = (
    AlreadyRunning,
    CommandFailed,
    EnvironmentFailed,
    NoFreePort,
    NoPostgres,
    PostgresFailed,
    UnsafeFolder,
    WebFailed,
)


def run(arguments: Sequence[str]) -> int:
    """Do what the words ask; return the exit status."""
    words = list(arguments)
    try:
        # These hand all their words on, so that argparse must not read them.
        if words[:1] == ["manage"]:
            return run_manage(PROJECT, words[1:])
        if words[:1] == ["test"] and words[1:] not in (["-h"], ["--help"]):
            return run_checks(PROJECT, words[1:])
        if words[:1] == ["benchmark"] and words[1:] not in (["-h"], ["--help"]):
            return run_benchmark(PROJECT, words[1:])
        chosen = _parser().parse_args(words)
        return run_demo(PROJECT, fresh=chosen.fresh, port=chosen.port)
    except EXPECTED as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py", description="Everything on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="set up and run everything, until Ctrl-C")
    demo.add_argument("--fresh", action="store_true", help="forget all data and start over")
    demo.add_argument("--port", type=_port, default=8000, help="the first port to try (8000)")
    commands.add_parser(
        "test",
        help="run all tests and checks",
        description="Runs all tests and checks. Further words go to pytest, which then runs alone.",
    )
    commands.add_parser("manage", help="run a management command on the demo's database")
    commands.add_parser("benchmark", help="measure: the word after it says what")
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)
