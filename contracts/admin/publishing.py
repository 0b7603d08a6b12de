"""What contracts add to publishing: no version breaks what was agreed with a customer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.pages.buttons import Button
from catalog.admin.price_version import PriceVersionAdmin
from catalog.admin.rate_card_version import RateCardVersionAdmin
from catalog.models import PriceVersion, RateCardVersion
from contracts.operations.publish_price_version import publish_price_version
from contracts.operations.publish_rate_card_version import publish_rate_card_version


def _guarded(buttons: tuple[Button, ...], publish: Callable[..., Any]) -> tuple[Button, ...]:
    def press(admin_: Any, request: HttpRequest, version: Any, entered: dict[str, Any]) -> str:
        publish(version=version, now=datetime.now(UTC), ends_previous=entered["ends_previous"])
        return f"{version} is published."

    return tuple(
        replace(button, press=press) if button.name == "publish" else button for button in buttons
    )


admin.site.unregister(RateCardVersion)
admin.site.unregister(PriceVersion)


@admin.register(RateCardVersion)
class AgreedRateCardVersionAdmin(RateCardVersionAdmin):
    """Versions of rate cards; publishing asks the contracts."""

    buttons = _guarded(RateCardVersionAdmin.buttons, publish_rate_card_version)


@admin.register(PriceVersion)
class AgreedPriceVersionAdmin(PriceVersionAdmin):
    """Versions of prices; publishing asks the contracts."""

    buttons = _guarded(PriceVersionAdmin.buttons, publish_price_version)
