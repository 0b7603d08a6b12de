"""Versions of prices."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.days import DayField
from catalog.admin.price import rates_shown
from catalog.admin.rate_card_version import PublishForm, publish_facts
from catalog.admin.versions import (
    EndForm,
    PublishedFilter,
    VersionForm,
    version_badge,
    version_span,
)
from catalog.models import PriceVersion
from catalog.operations.publish_price_version import AlreadyPublished, publish_price_version
from catalog.queries.draft_terms import open_version_before, price_with_draft


class PriceVersionForm(VersionForm):
    """A draft of how a price is charged."""

    zone_of = "price"
    with_draft = staticmethod(price_with_draft)

    effective_from = DayField(
        label="In force from",
        required=False,
        help_text="The first day, in the seller's zone; empty: from the beginning.",
    )

    class Meta:
        model = PriceVersion
        fields = (
            "price", "name", "section", "tax_code", "effective_from", "effective_to",
            "unit_price", "rate_card", "fallback_rate",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            siblings = self.instance.price.versions.all()
            self.initial["ends_previous"] = bool(open_version_before(self.instance, siblings))


def _publish(
    admin_: Any, request: HttpRequest, version: PriceVersion, entered: dict[str, Any]
) -> str:
    publish_price_version(
        version=version, now=datetime.now(UTC), ends_previous=entered["ends_previous"]
    )
    return f"{version} is published."


_TERMS = (
    "price", "name", "section", "tax_code", "effective_from", "effective_to", "ends_previous",
    "unit_price", "rate_card", "fallback_rate",
)  # fmt: skip
_SHOWN = ("price", "name", "section", "tax_code", "in_force", "state", "rate")


@admin.register(PriceVersion)
class PriceVersionAdmin(BillingAdmin):
    """Drafts are edited and published; a published version is only ended."""

    form = PriceVersionForm
    list_display = ("price", "name", "in_force", "state", "section", "rate")
    list_filter = (PublishedFilter, "section", "price__legal_entity", "price")
    list_select_related = ("price__legal_entity", "rate_card")
    date_hierarchy = "effective_from"
    search_fields = ("price__code", "name")
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
    )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None and obj.published_at is not None:
            kwargs["form"] = EndForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None or obj.published_at is None:
            return _TERMS
        return (*_SHOWN, "effective_to") if obj.effective_to is None else _SHOWN

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("price",) if obj.published_at is None else _SHOWN

    def links(self, request: HttpRequest, obj: PriceVersion) -> Sequence[tuple[str, str]]:
        compare = reverse("admin:catalog_price_compare", args=[obj.price_id])
        return (("Compare", f"{compare}?new={obj.pk}"),)

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
        return rates_shown(version)
