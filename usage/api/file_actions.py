"""`/api/v1/usage-files/{file}/…`: what is done with a file, and what was wrong with it."""

from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.looks import key_look
from accounts.api.openapi import answers, page_of
from accounts.api.paging import DEFAULT_LIMIT, LIMIT, cursor_parameter, page
from accounts.api.parameters import Parameter, not_found, one_of, read_parameters
from accounts.models import Scope
from accounts.operations.record_look import counted
from usage.api.file_bodies import FileErrorSerializer, UsageFileSerializer, error_body, file_body
from usage.api.file_lookup import FileView, file_of, not_now
from usage.documents.files.error_table import csv_lines
from usage.models import FileRun, RunKind, UsageFile
from usage.operations.files.begin_run import start_check, start_import
from usage.operations.files.cancel_file import cancel_file
from usage.operations.files.forget_usage_file import forget_usage_file
from usage.operations.files.map_file import NotNow
from usage.operations.files.wake_worker import wake_worker
from usage.queries.files.found_files import errors_of, every_error, runs_of

_ERRORS = (
    Parameter("run", "By default the import where it has begun.", one_of(*RunKind.values),
              choices=tuple(RunKind.values)),
    Parameter("as", "csv: all of them as a download.", one_of("json", "csv"),
              choices=("json", "csv")),
    LIMIT,
    cursor_parameter(int, int),
)  # fmt: skip


class UsageFileCheck(FileView):
    """A dry run."""

    required_scope = {"POST": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="check_usage_file",
        summary="Check a file",
        description="Counts what an import would accept, know, quarantine and reject; nothing is "
        "stored. It is done in the background: read the file to see how far it is.",
        request=None,
        responses=answers(UsageFileSerializer, 404, 409, 429, status=202),
        tags=["files"],
    )
    def post(self, request: Request, file: str) -> Response:
        """Ask for a check."""
        return _act(request, file, start_check, wakes=True)


class UsageFileImport(FileView):
    """The import."""

    required_scope = {"POST": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="import_usage_file",
        summary="Import a file",
        description="Stores its events in the background. One that was cancelled or stopped goes "
        "on at the row where it was.",
        request=None,
        responses=answers(UsageFileSerializer, 404, 409, 429, status=202),
        tags=["files"],
    )
    def post(self, request: Request, file: str) -> Response:
        """Ask for the import."""
        return _act(request, file, start_import, wakes=True)


class UsageFileCancel(FileView):
    """The end of a check or import."""

    required_scope = {"POST": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="cancel_usage_file",
        summary="Stop a check or import",
        description="Events that are stored stay stored.",
        request=None,
        responses=answers(UsageFileSerializer, 404, 409, 429),
        tags=["files"],
    )
    def post(self, request: Request, file: str) -> Response:
        """Stop behind the rows that are committed."""
        return _act(request, file, cancel_file, wakes=False)


class UsageFileForgetting(FileView):
    """The end of a file's bytes."""

    required_scope = {"POST": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="forget_usage_file",
        summary="Delete the bytes of a file",
        description="Its row, its counts and the events that were stored stay; its bytes and the "
        "list of its errors go. That happens by itself some time after the last work at it.",
        request=None,
        responses=answers(UsageFileSerializer, 404, 409, 429),
        tags=["files"],
    )
    def post(self, request: Request, file: str) -> Response:
        """Delete them for good."""
        return _act(request, file, forget_usage_file, wakes=False)


class UsageFileErrors(FileView):
    """What is wrong with the rows of a file."""

    required_scope = {"GET": Scope.EVENTS_WRITE}

    @extend_schema(
        operation_id="list_usage_file_errors",
        summary="List the errors of a file",
        parameters=[parameter.documented() for parameter in _ERRORS],
        responses=answers(page_of(FileErrorSerializer), 404),
        tags=["files"],
    )
    def get(self, request: Request, file: str) -> HttpResponseBase:
        """In the order of rows; with `as=csv` all of them."""
        asked = read_parameters(request, _ERRORS)
        found = file_of(request, file)
        run = _run(found, asked["run"])
        if asked["as"] == "csv":
            look = key_look(request, rows=None, asked=found.public_id)
            return StreamingHttpResponse(
                csv_lines(counted(every_error(run=run) if run else (), look=look)),
                content_type="text/csv; charset=utf-8",
                headers={
                    "Content-Disposition": f'attachment; filename="{found.public_id}-errors.csv"'
                },
            )
        limit = asked["limit"] or DEFAULT_LIMIT
        errors = errors_of(run=run, after=asked["cursor"], limit=limit + 1) if run else []
        key_look(request, rows=len(errors[:limit]), asked=found.public_id)
        return Response(
            page(
                errors,
                limit=limit,
                position=lambda error: (str(error.row), str(error.pk)),
                shown=lambda kept: [error_body(error) for error in kept],
            )
        )


def _run(file: UsageFile, kind: str | None) -> FileRun | None:
    runs = runs_of(file=file)
    if kind is None:
        return runs.latest()
    found = runs.stored if kind == RunKind.IMPORT else runs.check
    if found is None:
        raise not_found("run", f"there is no {kind} of this file")
    return found


def _act(request: Request, public_id: str, operation: Any, *, wakes: bool) -> Response:
    read_parameters(request, ())
    try:
        file = operation(file=file_of(request, public_id), now=timezone.now())
    except NotNow as error:
        raise not_now(error) from error
    if wakes:
        wake_worker(file=file)
    return Response(file_body(file), status=202 if wakes else 200)
