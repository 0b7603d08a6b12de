"""A file of usage and whose it is: live or test."""

from django import forms

from accounts.models import KeyMode
from usage.forms.upload import UploadForm


class PartnerUploadForm(UploadForm):
    """The file, and which customers it may name."""

    mode = forms.ChoiceField(
        label="Live or test",
        choices=[
            (KeyMode.TEST.value, "Test: names sandbox customers alone"),
            (KeyMode.LIVE.value, "Live: names your other customers; what it holds is billed"),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("mode", "file", "again")
