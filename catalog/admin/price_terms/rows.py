"""A list of the plan file in a form: a row of boxes for each of its items."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.template.loader import render_to_string

from catalog.admin.price_terms.columns import Column, Row, row_keys

MOST_ROWS = 200


class RowsWidget(forms.Widget):
    """A table of boxes with some empty rows at its end; a row left empty goes away."""

    template_name = "admin/catalog/widgets/rows.html"
    use_fieldset = True

    def __init__(self, columns: Sequence[Column], *, spare: int, item: str) -> None:
        super().__init__()
        self.columns, self.spare, self.item = tuple(columns), spare, item
        self.wrong: dict[tuple[int, str], str] = {}

    class Media:
        js = ["admin/rows.js"]

    def __deepcopy__(self, memo: dict[int, Any]) -> "RowsWidget":
        """Return the widget of another form, which has problems of its own."""
        copied: RowsWidget = super().__deepcopy__(memo)
        copied.wrong = {}
        return copied

    def id_for_label(self, id_: str) -> str:
        """Return nothing: the label is that of the whole table."""
        return ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        """Return the rows in which something was entered, in their order."""
        pattern = re.compile(rf"{re.escape(name)}-([0-9]{{1,4}})-")
        numbers = sorted({int(match[1]) for key in data if (match := pattern.match(key))})
        rows = [
            {
                column.name: column.typed(data, f"{name}-{at}-{column.name}")
                for column in self.columns
            }
            for at in numbers
        ]
        return [row for row in rows if any(row.values())]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return False: no rows are an answer too."""
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the cells with their names, for the template."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        filled: list[Row] = list(value or ())
        rows = [*filled, *({} for _ in range(self.spare if filled else max(self.spare, 3)))]
        context["widget"] |= {
            "columns": self.columns,
            "item": self.item,
            "rows": [
                {
                    "number": at + 1,
                    "cells": [self._cell(name, at, row, column) for column in self.columns],
                }
                for at, row in enumerate(rows)
            ],
        }
        return context

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> Any:
        # The renderer of forms knows the templates of the libraries alone.
        return render_to_string(template_name, context)

    def _cell(self, name: str, at: int, row: Row, column: Column) -> dict[str, Any]:
        cell = row.get(column.name, [] if column.is_multiple else "")
        return {
            "name": f"{name}-{at}-{column.name}",
            "label": f"{column.label}, {self.item} {at + 1}",
            "column": column,
            "text": cell,
            "choices": column.choices(cell),
            "wrong": self.wrong.get((at, column.name), ""),
        }


class RowsField(forms.Field):
    """Cleans to the rows as they were typed; what they say is judged by who reads the keys."""

    widget: RowsWidget

    def __init__(
        self, columns: Sequence[Column], *, item: str = "row", spare: int = 1, **kwargs: Any
    ) -> None:
        self.columns = tuple(columns)
        self.item = item
        widget = RowsWidget(columns, spare=spare, item=item)
        super().__init__(widget=widget, required=False, **kwargs)

    def clean(self, value: Any) -> list[Row]:
        """:raises ValidationError: more rows than one page takes."""
        rows: list[Row] = list(value or ())
        if len(rows) > MOST_ROWS:
            raise forms.ValidationError(f"At most {MOST_ROWS} rows are taken here.")
        return rows

    def keys(self, rows: Sequence[Row]) -> list[dict[str, object]]:
        """Return the rows as the plan file writes them."""
        return [row_keys(self.columns, row) for row in rows]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or ()) != list(data or ())

    def point_at(self, at: int, path: Sequence[object], message: str) -> str:
        """Mark the cell that a problem is about, and return the words that name it."""
        name = "__".join(str(step) for step in path if isinstance(step, str))
        column = next((each for each in self.columns if name.startswith(each.name)), None)
        where = f"{self.item.capitalize()} {at + 1}"
        if column is None:
            return f"{where}: {message}"
        self.widget.wrong[at, column.name] = message
        return f"{where}, {column.label.lower()}: {message}"
