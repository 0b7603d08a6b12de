"""Saying what the columns of a file mean, and remembering it for the next one."""

import hashlib
import json
from datetime import datetime

from django.db import transaction

from accounts.models import User
from usage.files.detect import FileFormat
from usage.files.encodings import Encoding
from usage.files.mapping import FileMapping
from usage.files.mapping_format import mapping_json, read_mapping
from usage.files.read_row import RowReader
from usage.models import (
    ColumnMapping,
    FileRun,
    FileState,
    MappingOrigin,
    RunKind,
    UsageFile,
)
from usage.queries.files.remembered import remembered_mapping
from usage.queries.files.sample import FileSample, file_sample

_MAY_BE_MAPPED = frozenset(
    {FileState.UPLOADED, FileState.MAPPED, FileState.CHECKED, FileState.FAILED}
)

FORGOTTEN = "the bytes of the file are deleted: upload it again"


class NotNow(Exception):
    """The file's state does not allow this; the message says why."""


def map_file(
    *,
    file: UsageFile,
    mapping: FileMapping,
    now: datetime,
    by: User | None = None,
    origin: MappingOrigin = MappingOrigin.SAID,
    encoding: Encoding | None = None,
    delimiter: str | None = None,
) -> UsageFile:
    """
    Set a file's mapping and how its text is read; what an earlier check found is forgotten.

    One that was only guessed (`origin`) can be checked, and neither imported nor remembered.

    :raises NotNow: it is being checked or imported, or events of it are stored.
    :raises MissingColumn: the mapping names a column that the file does not have.
    :raises Unreadable: the file has no columns at all.
    :raises InvalidTerms: the mapping could not be read again.
    """
    read_mapping(mapping_json(mapping))
    with transaction.atomic():
        file = UsageFile.objects.select_for_update().get(pk=file.pk)
        _refuse_unless_open(file)
        if encoding is not None and file.encoding != Encoding.UTF_16:
            file.encoding = encoding.value
        if delimiter is not None and file.format == FileFormat.CSV:
            file.delimiter = delimiter
        sample = file_sample(file=file)
        if sample.failure is not None and not sample.columns:
            raise sample.failure
        RowReader(mapping, sample.headings)
        file.mapping, file.mapping_origin = mapping_json(mapping), origin
        file.state = FileState.MAPPED
        file.save()
        file.runs.all().delete()
        if origin != MappingOrigin.GUESSED:
            _remember(file, sample, now=now, by=by)
    return file


@transaction.atomic
def read_text_as(*, file: UsageFile, encoding: Encoding) -> None:
    """
    Say how the letters of a CSV are written, before anything else is known of it.

    :raises NotNow: as `map_file`.
    """
    file = UsageFile.objects.select_for_update().get(pk=file.pk)
    _refuse_unless_open(file)
    file.encoding = encoding.value
    file.save(update_fields=["encoding"])


def map_as_before(*, file: UsageFile) -> None:
    """
    Map a new file as the source's last one with the same columns was, if there is one.

    With one column more or less somebody looks at it first.
    """
    sample = file_sample(file=file)
    found = remembered_mapping(
        source=file.source, format=FileFormat(file.format), columns=sample.columns
    )
    if found is None or not found.is_exact or sample.failure is not None:
        return
    # Who saw it since it was kept may have mapped it, or have had it forgotten.
    waiting = UsageFile.objects.filter(pk=file.pk, state=FileState.UPLOADED, forgotten_at=None)
    waiting.update(
        mapping=mapping_json(found.mapping),
        mapping_origin=MappingOrigin.REMEMBERED,
        encoding=file.encoding if file.encoding == Encoding.UTF_16 else found.encoding,
        state=FileState.MAPPED,
    )
    file.refresh_from_db()


def _refuse_unless_open(file: UsageFile) -> None:
    if file.is_forgotten:
        raise NotNow(FORGOTTEN)
    if file.state not in _MAY_BE_MAPPED:
        raise NotNow(f"the file stands at “{file.get_state_display()}”: its mapping stays as it is")
    if FileRun.objects.filter(file=file, kind=RunKind.IMPORT, last_row__gt=0).exists():
        raise NotNow("events of this file are stored: upload it again to map it in another way")


def _remember(file: UsageFile, sample: FileSample, *, now: datetime, by: User | None) -> None:
    columns = sorted(sample.columns)
    ColumnMapping.objects.update_or_create(
        source=file.source,
        format=file.format,
        columns_hash=hashlib.sha256(json.dumps(columns).encode()).hexdigest(),
        defaults={
            "columns": columns,
            "mapping": file.mapping,
            "delimiter": file.delimiter,
            "encoding": file.encoding,
            "used_at": now,
            "used_by": by,
        },
    )
