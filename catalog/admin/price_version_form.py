"""The form of a draft of a price: the boxes of its kind and model."""

from copy import copy
from typing import Any

from django import forms
from django.http import HttpRequest

from accounts.admin.pages.days import DayField
from catalog.admin.price_terms.shape import CHOSEN_LATER, Shape, ShapedForm
from catalog.admin.price_terms.terms_form import with_boxes
from catalog.admin.versions import VersionForm
from catalog.models import Price, PriceVersion
from catalog.models.price import ModelChoice
from catalog.queries.draft_terms import open_version_before, price_with_draft
from catalog.queries.price_columns import price_columns
from invoicing.rating.price import DEFAULT_SECTION, PriceKind
from invoicing.rating.price import PriceVersion as VersionTerms
from values.problems import InvalidTerms

_RATES = ("unit_price", "rate_card", "fallback_rate")


def shape_of(request: HttpRequest, version: PriceVersion | None) -> Shape:
    """Return the shape that a request asks for; of the stored version unless it says."""
    asked = request.POST if request.method == "POST" else request.GET
    if version is not None:
        return Shape(version.price.kind, asked.get("model", version.model))
    price_id = asked.get("price", "")
    is_id = price_id.isascii() and price_id.isdigit() and len(price_id) <= 18
    price = Price.objects.filter(pk=price_id).only("kind").first() if is_id else None
    return Shape(price.kind if price else "", asked.get("model", ""))


class PriceVersionForm(ShapedForm, VersionForm):
    """A draft of how a price is charged."""

    zone_of = "price"

    effective_from = DayField(
        label="In force from",
        required=False,
        help_text="The first day, in the seller's zone; empty: from the beginning.",
    )

    class Meta:
        model = PriceVersion
        fields = (
            "price", "model", "name", "section", "tax_code", "effective_from", "effective_to",
            "unit_price", "rate_card", "fallback_rate",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shape = self.shape
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

    def chosen_price(self) -> Price | None:
        """Return the price that the version is of, once it is known."""
        if self.instance.price_id is not None:
            return self.instance.price
        chosen = self.data.get("price") if self.is_bound else self.initial.get("price")
        if not str(chosen or "").isdecimal():
            return None
        prices = Price.objects.select_related("legal_entity", "meter")
        return prices.filter(pk=str(chosen)[:18]).first()

    def drawn_terms(self) -> VersionTerms | None:
        """Return the terms that the boxes say by now, None where they say none."""
        version = copy(self.instance)
        if self.is_bound:
            version_form(self.shape)(self.data, instance=version).is_valid()
            # A picture needs no name.
            version.name = version.name or CHOSEN_LATER
        if version.price_id is None:
            return None
        try:
            return version.drafted_terms()
        except InvalidTerms:
            return None


def version_form(shape: Shape, *, is_only_shown: bool = False) -> type[PriceVersionForm]:
    """Return the form of a shape."""
    return with_boxes(PriceVersionForm, shape.parts, shape=shape, is_only_shown=is_only_shown)


def _usual(version: PriceVersion) -> dict[str, object]:
    """Return the keys in the one way in which they are stored."""
    zone = version.price.legal_entity.timezone
    columns = price_columns(version.drafted_terms(), rate_card=version.rate_card, zone=zone)
    keys: dict[str, object] = columns["terms_keys"]
    return keys
