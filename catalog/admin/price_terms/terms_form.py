"""A form whose boxes are keys of the plan file, and whose problems stand at their boxes."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from catalog.admin.price_terms.boxes import Box, FlagBox
from catalog.admin.price_terms.columns import found, put
from catalog.admin.price_terms.part import Part
from catalog.admin.price_terms.rows import RowsField
from catalog.models.price import RefusedTerms
from values.problems import Problem

AnyForm = TypeVar("AnyForm", bound="TermsForm")


class TermsForm(forms.ModelForm):
    """
    Boxes for the keys of a row's `terms_keys`; base of the forms of versions and overrides.

    Made by `with_boxes`. `is_override`: an empty box leaves a key as the price has it.
    """

    boxes: ClassVar[tuple[Box, ...]] = ()
    is_override: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.terms_keys or {}
        for box in self.boxes:
            said = _measured(stored, box) if box.path[0] == "measure" else found(stored, box.path)
            if said is None:
                continue
            if isinstance(box, FlagBox) and self.is_override:
                self.initial[box.name] = box.initial_override(said)
            else:
                self.initial[box.name] = box.initial(said)

    def stated_keys(self) -> dict[str, object]:
        """Return what the boxes say, in the keys of the plan file."""
        keys: dict[str, object] = {}
        for box in self.boxes:
            cleaned = self.cleaned_data.get(box.name)
            said = box.keys(cleaned, self.fields[box.name], is_override=self.is_override)
            if said is not None:
                put(keys, box.path, said)
        measure = keys.get("measure")
        if isinstance(measure, dict) and set(measure) == {"divide"}:
            keys["measure"] = measure["divide"]
        return keys

    def place(self, problems: Iterable[Problem]) -> None:
        """Add each problem to the box that its path leads to, or to the top of the form."""
        for problem in problems:
            name, rest = self._box_of(problem.path)
            field = self.fields.get(name) if name else None
            if name is None or field is None:
                self.add_error(None, problem.text())
            elif isinstance(field, RowsField) and rest and isinstance(rest[0], int):
                self.add_error(name, field.point_at(rest[0], rest[1:], problem.message))
            else:
                self.add_error(name, problem.message)

    def _box_of(self, path: Sequence[str | int]) -> tuple[str | None, Sequence[str | int]]:
        """Return the field that a path leads to, and the rest of the path inside it."""
        if path and path[0] in self.fields:
            return str(path[0]), path[1:]
        for length in range(len(path), 0, -1):
            exact = "__".join(str(step) for step in path[:length])
            if exact in self.fields:
                return exact, path[length:]
        inside = [box.name for box in self.boxes if path and box.path[0] == path[0]]
        return (inside[0] if inside else None), ()

    def _update_errors(self, errors: ValidationError) -> None:
        stated: dict[str, list[ValidationError]] = getattr(errors, "error_dict", {})
        general = stated.pop(NON_FIELD_ERRORS, [])
        self.place(error.problem for error in general if isinstance(error, RefusedTerms))
        others = [error for error in general if not isinstance(error, RefusedTerms)]
        if others:
            stated[NON_FIELD_ERRORS] = others
        if stated:
            super()._update_errors(errors)  # type: ignore[misc]


def with_boxes(
    base: type[AnyForm], parts: Sequence[Part], *, is_override: bool = False, **attributes: Any
) -> type[AnyForm]:
    """Return the form with the boxes of these parts; further attributes are set on it."""
    boxes = tuple(box for part in parts for box in part.boxes)
    fields = {box.name: box.field(is_override=is_override) for box in boxes}
    own = {"boxes": boxes, "is_override": is_override, **attributes}
    return type(base.__name__, (base,), {**fields, **own, "__module__": base.__module__})


def _measured(stored: Any, box: Box) -> object:
    """Return a part of a measure, which may be the code of one meter."""
    measure = found(stored, ("measure",))
    if isinstance(measure, str):
        return measure if box.path[-1] == "divide" else None
    return found(stored, box.path)
