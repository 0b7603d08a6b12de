"""A file to upload."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

ENDINGS = ".csv,.tsv,.txt,.json,.ndjson,.jsonl,.xlsx,.gz"


class UploadForm(forms.Form):
    """The file itself. What it is follows from what is in it."""

    file = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
        help_text="CSV, NDJSON, a JSON list or XLSX; each also packed by gzip.",
        error_messages={"empty": "The file is empty."},
    )
    again = forms.BooleanField(
        label="Keep it although it was uploaded before",
        required=False,
        help_text="To map the same file in another way. Its events stay unique by their keys.",
    )

    def clean_file(self) -> Any:
        """Return the file unless it is too large."""
        sent: Any = self.cleaned_data["file"]
        most: int = settings.USAGE_FILE_MEGABYTES
        if sent.size is None or sent.size > most * 2**20:
            raise ValidationError(f"A file has at most {most} MB; pack it by gzip, or split it.")
        return sent


def parts_of(sent: Any) -> Any:
    """Return the parts of an uploaded file, as they are kept."""
    return sent.chunks(1 << 18)
