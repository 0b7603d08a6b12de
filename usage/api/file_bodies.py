"""Files of usage as the API shows them."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from accounts.api.json_answer import AsSent
from usage.documents.files.run_facts import run_facts
from usage.files.mapping_format import mapping_json
from usage.intake.sent_event import Rejected, SentEvent
from usage.models import FileError, FileRun, FileState, MappingOrigin, UsageFile
from usage.queries.files.found_files import runs_of
from usage.queries.files.remembered import Remembered
from usage.queries.files.sample import FileSample, PreviewedRow
from usage.queries.files.suggested import suggested_mapping

STATES = tuple(FileState.values)


class FileFailureSerializer(serializers.Serializer[Any]):
    """Why a check or import stopped."""

    code = serializers.CharField()
    detail = serializers.CharField()
    row = serializers.IntegerField(allow_null=True)


class FileRunSerializer(serializers.Serializer[Any]):
    """A check, which stores nothing, or an import."""

    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    percent = serializers.IntegerField(allow_null=True)
    rows = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Rows that the mapping passes over.")
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    conflicts = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    rejected = serializers.IntegerField()
    listed_errors = serializers.IntegerField()
    failure = FileFailureSerializer(allow_null=True)


class UsageFileSerializer(serializers.Serializer[Any]):
    """A file of usage."""

    id = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    mode = serializers.ChoiceField(["live", "test"])
    format = serializers.ChoiceField(["csv", "ndjson", "json", "xlsx"])
    is_gzip = serializers.BooleanField()
    encoding = serializers.CharField()
    delimiter = serializers.CharField(help_text="Empty: found out from the headings.")
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    uploaded_at = serializers.DateTimeField()
    forgotten_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when its bytes and listed errors are deleted."
    )
    mapping = serializers.DictField(allow_null=True)
    mapping_origin = serializers.ChoiceField(
        ["", *MappingOrigin.values],
        help_text="said: sent or saved for this file; remembered: of your last file with these "
        "columns; ready: of a known export; guessed: it cannot be imported before you send it.",
    )
    check = FileRunSerializer(allow_null=True)


# Named by what it is: `import` is a word of the language.
UsageFileSerializer._declared_fields["import"] = FileRunSerializer(allow_null=True)


class RememberedSerializer(serializers.Serializer[Any]):
    """How the columns differ from those of the earlier file whose mapping is suggested."""

    missing_columns = serializers.ListField(child=serializers.CharField())
    new_columns = serializers.ListField(child=serializers.CharField())


class UsageFileDetailSerializer(UsageFileSerializer):
    """A file with its columns, and what they probably mean."""

    columns = serializers.ListField(child=serializers.CharField())
    ready_mapping = serializers.CharField(help_text="The ready mapping that fits, or empty.")
    suggested_mapping = serializers.DictField(allow_null=True)
    suggested_by = serializers.ChoiceField(["", "guessed", "remembered", "ready"])
    remembered = RememberedSerializer(allow_null=True)


class PreviewEventSerializer(serializers.Serializer[Any]):
    """What a row becomes: an event, or why it is none."""

    row = serializers.IntegerField()
    event = serializers.DictField(allow_null=True)
    # The metaclass moves fields away from the attributes that they seem to hide.
    errors = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class MappedFileSerializer(UsageFileSerializer):
    """A file with its new mapping, and what its first 20 rows become."""

    preview = PreviewEventSerializer(many=True)


class FileErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with a row, or why its event waits."""

    row = serializers.IntegerField()
    column = serializers.CharField()
    status = serializers.ChoiceField(["rejected", "conflict", "quarantined"])
    code = serializers.CharField()
    reason = serializers.CharField()
    excerpt = serializers.CharField()
    idempotency_key = serializers.CharField()


def file_body(file: UsageFile) -> dict[str, Any]:
    """Return a file; its runs are read unless prefetched."""
    runs = runs_of(file=file)
    return {
        "id": file.public_id,
        "name": file.name,
        "state": file.state,
        "mode": file.source.mode,
        "format": file.format,
        "is_gzip": file.is_gzip,
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "uploaded_at": file.uploaded_at,
        "forgotten_at": file.forgotten_at,
        "mapping": file.mapping,
        "mapping_origin": file.mapping_origin,
        "check": _run_body(file, runs.check, None),
        "import": _run_body(file, runs.stored, runs.check),
    }


def sample_body(file: UsageFile, sample: FileSample) -> dict[str, Any]:
    """Return the columns of a file and what they probably mean."""
    suggested = suggested_mapping(file=file, sample=sample) if sample.columns else None
    return {
        "columns": list(sample.columns),
        "ready_mapping": suggested.ready_code if suggested else "",
        "suggested_mapping": mapping_json(suggested.mapping) if suggested else None,
        "suggested_by": suggested.origin if suggested else "",
        "remembered": _remembered_body(suggested.remembered) if suggested else None,
    }


def _remembered_body(remembered: Remembered | None) -> dict[str, Any] | None:
    if remembered is None:
        return None
    return {
        "missing_columns": list(remembered.missing),
        "new_columns": list(remembered.new),
    }


def preview_body(rows: Sequence[PreviewedRow]) -> list[dict[str, Any]]:
    """Return what rows become; one that is left out has neither event nor error."""
    return [
        {
            "row": previewed.row.number,
            "event": AsSent(event.text) if isinstance(event, SentEvent) else None,
            "errors": [f.detail for f in event.faults] if isinstance(event, Rejected) else [],
        }
        for previewed in rows
        for event in (previewed.events or (None,))
    ]


def error_body(error: FileError) -> dict[str, Any]:
    """Return an error of a file."""
    return {
        "row": error.row,
        "column": error.column,
        "status": error.status,
        "code": error.code,
        "reason": error.reason,
        "excerpt": error.excerpt,
        "idempotency_key": error.idempotency_key,
    }


def _run_body(file: UsageFile, run: FileRun | None, check: FileRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    facts = run_facts(file=file, run=run, check=check)
    return {
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "percent": facts.percent,
        "rows": run.rows,
        "left_out": run.left_out,
        **{counted.name: counted.number for counted in facts.counts},
        "listed_errors": run.listed,
        "failure": {
            "code": run.failure_code,
            "detail": run.failure,
            "row": run.failure_row,
        }
        if run.failure
        else None,
    }
