"""Files that wait for a worker, or have one."""

from usage.models import FileRun, FileState, RunKind


def files_at_work() -> list[tuple[int, RunKind]]:
    """Return the key and the kind of work of each file that is being checked or imported."""
    found = FileRun.objects.filter(
        kind=RunKind.CHECK, file__state=FileState.CHECKING
    ) | FileRun.objects.filter(kind=RunKind.IMPORT, file__state=FileState.IMPORTING)
    rows = found.order_by("started_at").values_list("file_id", "kind")
    return [(file_id, RunKind(kind)) for file_id, kind in rows]
