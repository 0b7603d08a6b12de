"""From the bytes of a file to a document, or to every problem of it."""

from collections.abc import Iterable
from pathlib import Path

from invoicing.rating.price_format.reading import ReadFile
from plan_file.format.document import Document, read_sections
from plan_file.format.json_text import read_json
from plan_file.format.tree import Unreadable, settle
from plan_file.format.yaml_text import read_yaml
from values.fields import Place
from values.problems import InvalidTerms, Problem
from values.problems import Path as DocumentPath


class BadFile(ValueError):
    """A file that cannot be taken: every problem that was found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text() for problem in self.problems))


def read_document(path: Path) -> Document:
    """
    Return the document in the file; one named .json is JSON, any other YAML.

    Files that it names are read beside it.

    :raises BadFile: with all its problems, their paths as they stand in the document.
    """
    text = decoded(read_bytes(path), path.name)
    return parse_document(text, name=path.name, read_file=files_beside(path))


def parse_document(
    text: str, *, name: str = "document.yaml", read_file: ReadFile | None = None
) -> Document:
    """
    Return the document that the text writes; a name that ends in .json means JSON.

    ``read_file`` reads the files that it names, None where none can be read.

    :raises BadFile: with all its problems.
    """
    is_json = name.lower().endswith(".json")
    try:
        raw = read_json(text) if is_json else read_yaml(text)
        settled, problems = settle(raw, take_float=_in_properties if is_json else _nowhere)
    except Unreadable as error:
        raise BadFile([located(error, name)]) from error
    found = list(problems)
    if settled is None and not found:
        raise BadFile([Problem((name,), "is empty")])
    if not isinstance(settled, dict):
        raise BadFile([*found, Problem((name,), "must be a mapping")])
    document = read_sections(Place(settled, (), found), read_file=read_file)
    if document is None or found:
        raise BadFile(found)
    return document


def files_beside(document: Path) -> ReadFile:
    """Return a function that reads the text of a file in the folder of the document."""

    def read_file(name: str) -> str:
        if not name or Path(name).name != name or "\\" in name:
            raise InvalidTerms([Problem((), "must be the name of a file beside the document")])
        try:
            return decoded(read_bytes(document.with_name(name)), name)
        except BadFile as error:
            raise InvalidTerms([Problem((), each.text()) for each in error.problems]) from error

    return read_file


def read_bytes(path: Path) -> bytes:
    """
    Return the file's bytes.

    :raises BadFile: where it cannot be read.
    """
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise BadFile([Problem((path.name,), reason or "cannot be read")]) from error


def decoded(data: bytes, name: str) -> str:
    """
    Return the UTF-8 text, without a byte order mark.

    :raises BadFile: where it is no UTF-8, or no text.
    """
    if b"\0" in data:
        raise BadFile([Problem((name,), f"is not text: byte {data.index(0) + 1} is NUL")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile([Problem((name,), f"is not UTF-8: byte {error.start + 1}")]) from error


def located(error: Unreadable, name: str) -> Problem:
    """Return the problem of a text that is no document, with its line where it is known."""
    place = f"{error.place}: " if error.place else ""
    return Problem((name,), f"{place}{error}")


def _in_properties(path: DocumentPath) -> bool:
    """A number in a JSON event is read as written."""
    return len(path) > 3 and path[0] == "events" and path[2] == "properties"


def _nowhere(path: DocumentPath) -> bool:
    return False
