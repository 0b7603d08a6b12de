"""Query parameters: declared once, for reading, refusing and documenting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem, ProblemError

LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    A query parameter that an address takes.

    `read` turns its text into a value; a `ValueError` of it becomes the refusal's reason.
    """

    name: str
    description: str
    read: Callable[[str], Any] = str
    type: OpenApiTypes = OpenApiTypes.STR
    choices: tuple[str, ...] = ()

    def documented(self) -> OpenApiParameter:
        """Return its entry in the OpenAPI document."""
        return OpenApiParameter(
            name=self.name,
            description=self.description,
            type=self.type,
            enum=self.choices or None,
            location=OpenApiParameter.QUERY,
        )


def read_parameters(request: Request, known: Sequence[Parameter]) -> dict[str, Any]:
    """
    Return the values by name, None for what was not sent.

    :raises ApiProblem: a parameter is unknown, stands twice or has a bad value; all are named.
    """
    by_name = {parameter.name: parameter for parameter in known}
    values: dict[str, Any] = dict.fromkeys(by_name)
    errors = []
    for name, texts in request.query_params.lists():
        parameter = by_name.get(name)
        try:
            if parameter is None:
                raise ValueError(_unknown(name, by_name))
            values[name] = _value(parameter, texts)
        except ValueError as refusal:
            code = "unknown_parameter" if parameter is None else "invalid_parameter"
            errors.append(ProblemError(code, str(refusal), parameter=_shown(name)))
    if errors:
        raise _refusal(*errors)
    return values


def not_found(parameter: str, reason: str) -> ApiProblem:
    """Return the refusal of a filter that names something which is not there."""
    return _refusal(ProblemError("not_found", reason, parameter=parameter))


def instant(text: str) -> datetime:
    """
    Return a time in UTC from RFC 3339 with an offset.

    :raises ValueError: it is none.
    """
    hint = "write a time with an offset, as in 2024-11-05T10:00:00Z (in an address, + is %2B)"
    try:
        parsed = datetime.fromisoformat(text.upper())
        if parsed.tzinfo is None or not text.isascii() or len(text) < len("2024-11-05T10:00Z"):
            raise ValueError
        return parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(hint) from error


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader that takes these words alone."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return read


def _refusal(*errors: ProblemError) -> ApiProblem:
    detail = "; ".join(f"{error.parameter}: {error.detail}" for error in errors)
    return ApiProblem(kinds.INVALID_PARAMETER, detail, errors=errors)


def _value(parameter: Parameter, texts: Sequence[str]) -> Any:
    if len(texts) > 1:
        raise ValueError("stands more than once")
    text = texts[0]
    if "\x00" in text or len(text) > LONGEST_TEXT:
        raise ValueError(f"a text of 1 to {LONGEST_TEXT} characters without NUL")
    if not text:
        raise ValueError("is empty; leave it out instead")
    return parameter.read(text)


def _unknown(name: str, known: dict[str, Parameter]) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"unknown parameter, did you mean {near[0]}?"
    return f"unknown parameter; known are {', '.join(known)}" if known else "unknown parameter"


def _shown(name: str) -> str:
    return name[:100].encode("ascii", "backslashreplace").decode()
