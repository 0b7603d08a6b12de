"""What somebody wants to know about an invoice or one of its lines."""

from typing import Any

from django import forms

LONGEST = 2_000


class LinesField(forms.CharField):
    """Text of several lines, each end of a line counted as browsers count it: once."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class QuestionForm(forms.Form):
    """The question, with an id of its own: sent twice, it is asked once."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    text = LinesField(
        label="Your question",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"At most {LONGEST:,} characters. The answer comes by e-mail and stays here.",
        error_messages={"required": "Write what you want to know."},
    )
