"""Request bodies that are plan files: size, type and text, checked before they are read."""

from collections.abc import Sequence

from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem
from plan_file.format.document import Document
from plan_file.format.json_text import read_json
from plan_file.format.reading import BadFile, decoded, parse_document
from plan_file.format.tree import Unreadable, settle
from values.problems import Path, Problem

MAXIMUM_BYTES = 5 * 1024 * 1024
MEDIA_TYPES = ("application/yaml", "text/yaml", "application/json")
BODY_NAMES = ("body.yaml", "body.json")
_TOO_LARGE = f"The file is larger than 5 MB ({MAXIMUM_BYTES} bytes)."


def read_plan_file(request: Request) -> Document:
    """
    Return the document in the body.

    :raises ApiProblem: too large, of another type, compressed or without a length.
    :raises BadFile: with every problem of the document.
    """
    media_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    name = BODY_NAMES[media_type == "application/json"]
    return parse_document(decoded(_body(request, media_type), name), name=name)


def read_json_tree(request: Request) -> tuple[object, list[Problem]]:
    """
    Return the JSON body as dicts, lists, text, whole numbers and flags, and its problems.

    A number with a point is one of them, but for properties of events: it is read as written.

    :raises ApiProblem: too large, of another type, compressed, without a length, or no JSON.
    """
    media_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    try:
        text = decoded(_body(request, media_type, takes=MEDIA_TYPES[-1:]), "body")
        tree, problems = settle(read_json(text), take_float=_in_properties)
    except BadFile as error:
        raise _no_json("; ".join(each.message for each in error.problems)) from error
    except Unreadable as error:
        raise _no_json(f"{error.place} {error}".strip()) from error
    return tree, list(problems)


def _no_json(reason: str) -> ApiProblem:
    return ApiProblem(kinds.INVALID_JSON, f"The body cannot be read: {reason}.")


def _in_properties(path: Path) -> bool:
    return len(path) > 3 and path[0] == "events" and path[2] == "properties"


def _body(request: Request, media_type: str, takes: Sequence[str] = MEDIA_TYPES) -> bytes:
    meta = request.META
    if media_type not in takes:
        shown = media_type.encode("ascii", "backslashreplace").decode() or "nothing"
        named = " or ".join(filter(None, (", ".join(takes[:-1]), takes[-1])))
        raise ApiProblem(kinds.UNSUPPORTED_MEDIA_TYPE, f"Content-Type is {shown}; send {named}.")
    if meta.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise ApiProblem(kinds.UNSUPPORTED_MEDIA_TYPE, "Compressed bodies are not taken.")
    if not meta.get("CONTENT_LENGTH") and meta.get("HTTP_TRANSFER_ENCODING"):
        raise ApiProblem(kinds.LENGTH_REQUIRED, "Send the body with a Content-Length.")
    if int(meta.get("CONTENT_LENGTH") or 0) > MAXIMUM_BYTES:
        raise ApiProblem(kinds.TOO_LARGE, _TOO_LARGE)
    body: bytes = request.body
    if len(body) > MAXIMUM_BYTES:
        raise ApiProblem(kinds.TOO_LARGE, _TOO_LARGE)
    return body
