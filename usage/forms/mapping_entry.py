"""Saying what the columns of a file mean: what it begins from, what was entered, what it makes."""

from typing import Any

from django.core.exceptions import ValidationError

from usage.documents.files.file_page import mapping_of
from usage.documents.files.preview_rows import ShownEvent, shown_events
from usage.files.detect import FileFormat
from usage.files.encodings import Encoding
from usage.files.mapping import FileMapping
from usage.files.mapping_format import mapping_json, read_mapping
from usage.files.read_row import MissingColumn
from usage.forms.mapping import MappingForm
from usage.forms.properties import entered_properties, property_forms
from usage.models import UsageFile
from usage.queries.files.sample import FileSample, file_sample, preview
from usage.queries.files.suggested import Suggested, guessed_mapping, suggested_mapping
from values.problems import InvalidTerms

GUESS = "guess"
"""Begin from the columns alone, whatever was said of this file or an earlier one."""


class MappingEntry:
    """
    The mapping of one file on its way through a page; the file has columns.

    `form` and `properties` are None where its rows are events as they stand. `origin` says where
    the mapping comes from that the form begins from; None where it is the file's own.
    """

    def __init__(self, *, file: UsageFile, sample: FileSample, start: str, data: Any) -> None:
        self.file, self.sample = file, sample
        self.suggested = _suggested(file, sample, start)
        self.base = _base(file, self.suggested, start)
        self.form: MappingForm | None = None
        self.properties: Any = None
        self._rules: Any = []
        if self.base.events:
            self.form = MappingForm(data, file=file, base=self.base, columns=sample.columns)
            self.properties, self._rules = property_forms(self.base, sample.columns, data)

    @property
    def origin(self) -> str:
        """Return where the mapping comes from that the form begins from."""
        is_own = self.base is not self.suggested.mapping
        return self.file.mapping_origin if is_own else self.suggested.origin.value

    @property
    def further_legs(self) -> tuple[Any, ...]:
        """Return the events of a row behind the first, whose properties stay as they are."""
        return self.base.events[1:]

    def entered(self) -> FileMapping | None:
        """Return the mapping that was entered, None where something is wrong; the form says it."""
        if self.form is None:
            return self.base
        if not (self.form.is_valid() & self.properties.is_valid()):
            return None
        try:
            mapping = self.form.mapping(entered_properties(self.properties, self._rules))
            # The same words as the API's: what it would refuse is refused here.
            return read_mapping(mapping_json(mapping))
        except ValidationError as error:
            self.form.add_error(None, error)
        except InvalidTerms as error:
            for problem in error.problems:
                self.form.add_error(None, problem.text())
        return None

    def text_reading(self) -> dict[str, Any]:
        """Return how the text of the file is read, as it was entered."""
        return self.form.text_reading() if self.form else {}

    def previewed(self, mapping: FileMapping) -> list[ShownEvent]:
        """Return what the first rows become; where it cannot be said, the form says why."""
        try:
            rows = preview(source=self.file.source, sample=self.sample, mapping=mapping)
            return shown_events(rows)
        except MissingColumn as error:
            if self.form is not None:
                self.form.add_error(None, f"{str(error)[0].upper()}{str(error)[1:]}.")
            return []


def mapping_entry(
    *, file: UsageFile, start: str = "", data: Any = None
) -> tuple[FileSample, MappingEntry | None]:
    """
    Return what stands at the beginning of a file, and its mapping, None where it has no columns.

    `start` is GUESS or nothing; `data` what was posted.
    """
    sample = file_sample(file=file)
    if not sample.columns:
        return sample, None
    return sample, MappingEntry(file=file, sample=sample, start=start, data=data)


def may_be_windows(*, file: UsageFile, sample: FileSample) -> bool:
    """Return whether a CSV cannot be read as UTF-8, and might be read as Windows-1252."""
    is_utf_8 = file.format == FileFormat.CSV and file.encoding == Encoding.UTF_8
    return is_utf_8 and sample.failure is not None and sample.failure.code == "encoding"


def _suggested(file: UsageFile, sample: FileSample, start: str) -> Suggested:
    if start == GUESS:
        return guessed_mapping(sample=sample)
    return suggested_mapping(file=file, sample=sample)


def _base(file: UsageFile, suggested: Suggested, start: str) -> FileMapping:
    own = mapping_of(file)
    return suggested.mapping if own is None or start == GUESS else own
