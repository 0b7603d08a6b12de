"""A part of a form of terms."""

from dataclasses import dataclass
from typing import Any

from catalog.admin.price_terms.boxes import Box


@dataclass(frozen=True, slots=True)
class Part:
    """
    Some boxes below a title; `columns` are fields that the row itself has.

    One that is `folded` is closed until it is wanted.
    """

    title: str
    boxes: tuple[Box, ...] = ()
    columns: tuple[str, ...] = ()
    help_text: str = ""
    folded: bool = False

    def fieldset(self) -> tuple[str, dict[str, Any]]:
        """Return the part as the admin knows it."""
        options: dict[str, Any] = {"fields": (*self.columns, *(box.name for box in self.boxes))}
        if self.help_text:
            options["description"] = self.help_text
        if self.folded:
            options["classes"] = ("collapse",)
        return self.title, options
