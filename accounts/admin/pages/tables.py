"""Tables below a form: what belongs to an object and is changed elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

from django.utils.safestring import SafeString
from djmoney.money import Money

from accounts.admin.pages.words import money_words


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `detail` is a second, smaller line, `anchor` what addresses may point at."""

    text: str
    link: str = ""
    is_number: bool = False
    detail: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table with its caption; `empty` says what to do where there are no rows.

    `shows` names whose rows they are, such as ``invoicing.invoice``: who may look at none of
    those does not see the table. Empty: they belong to the page. `stacks` tells that a row is a
    card on a phone, each cell below the other with its heading.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str = "Nothing yet."
    note: str = ""
    shows: str = ""
    stacks: bool = False
    numbers: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        columns = {index for row in self.rows for index, cell in enumerate(row) if cell.is_number}
        object.__setattr__(self, "numbers", frozenset(columns))

    def is_shown(self, user: Any) -> bool:
        """Return whether this person may look at what the table shows."""
        return not self.shows or may_see(user, self.shows)

    @property
    def named_rows(self) -> list[list[tuple[str, Cell]]]:
        """Return the rows, each cell with its heading."""
        # A row of fewer cells, or of more than there are headings, is shown as it is.
        return [list(zip(chain(self.headings, repeat("")), row, strict=False)) for row in self.rows]

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Return each heading and whether its column holds numbers."""
        return [(text, index in self.numbers) for index, text in enumerate(self.headings)]


def may_see(user: Any, label: str) -> bool:
    """Return whether the person may look at rows of a model such as ``invoicing.invoice``."""
    app, model = label.split(".")
    return any(user.has_perm(f"{app}.{right}_{model}") for right in ("view", "change"))


def text(value: object, *, link: str = "", detail: str = "", anchor: str = "") -> Cell:
    """Return a cell of text, or of markup that is safe already."""
    shown = value if isinstance(value, SafeString) else str(value)
    return Cell(shown, link=link, detail=detail, anchor=anchor)


def number(value: str, *, link: str = "", detail: str = "") -> Cell:
    """Return a cell that is aligned right."""
    return Cell(value, link=link, is_number=True, detail=detail)


def money(value: Money | None) -> Cell:
    """Return a cell with an amount and its currency."""
    return number(money_words(value))
