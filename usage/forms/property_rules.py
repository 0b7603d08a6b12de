"""What a source keeps of each property: a row for each, and empty ones to add."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from usage.intake.kept_properties import Keeping
from usage.models import Source
from usage.models.source import KeepingChoice
from usage.operations.change_property_rules import LONGEST_PATH, MOST_RULES

EMPTY_ROWS = 4


class PropertyRuleForm(forms.Form):
    """One property, by its path; an empty row is none."""

    path = forms.CharField(required=False, max_length=LONGEST_PATH)
    keeping = forms.ChoiceField(choices=KeepingChoice.choices)


class OtherPropertiesForm(forms.Form):
    """What is done with properties that have no rule."""

    others = forms.ChoiceField(label="All other properties", choices=KeepingChoice.choices)


class _Rows(BaseFormSet):  # type: ignore[type-arg]  # it takes none when it runs
    def clean(self) -> None:
        seen: set[str] = set()
        for row in self.forms:
            path = row.cleaned_data.get("path", "") if row.is_valid() else ""
            if path and path in seen:
                raise ValidationError(f"The property '{path}' stands twice.")
            seen.add(path)


_RowsOf = formset_factory(
    PropertyRuleForm, formset=_Rows, extra=EMPTY_ROWS, max_num=MOST_RULES, absolute_max=MOST_RULES
)


class PropertyRulesForm:
    """The rows of a source and the rule for all others, as they are or as they were entered."""

    def __init__(self, data: Any, *, source: Source, suggested: Sequence[str] = ()) -> None:
        rules: list[tuple[str, str]] = sorted(source.property_rules.items())
        named = {path for path, _ in rules}
        self.rows: Any = _RowsOf(
            data,
            initial=[{"path": path, "keeping": keeping} for path, keeping in rules],
            prefix="rule",
        )
        self.others = OtherPropertiesForm(data, initial={"others": source.other_properties})
        self.suggested = [name for name in suggested if name not in named]
        self.refusals: Sequence[str] = ()
        for number, row in enumerate(self.rows, start=1):
            row.fields["path"].widget.attrs |= {
                "aria-label": f"Property {number}", "list": "known-properties",
                "autocapitalize": "none", "spellcheck": "false",
            }  # fmt: skip
            row.fields["keeping"].widget.attrs["aria-label"] = f"What is stored of {number}"

    def is_valid(self) -> bool:
        """Return whether rows and the rest can be read."""
        return bool(self.rows.is_valid()) and self.others.is_valid()

    @property
    def by_path(self) -> dict[str, Keeping]:
        """Return the rules of a valid form; a row whose property was emptied is gone."""
        entered = [row.cleaned_data for row in self.rows if row.cleaned_data.get("path")]
        return {row["path"]: Keeping(row["keeping"]) for row in entered}

    @property
    def of_others(self) -> Keeping:
        """Return the rule of a valid form for all others."""
        return Keeping(self.others.cleaned_data["others"])
