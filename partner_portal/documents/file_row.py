"""Files of usage as their partner's people read them."""

from dataclasses import dataclass
from decimal import Decimal

from django.template.defaultfilters import filesizeformat

from invoicing.documents.formats import quantity
from partner_portal.documents.times import instant
from usage.documents.files.file_page import TONES
from usage.models import FileRun, FileState, UsageFile
from usage.queries.files.found_files import runs_of


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the list; `came_to` says what its events became, empty before anything is known."""

    public_id: str
    name: str
    about: str
    uploaded: str
    by: str
    state: str
    tone: str
    came_to: str
    errors: str


def file_row(file: UsageFile, *, brand_name: str) -> FileRow:
    """Return the row of a file whose runs are prefetched; `brand_name` stands for staff."""
    runs = runs_of(file=file)
    latest = runs.latest()
    return FileRow(
        public_id=file.public_id,
        name=file.name,
        about=about(file),
        uploaded=instant(file.uploaded_at),
        by=uploader(file, brand_name=brand_name),
        state=state_words(file),
        tone=TONES[file.state],
        came_to=_came_to(latest) if latest else "",
        errors=_errors(latest) if latest else "",
    )


def about(file: UsageFile) -> str:
    """Return ``CSV, packed, 12.3 MB``."""
    packed = ", packed" if file.is_gzip else ""
    return f"{file.get_format_display()}{packed}, {filesizeformat(file.size_bytes)}"


def state_words(file: UsageFile) -> str:
    """Return how far a file is, and whether its bytes are gone."""
    words = str(file.get_state_display())
    if file.is_forgotten:
        return f"{words}, bytes deleted" if file.state == FileState.DONE else "bytes deleted"
    return words


def uploader(file: UsageFile, *, brand_name: str) -> str:
    """Return who uploaded a file: a person, a key, or the seller's staff."""
    if file.uploaded_by is not None:
        return brand_name if file.uploaded_by.is_staff else file.uploaded_by.email
    return "" if file.uploaded_with is None else f"API key {file.uploaded_with}"


def _came_to(run: FileRun) -> str:
    would = run.kind == "check"
    words = "would be stored" if would else "stored"
    return f"{quantity(Decimal(run.accepted), 'event')} {words}"


def _errors(run: FileRun) -> str:
    wrong = run.rejected + run.conflicts
    parts = [f"{quantity(Decimal(wrong))} not usable"] if wrong else []
    if run.quarantined:
        parts.append(f"{quantity(Decimal(run.quarantined))} in quarantine")
    return ", ".join(parts)
