"""Request bodies that carry events: size, type and JSON, checked before anything is stored."""

from typing import Any

from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem
from usage.intake.json_body import NotJson, read_json

MAXIMUM_BYTES = 5 * 1024 * 1024
TOO_LARGE = f"The body is larger than 5 MB ({MAXIMUM_BYTES} bytes); send several requests."


def read_body(request: Request) -> Any:
    """
    Return the decoded JSON body; see `read_json` for what stands for bad parts.

    :raises ApiProblem: too large, of another type, without a length, or no JSON.
    """
    meta = request.META
    media_type = meta.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        shown = media_type.encode("ascii", "backslashreplace").decode() or "nothing"
        raise ApiProblem(
            kinds.UNSUPPORTED_MEDIA_TYPE, f"Content-Type is {shown}; send application/json."
        )
    if meta.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise ApiProblem(
            kinds.UNSUPPORTED_MEDIA_TYPE, "Compressed bodies are not taken; send plain JSON."
        )
    length = meta.get("CONTENT_LENGTH") or ("" if meta.get("HTTP_TRANSFER_ENCODING") else "0")
    if not (length.isascii() and length.isdigit()):
        raise ApiProblem(kinds.LENGTH_REQUIRED, "Send the body with a Content-Length.")
    if int(length[:20]) > MAXIMUM_BYTES:
        raise ApiProblem(kinds.TOO_LARGE, TOO_LARGE)
    body = request.body
    if len(body) > MAXIMUM_BYTES:
        raise ApiProblem(kinds.TOO_LARGE, TOO_LARGE)
    try:
        return read_json(body)
    except NotJson as error:
        sentence = str(error)
        raise ApiProblem(kinds.INVALID_JSON, f"{sentence[0].upper()}{sentence[1:]}.") from error
