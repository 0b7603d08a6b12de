"""The boxes of a form of terms: each is one key of the plan file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from catalog.admin.price_terms.columns import Column, row_cells
from catalog.admin.price_terms.rows import RowsField

UNCHANGED = "as the price says"


@dataclass(frozen=True, slots=True)
class Box:
    """
    A text or a number; `path` is its key, or the keys on the way to it.

    Numbers are typed as text, so that the reader of the plan file judges every digit.
    """

    path: tuple[str, ...]
    label: str
    help_text: str = ""
    is_number: bool = False

    @property
    def name(self) -> str:
        """The name of the form's field."""
        return "__".join(self.path)

    def field(self, *, is_override: bool) -> forms.Field:
        """Return the form's field; in an override nothing is filled in beforehand."""
        attrs = (
            {"class": "term-number", "inputmode": "decimal", "size": 14, "autocomplete": "off"}
            if self.is_number
            else {"class": "vTextField"}
        )
        return forms.CharField(
            label=self.label,
            required=False,
            max_length=500,
            help_text=self.help_text,
            widget=forms.TextInput(attrs=attrs),
        )

    def keys(self, cleaned: Any, field: forms.Field, *, is_override: bool) -> object:
        """Return what the box says in the plan file, None where it says nothing."""
        return cleaned or None

    def initial(self, said: object) -> object:
        """Return what the box shows of a value of the plan file."""
        return "" if said is None else str(said)


@dataclass(frozen=True, slots=True)
class WordBox(Box):
    """One of some words, the first of them where nothing is said."""

    words: tuple[tuple[str, str], ...] = ()

    def field(self, *, is_override: bool) -> forms.Field:
        none = [("", f"– {UNCHANGED} –")] if is_override else []
        return forms.ChoiceField(
            label=self.label,
            required=False,
            choices=[*none, *self.words],
            help_text=self.help_text,
        )

    def keys(self, cleaned: Any, field: forms.Field, *, is_override: bool) -> object:
        is_usual = cleaned == self.words[0][0] and not is_override
        return None if is_usual else cleaned or None


@dataclass(frozen=True, slots=True)
class FlagBox(Box):
    """Yes or no; no where nothing is said."""

    def field(self, *, is_override: bool) -> forms.Field:
        if is_override:
            choices = [("", f"– {UNCHANGED} –"), ("yes", "yes"), ("no", "no")]
            return forms.ChoiceField(
                label=self.label, required=False, choices=choices, help_text=self.help_text
            )
        return forms.BooleanField(label=self.label, required=False, help_text=self.help_text)

    def keys(self, cleaned: Any, field: forms.Field, *, is_override: bool) -> object:
        if is_override:
            return {"yes": True, "no": False}.get(cleaned)
        return True if cleaned else None

    def initial(self, said: object) -> object:
        return said

    def initial_override(self, said: object) -> object:
        """Return what the choice of an override shows."""
        return {True: "yes", False: "no"}.get(said) if isinstance(said, bool) else ""


@dataclass(frozen=True, slots=True)
class TextsBox(Box):
    """Several texts, separated by commas."""

    def keys(self, cleaned: Any, field: forms.Field, *, is_override: bool) -> object:
        return [part.strip() for part in str(cleaned or "").split(",") if part.strip()] or None

    def initial(self, said: object) -> object:
        if isinstance(said, list | tuple):
            return ", ".join(map(str, said))
        return said or ""


@dataclass(frozen=True, slots=True)
class RowsBox(Box):
    """A list of mappings, as rows."""

    columns: tuple[Column, ...] = ()
    item: str = "row"
    spare: int = 1

    def field(self, *, is_override: bool) -> forms.Field:
        return RowsField(
            self.columns,
            item=self.item,
            spare=self.spare,
            label=self.label,
            help_text=self.help_text,
        )

    def keys(self, cleaned: Any, field: forms.Field, *, is_override: bool) -> object:
        assert isinstance(field, RowsField)
        return field.keys(cleaned or ()) or None

    def initial(self, said: object) -> object:
        rows = said if isinstance(said, list) else []
        return [row_cells(self.columns, row) for row in rows]


def number(label: str, *path: str, help_text: str = "") -> Box:
    """Return the box of a number."""
    return Box(path, label, help_text, is_number=True)


def word(label: str, *path: str, words: Sequence[tuple[str, str]], help_text: str = "") -> Box:
    """Return a choice between words."""
    return WordBox(path, label, help_text, words=tuple(words))
