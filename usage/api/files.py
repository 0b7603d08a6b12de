"""`/api/v1/usage-files`: usage as files, from the upload to the events."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import key_of
from accounts.api.looks import key_look
from accounts.api.openapi import answers, page_of
from accounts.api.paging import DEFAULT_LIMIT, LIMIT, cursor_parameter, page
from accounts.api.parameters import Parameter, one_of, read_parameters
from accounts.models import Scope
from usage.api.file_bodies import (
    MappedFileSerializer,
    UsageFileDetailSerializer,
    UsageFileSerializer,
    file_body,
    preview_body,
    sample_body,
)
from usage.api.file_lookup import (
    FileView,
    file_of,
    file_refused,
    may_see_rows,
    no_room,
    not_now,
)
from usage.api.file_mapping import mapping_refused, read_mapping_body
from usage.api.file_upload import sent_file, too_large
from usage.files.read_row import MissingColumn
from usage.files.rows import Unreadable
from usage.models import UsageFile
from usage.operations.files.map_file import NotNow, map_file
from usage.operations.files.upload_file import NoRoom, upload_file
from usage.operations.source_of_key import source_of_key
from usage.queries.files.found_files import files_of_key, page_of_files
from usage.queries.files.sample import file_sample, preview
from usage.queries.files.suggested import Suggested, suggested_mapping
from usage.store.kept_files import TooLarge
from values.problems import InvalidTerms

_LISTED = (LIMIT, cursor_parameter(UUID))
_UPLOADED = (
    Parameter("name", "The file's name, where it is the body itself."),
    Parameter(
        "again",
        "true: keep it although you uploaded the same bytes before, to map it in another way.",
        one_of("true", "false"),
        choices=("true", "false"),
    ),
)
_FILE = {
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    },
    "application/octet-stream": OpenApiTypes.BINARY,
}


class UsageFileCollection(FileView):
    """Files: upload one, list them."""

    required_scope = {"GET": Scope.EVENTS_WRITE, "POST": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="list_usage_files",
        summary="List files of usage",
        parameters=[parameter.documented() for parameter in _LISTED],
        responses=answers(page_of(UsageFileSerializer)),
        tags=["files"],
    )
    def get(self, request: Request) -> Response:
        """The latest first."""
        asked = read_parameters(request, _LISTED)
        limit = asked["limit"] or DEFAULT_LIMIT
        after = asked["cursor"][0] if asked["cursor"] else None
        found = page_of_files(files=files_of_key(key=key_of(request)), after=after, limit=limit + 1)
        return Response(
            page(
                found,
                limit=limit,
                position=lambda file: (str(file.uid),),
                shown=lambda kept: [file_body(file) for file in kept],
            )
        )

    @extend_schema(
        operation_id="upload_usage_file",
        summary="Upload a file of usage",
        description="CSV, NDJSON, a JSON array (or an object that holds one) or XLSX; each also "
        "packed by gzip. 201: kept. 200: you uploaded the same bytes before, and this is that "
        "file. Its state is `mapped` where your last file with exactly these columns was. 409: "
        "as many of your files are kept, or wait, as may be.",
        parameters=[parameter.documented() for parameter in _UPLOADED],
        request=_FILE,
        responses=answers(
            UsageFileDetailSerializer, 409, 411, 413, 415, 422, 429, status=201,
            also={200: UsageFileDetailSerializer},
        ),
        tags=["files"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Keep a file; nothing of it is read but its first rows."""
        asked = read_parameters(request, _UPLOADED)
        sent = sent_file(request, name=asked["name"])
        key = key_of(request)
        try:
            done = upload_file(
                source=source_of_key(key=key),
                name=sent.name,
                parts=sent.parts,
                now=timezone.now(),
                by=key,
                again=asked["again"] == "true",
            )
        except NoRoom as error:
            raise no_room(error) from error
        except TooLarge as error:
            raise too_large() from error
        except Unreadable as error:
            raise file_refused(error.code, error.reason, row=error.row) from error
        sample = file_sample(file=done.file)
        body = {**file_body(done.file), **sample_body(done.file, sample)}
        address = f"/api/v1/usage-files/{done.file.public_id}"
        return Response(body, status=201 if done.is_new else 200, headers={"Location": address})


class UsageFileDetail(FileView):
    """One file."""

    required_scope = {"GET": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="read_usage_file",
        summary="Read a file, how far it is, and what its columns probably mean",
        responses=answers(UsageFileDetailSerializer, 404),
        tags=["files"],
    )
    def get(self, request: Request, file: str) -> Response:
        """State, counts, columns."""
        read_parameters(request, ())
        found = file_of(request, file)
        return Response({**file_body(found), **sample_body(found, file_sample(file=found))})


class UsageFileMapping(FileView):
    """What the columns of a file mean."""

    required_scope = {"PUT": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="map_usage_file",
        summary="Say what the columns mean",
        description='The mapping, or `{"ready": true}` for the one that was suggested. What you '
        "send is confirmed by that and remembered for your next file with these columns; a "
        "suggestion that was `guessed` can be checked, and is imported once you send it. `preview` "
        "is empty for a key without the scope events:read.",
        request=OpenApiTypes.OBJECT,
        responses=answers(MappedFileSerializer, 404, 409, 411, 413, 415, 422, 429),
        tags=["files"],
    )
    def put(self, request: Request, file: str) -> Response:
        """Set the mapping and show what the first rows become."""
        read_parameters(request, ())
        found = file_of(request, file)
        said = read_mapping_body(request, suggested=lambda: _suggested(found))
        try:
            found = map_file(
                file=found,
                mapping=said.mapping,
                origin=said.origin,
                encoding=said.encoding,
                delimiter=said.delimiter,
                now=timezone.now(),
            )
        except NotNow as error:
            raise not_now(error) from error
        except MissingColumn as error:
            raise file_refused("missing_column", str(error)) from error
        except InvalidTerms as error:
            raise mapping_refused(error) from error
        except Unreadable as error:
            raise file_refused(error.code, error.reason, row=error.row) from error
        shows = may_see_rows(request)
        sample = file_sample(file=found)
        rows = preview(source=found.source, sample=sample, mapping=said.mapping) if shows else []
        key_look(request, rows=len(rows), asked=found.public_id)
        return Response({**file_body(found), "preview": preview_body(rows)})


def _suggested(file: UsageFile) -> Suggested:
    """:raises ApiProblem: nothing of the file can be mapped."""
    sample = file_sample(file=file)
    if not sample.columns:
        failure = sample.failure
        raise file_refused(
            failure.code if failure else "empty",
            failure.reason if failure else "the file has no rows to guess from",
            row=failure.row if failure else 0,
        )
    return suggested_mapping(file=file, sample=sample)
