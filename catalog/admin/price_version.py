"""Versions of prices."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.tables import Table, text
from catalog.admin.call_rates.urls import call_rate_links, call_rate_urls
from catalog.admin.price_picture import price_picture
from catalog.admin.price_terms.shape import CHOSEN_LATER, Shape, is_asked_again
from catalog.admin.price_version_form import PriceVersionForm, shape_of, version_form
from catalog.admin.price_words import currency_of, rates_shown
from catalog.admin.rate_card_version import PublishForm, publish_facts
from catalog.admin.versions import EndForm, PublishedFilter, version_badge, version_span
from catalog.models import PriceVersion
from catalog.operations.copy_price_version import copy_price_version
from catalog.operations.publish_price_version import AlreadyPublished, publish_price_version
from catalog.queries.price_currencies import with_plan_currencies
from catalog.queries.terms_facts import terms_facts


def _publish(
    admin_: Any, request: HttpRequest, version: PriceVersion, entered: dict[str, Any]
) -> str:
    publish_price_version(
        version=version, now=datetime.now(UTC), ends_previous=entered["ends_previous"]
    )
    return f"{version} is published."


def _copy(
    admin_: Any, request: HttpRequest, version: PriceVersion, entered: dict[str, Any]
) -> HttpResponse:
    draft = copy_price_version(version=version)
    admin_.log_addition(request, draft, f"Copied from {version}.")
    admin_.message_user(request, "This is a draft that says the same; give it its time.")
    return redirect("admin:catalog_priceversion_change", draft.pk)


_HEAD = ("price", "model", "name", "section", "tax_code")
_TIME = ("effective_from", "effective_to", "ends_previous", "form_shown")
_SHOWN = ("price", "name", "section", "tax_code", "in_force", "state", "rate")


@admin.register(PriceVersion)
class PriceVersionAdmin(BillingAdmin):
    """Drafts are edited and published; a published version is only ended."""

    list_display = ("price", "name", "in_force", "state", "section", "rate")
    list_filter = (PublishedFilter, "section", "price__legal_entity", "price")
    list_select_related = ("price__legal_entity", "rate_card")
    date_hierarchy = "effective_from"
    search_fields = ("price__code", "name", "model", "price__kind")
    autocomplete_fields = ("price", "rate_card")
    buttons: tuple[Button, ...] = (
        Button(
            name="publish",
            label="Publish",
            permission="catalog.change_priceversion",
            press=_publish,
            refusals=(AlreadyPublished,),
            is_offered=lambda version: version.published_at is None,
            form=PublishForm,
            facts_template="admin/catalog/publish.html",
            facts=lambda admin_, request, version: publish_facts(
                version, version.price.versions.all(), version.price.legal_entity.timezone
            ),
            is_irreversible=True,
        ),
        Button(
            name="copy",
            label="New version from this one",
            permission="catalog.add_priceversion",
            press=_copy,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_plan_currencies(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        return [*call_rate_urls(self), *super().get_urls()]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if _is_published(obj):
            kwargs["form"] = EndForm
        elif self._is_edited(request, obj):
            shape = shape_of(request, obj)
            kwargs["form"] = version_form(shape, is_only_shown=is_asked_again(request, shape))
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what every price says, then the parts of its kind and model."""
        if not self._is_edited(request, obj):
            shown = (*_SHOWN, "effective_to") if _may_end(obj) else _SHOWN
            return [(None, {"fields": shown})]
        shape = shape_of(request, obj)
        head = tuple(name for name in _HEAD if name != "model" or shape.models)
        parts = [part.fieldset() for part in shape.parts]
        return [(None, {"fields": (*head, *_TIME)}), *parts]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("price",) if self._is_edited(request, obj) else _SHOWN

    def _is_edited(self, request: HttpRequest, obj: PriceVersion | None) -> bool:
        """Return whether the boxes are shown: to who may fill them in, of a draft."""
        if obj is None:
            return self.has_add_permission(request)
        return not _is_published(obj) and self.has_change_permission(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj, form = kwargs.get("obj"), context["adminform"].form
        if isinstance(form, PriceVersionForm):
            terms, price = form.drawn_terms(), form.chosen_price()
            context["show_words"] = _show_words(form.shape)
            context["asked_again"] = CHOSEN_LATER if form.is_only_shown else ""
        else:
            terms, price = (obj.drafted_terms(), obj.price) if obj and obj.model else (None, None)
        context["picture"] = price_picture(terms, price)
        # Beside the first part of the terms; beside what is fixed where nothing is entered.
        context["pictured"] = 2 if isinstance(form, PriceVersionForm) else 1
        return super().render_change_form(request, context, *args, **kwargs)

    def tables(self, request: HttpRequest, obj: PriceVersion) -> Sequence[Table]:
        if self._is_edited(request, obj):
            return ()
        rows = [(text(label), text(words)) for label, words in _facts(obj)]
        return (Table("What it charges", ("What", "Says"), rows),)

    def links(self, request: HttpRequest, obj: PriceVersion) -> Sequence[tuple[str, str]]:
        compare = reverse("admin:catalog_price_compare", args=[obj.price_id])
        return (*call_rate_links(obj), ("Compare", f"{compare}?new={obj.pk}"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_draft = obj is None or obj.published_at is None
        return is_draft and super().has_delete_permission(request, obj)

    @admin.display(description="in force", ordering="effective_from")
    def in_force(self, version: PriceVersion) -> str:
        return version_span(version, version.price.legal_entity.timezone)

    @admin.display(description="state", ordering="published_at")
    def state(self, version: PriceVersion) -> SafeString:
        return version_badge(version)

    @admin.display(description="rate")
    def rate(self, version: PriceVersion) -> str:
        return rates_shown(version, currency=currency_of(version))


def _is_published(version: PriceVersion | None) -> bool:
    return version is not None and version.published_at is not None


def _show_words(shape: Shape) -> str:
    """Return what the button says that shows the form anew; nothing where there is no need."""
    if not shape.kind:
        return "Continue"
    return "Show the form and the picture of this" if shape.models else ""


def _may_end(version: PriceVersion | None) -> bool:
    return _is_published(version) and version is not None and version.effective_to is None


def _facts(version: PriceVersion) -> list[tuple[str, str]]:
    currency = currency_of(version)
    shown = rates_shown(version, currency=currency)
    rate = [("Rate", shown)] if version.model == "per_unit" else []
    model = [("Model", version.get_model_display())] if version.model else []
    return [*model, ("Currency", currency), *rate, *terms_facts(version.terms_keys)]
