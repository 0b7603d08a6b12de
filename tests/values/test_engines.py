"""What the engines never hold: a float, a clock, chance, Django, a database."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGES = (
    "values",
    "usage/metering",
    "invoicing/rating",
    "invoicing/credits",
    "invoicing/tax",
    "invoicing/assembly",
    "plan_file/format",
)
FILES = [file for package in PACKAGES for file in sorted((PROJECT / package).rglob("*.py"))]
NEW_IDS = PROJECT / "values/identifiers.py"
"""Makes ids, which begin with the time and end by chance; no engine imports it."""

CLOCKS = frozenset({"now", "utcnow", "today", "time_ns", "monotonic", "perf_counter", "localtime"})
OUTSIDE = frozenset(
    {
        *("django", "djmoney", "rest_framework", "celery", "psycopg", "pghistory", "environ"),
        *("os", "random", "secrets", "socket", "subprocess", "time", "uuid", "cmath", "statistics"),
    }
)
EXACT_OF_MATH = frozenset({"ceil", "floor", "gcd", "lcm", "prod"})


def names(file: Path) -> str:
    return str(file.relative_to(PROJECT))


def nodes(file: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def imported(file: Path) -> Iterator[tuple[str, str]]:
    for node in nodes(file):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def floats(file: Path) -> Iterator[str]:
    """Yield what makes a float, or says that something is one, to refuse it excepted."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    asked = {
        id(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance"
        for name in ast.walk(node.args[1])
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"line {node.lineno}: {node.value}"
        elif isinstance(node, ast.Name) and node.id == "float" and id(node) not in asked:
            yield f"line {node.lineno}: float"


@pytest.mark.parametrize("file", FILES, ids=names)
def test_no_float_is_written_made_or_expected(file: Path) -> None:
    assert list(floats(file)) == []
    assert {name for module, name in imported(file) if module == "math"} <= EXACT_OF_MATH


@pytest.mark.parametrize("file", [file for file in FILES if file != NEW_IDS], ids=names)
def test_nothing_is_asked_of_the_world_outside(file: Path) -> None:
    called = [node.func for node in nodes(file) if isinstance(node, ast.Call)]

    assert [
        func.attr for func in called if isinstance(func, ast.Attribute) if func.attr in CLOCKS
    ] == []
    assert {module.split(".")[0] for module, _ in imported(file)} & OUTSIDE == set()


def test_no_engine_makes_ids() -> None:
    importing = [names(file) for file in FILES if "values.identifiers" in dict(imported(file))]

    assert importing == []
