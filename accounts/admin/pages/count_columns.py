"""Counts in lists and among fixed values, with their thousands told apart."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin


def count_column(name: str, description: str = "") -> Callable[[Any, Any], str | None]:
    """
    Return a method of an admin that shows a whole number of the model, None where there is none.

    Beside a field of the model it needs a name of its own: Django would show the field instead.
    """

    @admin.display(description=description or name.replace("_", " "), ordering=name)
    def shown(page: Any, row: Any) -> str | None:
        count = getattr(row, name)
        return None if count is None else f"{count:,}"

    return shown
