"""What may be done with a file now, the likeliest first."""

from dataclasses import dataclass

from usage.models import FileState, MappingOrigin, UsageFile
from usage.operations.files.begin_run import is_import_offered, why_not_checked

_MAPPABLE = frozenset({FileState.UPLOADED, FileState.MAPPED, FileState.CHECKED, FileState.FAILED})


@dataclass(frozen=True, slots=True)
class FileAction:
    """A button: the name of its route, its words; one that only leads to a page is a link."""

    route: str
    label: str
    is_link: bool = False


def offered_actions(*, file: UsageFile) -> tuple[FileAction, ...]:
    """Return what the file's state allows; prefetched runs are used."""
    if file.is_at_work:
        return (FileAction("file_cancel", "Stop"),)
    actions = []
    if not why_not_checked(file=file):
        label = "Check again" if file.state == FileState.CHECKED else "Check"
        actions.append(FileAction("file_check", label))
    if is_import_offered(file=file):
        is_next = file.state in {FileState.CANCELLED, FileState.FAILED}
        actions.append(FileAction("file_import", "Go on importing" if is_next else "Import"))
    if file.state in _MAPPABLE and not file.is_forgotten:
        actions.append(FileAction("file_mapping", _map_words(file), is_link=True))
    return tuple(sorted(actions, key=lambda action: action.route != _first(file)))


def _first(file: UsageFile) -> str:
    if file.mapping is None or file.mapping_origin == MappingOrigin.GUESSED:
        return "file_mapping"
    return "file_check" if file.state == FileState.MAPPED else "file_import"


def _map_words(file: UsageFile) -> str:
    return "Say what its columns mean" if file.mapping is None else "See what its columns mean"
