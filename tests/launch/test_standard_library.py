import ast
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
FILES = [PROJECT / "run.py", *sorted((PROJECT / "launch").glob("*.py"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_starter_needs_only_the_standard_library(file: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])

    assert imported - sys.stdlib_module_names - {"launch"} == set()


def test_an_older_python_can_read_the_first_file() -> None:
    ast.parse((PROJECT / "run.py").read_text(), feature_version=(3, 6))
