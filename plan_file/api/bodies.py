"""Request bodies that are plan files: size, type and text, checked before they are read."""

from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem
from plan_file.format.document import Document
from plan_file.format.reading import decoded, parse_document

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


def _body(request: Request, media_type: str) -> bytes:
    meta = request.META
    if media_type not in MEDIA_TYPES:
        shown = media_type.encode("ascii", "backslashreplace").decode() or "nothing"
        raise ApiProblem(
            kinds.UNSUPPORTED_MEDIA_TYPE,
            f"Content-Type is {shown}; send {', '.join(MEDIA_TYPES[:-1])} or {MEDIA_TYPES[-1]}.",
        )
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
