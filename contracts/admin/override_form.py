"""The form of what a contract agrees otherwise of a price: the boxes of the price's model."""

from typing import Any

from django import forms
from django.http import HttpRequest

from catalog.admin.price_terms.override_parts import override_parts, removal_field
from catalog.admin.price_terms.shape import Shape, ShapedForm
from catalog.admin.price_terms.terms_form import with_boxes
from catalog.models import Price
from catalog.models.price import ModelChoice, PriceKindChoice
from catalog.queries.price_tests import price_to_test
from contracts.models import Contract, ContractOverride
from contracts.queries.terms import agreed_price
from invoicing.rating.call_overrides import settled_keys
from invoicing.rating.overrides import PriceOverride
from invoicing.rating.price import PriceTerms
from invoicing.rating.terms.calls import Calls
from values.fields import Place
from values.problems import InvalidTerms, Problem, refuse


def chosen_price(request: HttpRequest, override: ContractOverride | None) -> Price | None:
    """Return the price that a form is about, None until it is chosen."""
    if override is not None and override.price_id is not None:
        return override.price
    asked = request.POST.get("price") or request.GET.get("price") or ""
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        return None
    return Price.objects.select_related("meter").filter(pk=asked).first()


def usual_model(price: Price | None) -> str:
    """Return the model of the price's latest version, published ones first."""
    if price is None:
        return ""
    versions = price.versions.order_by("published_at", "effective_from")
    latest = max(versions, key=lambda each: each.published_at is not None, default=None)
    return latest.model if latest else ""


def shape_of(request: HttpRequest, override: ContractOverride | None) -> Shape:
    """Return the shape that a request asks for; by the override, else by the price."""
    price = chosen_price(request, override)
    asked = request.POST if request.method == "POST" else request.GET
    agreed = str(override.terms_keys.get("model", "")) if override else ""
    model = asked.get("model") or agreed or usual_model(price)
    return Shape(price.kind if price else "", model)


class OverrideForm(ShapedForm):
    """An override of one price of the contract's plan; an empty box changes nothing."""

    usual_model = ""

    model = forms.ChoiceField(required=False, help_text="Another one replaces all of the price's.")

    class Meta:
        model = ContractOverride
        fields = ("contract", "price", "unit_price", "fallback_rate", "rate_card")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.terms_keys
        if "model" in self.fields:
            words = [(word, ModelChoice(word).label) for word in self.shape.models]
            self.fields["model"].choices = words  # type: ignore[attr-defined]
            self.initial["model"] = self.shape.model
        if "taken_away" in self.fields:
            self.initial["taken_away"] = [key for key, said in stored.items() if said is None]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        contract = cleaned.get("contract") or getattr(self.instance, "contract", None)
        price = cleaned.get("price")
        if contract and price and not contract.plan.items.filter(price=price).exists():
            self.add_error("price", f"'{price}' is no price of the plan {contract.plan}.")
        return cleaned

    def _post_clean(self) -> None:
        self.instance.terms_keys = self._keys()
        super()._post_clean()  # type: ignore[misc]
        override = self.instance
        if self.errors or override.price_id is None or override.contract_id is None:
            return
        try:
            self._judge(override.contract, price_to_test(price_id=override.price_id).terms())
        except InvalidTerms as error:
            self.place(error.problems)

    def _keys(self) -> dict[str, object]:
        keys = self.stated_keys()
        keys |= dict.fromkeys(self.cleaned_data.get("taken_away") or ())
        if self.shape.model != self.usual_model:
            keys["model"] = self.shape.model
        return keys

    def _judge(self, contract: Contract, price: PriceTerms) -> None:
        """:raises InvalidTerms: the keys do not fit the price; own rates are looked at later."""
        override = self.instance
        calls = [v.model for v in price.versions if isinstance(v.model, Calls)]
        if calls:
            problems: list[Problem] = []
            settled = settled_keys(
                Place(override.terms_keys, (), problems),
                override.terms_keys,
                model=calls[-1],
                zone=contract.customer.timezone,
                read_file=None,
            )
            refuse(problems)
            override.terms_keys = settled or {}
        agreed_price(price, agreed_without_entries(override), contract=contract)


def agreed_without_entries(override: ContractOverride) -> PriceOverride:
    """
    Return the keys that an override replaces, as the engine knows them.

    :raises InvalidTerms:
    """
    return PriceOverride(
        unit_price=override.unit_price,
        fallback_rate=override.fallback_rate,
        keys=override.keys(),
        rate_card=override.rate_card.terms() if override.rate_card else None,
    )


def override_form(shape: Shape, *, usual: str, is_only_shown: bool = False) -> type[OverrideForm]:
    """Return the form of a shape; `usual` is the model that the price has itself."""
    removal = removal_field(shape.kind)
    more = {"taken_away": removal} if removal else {}
    return with_boxes(
        OverrideForm,
        override_parts(shape.kind, shape.model),
        is_override=True,
        shape=shape,
        usual_model=usual,
        is_only_shown=is_only_shown,
        **more,
    )


def is_by_card(shape: Shape) -> bool:
    """Return whether own rates may stand beside a rate card's."""
    return shape.kind == PriceKindChoice.USAGE and shape.model == ModelChoice.PER_UNIT
