"""How a field of allauth's asks: our label, our help, and what a browser may fill in."""

from django.forms import Field


def ask(field: Field, *, label: str, help_text: str = "", **attributes: str | bool) -> None:
    """Give a field its words; no placeholder repeats the label."""
    field.label = label
    field.help_text = help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)
