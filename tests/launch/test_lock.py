import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LOCK = (PROJECT / "requirements.lock").read_text()


def requirements() -> list[str]:
    """Each requirement with its hashes, on one line."""
    return [line for line in LOCK.replace("\\\n", " ").splitlines() if line.strip()]


def test_the_lock_names_no_index_and_no_host() -> None:
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", LOCK) == []
    assert re.findall(r"\b[\w-]+\.(?:org|com|net|io)\b", LOCK) == []


def test_every_requirement_is_pinned_with_hashes() -> None:
    assert requirements() != []
    for requirement in requirements():
        assert re.match(r"^[A-Za-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement)


def test_everything_asked_for_is_in_the_lock() -> None:
    asked = (PROJECT / "requirements.in").read_text().splitlines()
    lines = [line for line in asked if line and line[0] != "#"]
    names = [re.split(r"[\[=<>;]", line)[0].strip().lower() for line in lines]
    locked = {line.split("==")[0].lower() for line in requirements()}

    assert {name.replace("_", "-") for name in names} - locked == set()
