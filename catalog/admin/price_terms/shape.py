"""Of which kind and model a form of terms is, and showing another one without saving."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.http import HttpRequest

from catalog.admin.price_terms.part import Part
from catalog.admin.price_terms.sections import parts_of
from catalog.admin.price_terms.terms_form import TermsForm
from invoicing.rating.price import PriceKind
from invoicing.rating.price_format.keys import KIND_MODELS

CHOSEN_LATER = "Fill in what this model asks for, then save."


class Shape:
    """Both empty until the price is chosen; the model is empty for kinds without models."""

    def __init__(self, kind: str, model: str) -> None:
        words = KIND_MODELS.get(PriceKind(kind), {}) if kind else {}
        self.kind = kind
        self.models: tuple[str, ...] = tuple(words)
        self.model = model if model in words else next(iter(words), "")

    @property
    def name(self) -> str:
        """What the page sends back, to tell which form was filled in."""
        return f"{self.kind}/{self.model}"

    @property
    def parts(self) -> Sequence[Part]:
        """The parts of the form."""
        return parts_of(self.kind, self.model)


class ShapedForm(TermsForm):
    """
    A form that knows its shape.

    `is_only_shown`: what was typed stays in the boxes, and nothing is judged or saved.
    """

    shape: ClassVar[Shape] = Shape("", "")
    is_only_shown: ClassVar[bool] = False

    form_shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.initial["form_shown"] = self.shape.name
        if self.is_bound:
            typed: Any = self.data
            self.data = typed.copy()
            self.data["form_shown"] = self.shape.name  # type: ignore[index]

    def full_clean(self) -> None:
        if self.is_only_shown:
            self._errors = ErrorDict(renderer=self.renderer)
            self.cleaned_data = {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not self.is_only_shown and super().is_valid()


def is_asked_again(request: HttpRequest, shape: Shape) -> bool:
    """Return whether a form is only shown anew: asked for, or filled in for another model."""
    if request.method != "POST":
        return False
    return "_show" in request.POST or request.POST.get("form_shown", shape.name) != shape.name
