"""Search boxes that know their chosen row without asking for it again."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model
from django.forms import ModelForm
from django.http import HttpRequest


class LoadedSelect(AutocompleteSelect):
    """Django's search box; the chosen row's label comes from `loaded` where it is that row."""

    loaded: Model | None = None

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        """Return the chosen row alone; what was entered instead of it is looked up."""
        if self.loaded is None or list(value) != [str(self.loaded.pk)]:
            # What is no key was chosen by no hand: the field refuses it, the box stays empty.
            keys = [text for text in value if self._is_key(text)]
            groups: list[Any] = super().optgroups(name, keys, attr)
            return groups
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        label = self.choices.field.label_from_instance(self.loaded)
        chosen = self.create_option(name, self.loaded.pk, label, True, len(empty))
        return [(None, [*empty, chosen], 0)]

    def _is_key(self, text: str) -> bool:
        try:
            self.field.target_field.clean(text, None)
        except ValidationError:
            return text == ""
        return True


class SearchBoxes:
    """Staff pages and rows of them whose `autocomplete_fields` are such boxes."""

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        """Return the field of a relation, as a search box where it is to be one."""
        page: Any = self
        if "widget" not in kwargs and db_field.name in page.get_autocomplete_fields(request):
            kwargs["widget"] = LoadedSelect(db_field, page.admin_site, using=kwargs.get("using"))
        above: Any = super()
        field: forms.ModelChoiceField | None = above.formfield_for_foreignkey(
            db_field, request, **kwargs
        )
        return field


def show_loaded(form: ModelForm) -> None:
    """Give the form's search boxes the rows that came with its object, as by `select_related`."""
    for name, field in form.fields.items():
        widget = getattr(field.widget, "widget", field.widget)
        if isinstance(widget, LoadedSelect):
            widget.loaded = _loaded(form.instance, name)


def _loaded(instance: Model, name: str) -> Model | None:
    """Return the row that came with the object; where it has none yet, Django would raise."""
    column = instance._meta.get_field(name)
    if not isinstance(column, ForeignKey):
        return None
    found: Model | None = column.get_cached_value(instance, default=None)
    return found
