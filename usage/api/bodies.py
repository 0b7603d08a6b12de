"""Request bodies that carry events: size, type and encoding, checked before anything is stored."""

from dataclasses import dataclass

from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem
from usage.intake.batch_body import TooMuch, refuse_too_many_values
from usage.intake.gzip_body import NotGzip, UnpacksTooLarge, unpacked
from usage.intake.json_body import NotJson

MAXIMUM_BYTES = 5 * 1024 * 1024
TOO_LARGE = f"The body is larger than 5 MB ({MAXIMUM_BYTES} bytes); send several requests."
JSON = "application/json"
NDJSON = "application/x-ndjson"

_GZIP = ("gzip", "x-gzip")


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent, unpacked, and its media type."""

    content: bytes
    media_type: str


def read_body(request: Request, *, accepted: tuple[str, ...] = (JSON,)) -> Body:
    """
    Return the body of one of the accepted media types.

    :raises ApiProblem: too large, of another type or encoding, without a length, or damaged.
    """
    media_type = _media_type(request, accepted)
    is_packed = _is_packed(request)
    length = request.META.get("CONTENT_LENGTH") or (
        "" if request.META.get("HTTP_TRANSFER_ENCODING") else "0"
    )
    if not (length.isascii() and length.isdigit()):
        raise ApiProblem(kinds.LENGTH_REQUIRED, "Send the body with a Content-Length.")
    if int(length[:20]) > MAXIMUM_BYTES:
        raise ApiProblem(kinds.TOO_LARGE, TOO_LARGE)
    content = request.body
    if len(content) > MAXIMUM_BYTES:
        raise ApiProblem(kinds.TOO_LARGE, TOO_LARGE)
    try:
        content = unpacked(content) if is_packed else content
        refuse_too_many_values(content)
    except NotGzip as error:
        raise ApiProblem(kinds.INVALID_ENCODING, _sentence(error)) from error
    except (UnpacksTooLarge, TooMuch) as error:
        raise ApiProblem(kinds.TOO_LARGE, str(error)) from error
    return Body(content, media_type)


def not_json(error: NotJson) -> ApiProblem:
    """Return the problem of a body that is no JSON."""
    return ApiProblem(kinds.INVALID_JSON, _sentence(error))


def _media_type(request: Request, accepted: tuple[str, ...]) -> str:
    media_type = str(request.META.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
    if media_type in accepted:
        return media_type
    shown = media_type.encode("ascii", "backslashreplace").decode() or "nothing"
    raise ApiProblem(
        kinds.UNSUPPORTED_MEDIA_TYPE,
        f"Content-Type is {shown}; send {' or '.join(accepted)}.",
    )


def _is_packed(request: Request) -> bool:
    encoding = str(request.META.get("HTTP_CONTENT_ENCODING", "identity")).strip().lower()
    if encoding in _GZIP:
        return True
    if encoding not in ("identity", ""):
        # RFC 9110, section 12.5.3: an answer that refuses an encoding names those that are taken.
        raise ApiProblem(
            kinds.UNSUPPORTED_MEDIA_TYPE,
            "Of compressed bodies only gzip is taken.",
            headers={"Accept-Encoding": "gzip"},
        )
    return False


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."
