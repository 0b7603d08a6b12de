"""What the columns of a file probably mean, and who says so."""

from dataclasses import dataclass

from usage.files.detect import FileFormat
from usage.files.guess import guess
from usage.files.mapping import FileMapping
from usage.models import MappingOrigin, UsageFile
from usage.queries.files.remembered import Remembered, remembered_mapping
from usage.queries.files.sample import FileSample


@dataclass(frozen=True, slots=True)
class Suggested:
    """
    A mapping to begin from.

    `remembered` is the mapping of an earlier file that it was taken from, with the columns that
    are new or missing: unless there are none, it is a guess. `ready_code` is of the ready mapping
    for such files, empty where there is none.
    """

    mapping: FileMapping
    origin: MappingOrigin
    remembered: Remembered | None
    ready_code: str


def suggested_mapping(*, file: UsageFile, sample: FileSample) -> Suggested:
    """Return the likeliest mapping: as last time, the ready one, nearly as last time, a guess."""
    remembered = remembered_mapping(
        source=file.source, format=FileFormat(file.format), columns=sample.columns
    )
    if remembered is not None and remembered.is_exact:
        origin = MappingOrigin.REMEMBERED
        return Suggested(remembered.mapping, origin, remembered, sample.ready_code())
    return _new(sample, remembered)


def guessed_mapping(*, sample: FileSample) -> Suggested:
    """Return what the columns alone speak for, whatever earlier files were."""
    return _new(sample, None)


def _new(sample: FileSample, remembered: Remembered | None) -> Suggested:
    code = sample.ready_code()
    guessed = guess(sample.headings, sample.good_rows())
    if code or not guessed.events:
        # Known exports, and rows that are events of our API as they stand: nothing is guessed.
        return Suggested(guessed, MappingOrigin.READY, remembered, code)
    mapping = guessed if remembered is None else remembered.mapping
    return Suggested(mapping, MappingOrigin.GUESSED, remembered, code)
