"""The file in a request: as the body itself, or as the part `file` of a form."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem

_PART_BYTES = 1 << 18
# The form around a file: its name, type and borders.
_FORM_BYTES = 1 << 16
_FORM = "multipart/form-data"
_TYPED_BY_MISTAKE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class SentFile:
    """The name that came with a file, and its bytes in parts, to be read once."""

    name: str
    parts: Iterator[bytes]


def sent_file(request: Request, *, name: str | None) -> SentFile:
    """
    Return the file of a request; a name in the address goes before that of the form.

    :raises ApiProblem: without a length, too large, or no file at all.
    """
    plain: HttpRequest = request._request
    media_type = plain.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type == _TYPED_BY_MISTAKE:
        raise ApiProblem(
            kinds.UNSUPPORTED_MEDIA_TYPE,
            "Send the file as the body with its own Content-Type, such as text/csv, or as the part "
            "'file' of multipart/form-data.",
        )
    length = _length(plain, most_bytes=_most_bytes() + (_FORM_BYTES if media_type == _FORM else 0))
    if media_type == _FORM:
        return _of_form(plain, name)
    if not length:
        raise ApiProblem(kinds.BAD_REQUEST, "The body is empty; it is the file.")
    return SentFile(name or "file", _parts(plain))


def too_large() -> ApiProblem:
    """Return the refusal of a file that is larger than any that is taken."""
    megabytes = settings.USAGE_FILE_MEGABYTES
    return ApiProblem(
        kinds.TOO_LARGE, f"The file is larger than {megabytes} MB; pack it by gzip, or split it."
    )


def _most_bytes() -> int:
    return int(settings.USAGE_FILE_MEGABYTES) * 2**20


def _length(request: HttpRequest, *, most_bytes: int) -> int:
    chunked = request.META.get("HTTP_TRANSFER_ENCODING")
    length = request.META.get("CONTENT_LENGTH") or ("" if chunked else "0")
    if not (length.isascii() and length.isdigit()):
        raise ApiProblem(kinds.LENGTH_REQUIRED, "Send the file with a Content-Length.")
    if int(length[:20]) > most_bytes:
        raise too_large()
    return int(length[:20])


def _of_form(request: HttpRequest, name: str | None) -> SentFile:
    try:
        files: Any = request.FILES
    except (MultiPartParserError, StopUpload, ValueError) as error:
        raise ApiProblem(kinds.BAD_REQUEST, "The form cannot be read.") from error
    sent = files.getlist("file")
    if len(sent) != 1:
        raise ApiProblem(kinds.BAD_REQUEST, "The form has one part named 'file': the file.")
    return SentFile(name or sent[0].name or "file", sent[0].chunks(_PART_BYTES))


def _parts(request: HttpRequest) -> Iterator[bytes]:
    while part := request.read(_PART_BYTES):
        yield part
