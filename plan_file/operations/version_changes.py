"""Published versions against what a file states of them: fixed, but for their first end."""

from dataclasses import dataclass

from plan_file.changes import Difference, refusals
from plan_file.format.tree import Path
from plan_file.operations.application import Application, Tree, compared

_KEYS_OF_VERSION = ("effective_from", "effective_to")


@dataclass(frozen=True)
class EndedVersion:
    """A published version that had no end gets one."""

    difference: Difference


def compare_version(
    application: Application, path: Path, stored: Tree, stated: Tree
) -> EndedVersion | None:
    """Return the end that the version gets, None where nothing changes or it is refused."""
    found = compared(stored, stated)
    if not found:
        return None
    if len(found) == 1 and found[0].path == ("effective_to",) and found[0].old is None:
        end = found[0]
        name = _version_name(stated)
        return EndedVersion(Difference((name, *end.path), end.old, end.new))
    application.refuse(
        path,
        f"published and different from the file ({refusals(found)}); "
        "add a version with a new effective_from",
    )
    return None


def new_version(stated: Tree) -> Difference:
    """Return the difference that a version makes which was not there."""
    rest = {key: value for key, value in stated.items() if key not in _KEYS_OF_VERSION}
    entries = rest.get("entries", [])
    words = f"{len(entries)} entries" if "entries" in rest else "new"
    return Difference((_version_name(stated),), None, words)


def _version_name(stated: Tree) -> str:
    begins = stated.get("effective_from")
    return f"version from {begins}" if begins else "version from the beginning"
