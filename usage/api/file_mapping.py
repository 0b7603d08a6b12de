"""The mapping in a request, and how the text of the file is to be read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem, ProblemError
from usage.api.bodies import read_body
from usage.files.encodings import Encoding
from usage.files.formats.csv_rows import DELIMITERS
from usage.files.mapping import FileMapping
from usage.files.mapping_format import read_mapping
from usage.intake.json_body import NotJson, escaped, faults, read_json
from usage.models import MappingOrigin
from usage.queries.files.suggested import Suggested
from values.problems import InvalidTerms, Problem

_ENCODINGS = (Encoding.UTF_8.value, Encoding.WINDOWS_1252.value)


@dataclass(frozen=True, slots=True)
class SaidMapping:
    """What a request says of a file; None leaves it as it is. One that is sent is confirmed."""

    mapping: FileMapping
    origin: MappingOrigin
    encoding: Encoding | None
    delimiter: str | None


def read_mapping_body(request: Request, *, suggested: Callable[[], Suggested]) -> SaidMapping:
    """
    Return the mapping of a request's body: spelled out, or the suggested one.

    :raises ApiProblem: with every mistake and its place.
    """
    try:
        body = read_json(read_body(request).content)
    except NotJson as error:
        sentence = str(error)
        raise ApiProblem(kinds.INVALID_JSON, f"{sentence[0].upper()}{sentence[1:]}.") from error
    problems = [
        ProblemError(code, reason, pointer=pointer) for pointer, code, reason in faults(body)
    ]
    if not isinstance(body, dict):
        problems.append(ProblemError("not_an_object", "a mapping is a JSON object", pointer=""))
    if problems:
        raise _refused(problems)
    body = dict(body)
    is_ready = body.pop("ready", False)
    encoding = _word(body.pop("encoding", None), "encoding", _ENCODINGS)
    delimiter = _word(body.pop("delimiter", None), "delimiter", ("", *DELIMITERS))
    mapping, origin = _said(body, suggested if is_ready is True and not body else None)
    return SaidMapping(mapping, origin, Encoding(encoding) if encoding else None, delimiter)


def _said(
    body: dict[str, Any], suggested: Callable[[], Suggested] | None
) -> tuple[FileMapping, MappingOrigin]:
    if suggested is None:
        return _spelled(body), MappingOrigin.SAID
    taken = suggested()
    return taken.mapping, taken.origin


def _spelled(body: dict[str, Any]) -> FileMapping:
    try:
        return read_mapping(body)
    except InvalidTerms as error:
        raise mapping_refused(error) from error


def mapping_refused(error: InvalidTerms) -> ApiProblem:
    """Return the refusal of a mapping, with every mistake and its place."""
    return _refused([_error(problem) for problem in error.problems])


def _error(problem: Problem) -> ProblemError:
    pointer = "".join(f"/{escaped(step)}" for step in problem.path)
    return ProblemError("invalid", problem.message, pointer=pointer)


def _word(value: Any, name: str, words: tuple[str, ...]) -> str | None:
    if value is None or value in words:
        return value if isinstance(value, str) else None
    known = ", ".join(repr(word) for word in words)
    raise _refused([ProblemError("invalid", f"{name} is one of {known}", pointer=f"/{name}")])


def _refused(errors: list[ProblemError]) -> ApiProblem:
    detail = "; ".join(f"{error.pointer or 'the body'}: {error.detail}" for error in errors[:20])
    return ApiProblem(kinds.INVALID_BODY, f"The mapping is refused: {detail}.", errors=errors[:50])
