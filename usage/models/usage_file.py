"""Files of usage: where each is kept, what it is, how far it has come."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import ApiKey
from accounts.models.identity import Identified
from usage.files.detect import FileFormat
from usage.files.encodings import Encoding
from usage.files.open_table import Reading
from usage.models.source import Source

LONGEST_NAME = 200


class FileState(models.TextChoices):
    """How far a file is; what each state allows is said by the operations."""

    UPLOADED = "uploaded", "waits for its mapping"
    MAPPED = "mapped", "mapped"
    CHECKING = "checking", "being checked"
    CHECKED = "checked", "checked"
    IMPORTING = "importing", "being imported"
    DONE = "done", "imported"
    CANCELLED = "cancelled", "cancelled"
    FAILED = "failed", "stopped"


class MappingOrigin(models.TextChoices):
    """Who says what a file's columns mean; a guess is looked at before it is imported."""

    GUESSED = "guessed", "guessed"
    REMEMBERED = "remembered", "as the last file with these columns"
    READY = "ready", "the ready one for such exports"
    SAID = "said", "confirmed for this file"


class UsageFile(Identified):
    """
    A file that somebody uploaded for a source. The bytes lie in a storage of their own, until
    they are forgotten: then this row and the counts of its runs are what is left.

    `stored_as` is its name there, made of nothing that came from outside; `sha256` is of the
    bytes as they came. Its source decides whose customers it may name, and which keys it meets:
    a record that the partner also sent through the API is a duplicate.
    """

    id_prefix = "ufl"

    source = models.ForeignKey(Source, models.PROTECT, related_name="files")
    name = models.CharField(max_length=LONGEST_NAME)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=100, unique=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_with = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="API key"
    )
    format = models.CharField(
        max_length=10, choices=[(each.value, each.value.upper()) for each in FileFormat]
    )
    is_gzip = models.BooleanField("gzip", default=False)
    encoding = models.CharField(
        max_length=10,
        choices=[(each.value, each.value) for each in Encoding],
        default=Encoding.UTF_8.value,
    )
    delimiter = models.CharField(max_length=1, blank=True)
    mapping = models.JSONField(null=True, blank=True)
    mapping_origin = models.CharField(
        max_length=10, choices=MappingOrigin.choices, blank=True, default="", db_default=""
    )
    forgotten_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=FileState.choices, default=FileState.UPLOADED)

    class Meta:
        db_table = "usage_file"
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = "usage file"
        indexes = [
            models.Index(fields=["source", "-uploaded_at"], name="files_of_source"),
            models.Index(fields=["source", "sha256"], name="files_by_content"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["checking", "importing"]),
                name="files_at_work",
            ),
            models.Index(
                fields=["source"], condition=Q(forgotten_at=None), name="files_with_their_bytes"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=FileState.values), name="file_state_known"
            ),
            models.CheckConstraint(
                condition=Q(mapping__isnull=False) | Q(state__in=["uploaded", "cancelled"]),
                name="file_has_its_mapping",
            ),
            models.CheckConstraint(
                condition=Q(mapping_origin__in=["", *MappingOrigin.values]),
                name="file_mapping_origin_known",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | ~Q(state__in=["checking", "importing"]),
                name="file_at_work_has_its_bytes",
            ),
            models.CheckConstraint(
                condition=Q(uploaded_by=None) | Q(uploaded_with=None),
                name="file_came_from_a_person_or_a_key",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reading(self) -> Reading:
        """Return how to read the file."""
        return Reading(
            format=FileFormat(self.format),
            is_gzip=self.is_gzip,
            encoding=Encoding(self.encoding),
            delimiter=self.delimiter,
        )

    @property
    def is_at_work(self) -> bool:
        """Return whether a worker has the file in hand, or will."""
        return self.state in {FileState.CHECKING, FileState.IMPORTING}

    @property
    def is_forgotten(self) -> bool:
        """Return whether its bytes were deleted."""
        return self.forgotten_at is not None


class RunKind(models.TextChoices):
    """Whether a run looked only, or stored."""

    CHECK = "check", "check"
    IMPORT = "import", "import"


def _count(**options: Any) -> models.PositiveBigIntegerField:
    return models.PositiveBigIntegerField(default=0, **options)


class FileRun(models.Model):
    """
    The check or the import of a file: how far it is, what became of its events, why it stopped.

    `last_row` is the number of the last row that counts here: it moves on in the transaction
    that stores the events, so that whatever ends a worker, the next one begins behind it. `rows`
    are those with something in them, `left_out` those of them that the mapping passes over; a
    row may be several events. `starts` counts the workers that began since it last moved.
    """

    file = models.ForeignKey(UsageFile, models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=RunKind.choices)
    started_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    starts = models.PositiveSmallIntegerField(default=0)
    last_row = _count()
    read_bytes = _count()
    rows = _count()
    left_out = _count()
    accepted = _count()
    duplicates = _count()
    conflicts = _count()
    quarantined = _count()
    rejected = _count()
    listed = _count(help_text="How many errors are listed.")
    failure_code = models.CharField(max_length=40, blank=True)
    failure = models.TextField(blank=True)
    failure_row = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "usage_file_run"
        constraints = [
            models.UniqueConstraint(fields=["file", "kind"], name="file_run_once_of_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=RunKind.values), name="file_run_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.file_id}"

    @property
    def events(self) -> int:
        """Return how many events the rows came to, whatever became of them."""
        return self.accepted + self.duplicates + self.conflicts + self.quarantined + self.rejected


class FileError(models.Model):
    """
    What is wrong with a row, or why its event waits.

    `column` is empty where it is the row itself. The excerpt is of that cell alone: rows may hold
    what nobody should keep.
    """

    run = models.ForeignKey(FileRun, models.CASCADE, related_name="errors")
    row = models.PositiveBigIntegerField()
    column = models.CharField(max_length=250, blank=True)
    status = models.CharField(max_length=11)
    code = models.CharField(max_length=40)
    reason = models.TextField()
    excerpt = models.CharField(max_length=500, blank=True)
    idempotency_key = models.CharField(max_length=255, blank=True)

    class Meta:
        db_table = "usage_file_error"
        ordering = ["run", "row", "pk"]
        indexes = [models.Index(fields=["run", "row", "id"], name="file_errors_in_order")]

    def __str__(self) -> str:
        return f"row {self.row}: {self.reason}"
