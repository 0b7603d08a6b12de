"""The form of a draft of a price: the boxes of its kind and model."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.http import HttpRequest

from accounts.admin.pages.days import DayField
from catalog.admin.price_terms.part import Part
from catalog.admin.price_terms.sections import parts_of
from catalog.admin.price_terms.terms_form import TermsForm, with_boxes
from catalog.admin.versions import VersionForm
from catalog.models import Price, PriceVersion
from catalog.models.price import ModelChoice
from catalog.queries.draft_terms import open_version_before, price_with_draft
from catalog.queries.price_columns import price_columns
from invoicing.rating.price import DEFAULT_SECTION, PriceKind
from invoicing.rating.price import PriceVersion as VersionTerms
from invoicing.rating.price_format.keys import KIND_MODELS
from values.problems import InvalidTerms

CHOSEN_LATER = "Fill in what this model asks for, then save."
_RATES = ("unit_price", "rate_card", "fallback_rate")


class Shape:
    """Of which kind and model a form is; both empty until the price is chosen."""

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


def shape_of(request: HttpRequest, version: PriceVersion | None) -> Shape:
    """Return the shape that a request asks for; of the stored version unless it says."""
    asked = request.POST if request.method == "POST" else request.GET
    if version is not None:
        return Shape(version.price.kind, asked.get("model", version.model))
    price_id = asked.get("price", "")
    is_id = price_id.isascii() and price_id.isdigit() and len(price_id) <= 18
    price = Price.objects.filter(pk=price_id).only("kind").first() if is_id else None
    return Shape(price.kind if price else "", asked.get("model", ""))


class PriceVersionForm(TermsForm, VersionForm):
    """
    A draft of how a price is charged.

    `is_only_shown`: what was typed stays in the boxes, and nothing is judged or saved.
    """

    zone_of = "price"
    shape: ClassVar[Shape] = Shape("", "")
    is_only_shown: ClassVar[bool] = False

    effective_from = DayField(
        label="In force from",
        required=False,
        help_text="The first day, in the seller's zone; empty: from the beginning.",
    )
    form_shown = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = PriceVersion
        fields = (
            "price", "model", "name", "section", "tax_code", "effective_from", "effective_to",
            "unit_price", "rate_card", "fallback_rate",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shape = self.shape
        self.initial["form_shown"] = shape.name
        if self.is_bound:
            self.data = self.data.copy()
            self.data["form_shown"] = shape.name
        if "model" in self.fields:
            self._offer_models(shape)
        if self.instance.pk:
            siblings = self.instance.price.versions.all()
            self.initial["ends_previous"] = bool(open_version_before(self.instance, siblings))
        elif shape.kind:
            self.initial.setdefault("section", DEFAULT_SECTION[PriceKind(shape.kind)])

    def _offer_models(self, shape: Shape) -> None:
        field = self.fields["model"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(word, ModelChoice(word).label) for word in shape.models]
        field.required = True
        self.initial["model"] = shape.model

    @staticmethod
    def with_draft(*, version: PriceVersion, ends_previous: bool) -> None:
        """:raises InvalidTerms: other versions are in its way; of calls, once there are rates."""
        if version.price.kind == PriceKind.CALL and not version.has_call_rates():
            return
        price_with_draft(version=version, ends_previous=ends_previous)

    def full_clean(self) -> None:
        if self.is_only_shown:
            self._errors = ErrorDict(renderer=self.renderer)
            self.cleaned_data = {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not self.is_only_shown and super().is_valid()

    def _post_clean(self) -> None:
        version, shape = self.instance, self.shape
        version.terms_keys = self.stated_keys()
        version.model = shape.model
        for name in _RATES:
            if name not in self.fields:
                setattr(version, name, None)
        super()._post_clean()
        if not self.errors:
            version.terms_keys = _usual(version)

    def drawn_terms(self) -> VersionTerms | None:
        """Return the terms that the boxes say by now, None where they say none."""
        version = self.instance
        if not self.is_bound:
            return _terms_or_none(version) if version.pk else None
        judged = type(self).__mro__[1](self.data, instance=version)
        judged.is_valid()
        return _terms_or_none(judged.instance) if judged.instance.price_id else None


def version_form(shape: Shape, *, is_only_shown: bool) -> type[PriceVersionForm]:
    """Return the form of a shape."""
    judged = with_boxes(PriceVersionForm, shape.parts, shape=shape)
    return type("ShownForm", (judged,), {"is_only_shown": True}) if is_only_shown else judged


def _terms_or_none(version: PriceVersion) -> VersionTerms | None:
    try:
        return version.drafted_terms()
    except InvalidTerms:
        return None


def _usual(version: PriceVersion) -> dict[str, object]:
    """Return the keys in the one way in which they are stored."""
    zone = version.price.legal_entity.timezone
    columns = price_columns(version.drafted_terms(), rate_card=version.rate_card, zone=zone)
    keys: dict[str, object] = columns["terms_keys"]
    return keys
