"""Partners, with their API keys and people."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.api_key import key_state
from accounts.admin.pages.autocomplete import SearchBoxes
from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.tables import Table, text
from accounts.admin.pages.words import instant_words
from accounts.admin.partner_people import INVITE, people_tables
from accounts.models import (
    Partner,
    PartnerCustomer,
    PartnerInvitation,
    PartnerMembership,
    Scope,
)


class PartnerCustomerInline(SearchBoxes, admin.TabularInline):
    """The customers whose usage a partner sends and reads."""

    model = PartnerCustomer
    extra = 1
    autocomplete_fields = ("customer",)
    verbose_name = "customer"
    verbose_name_plural = "customers"


class PartnerForm(forms.ModelForm):
    """A partner, and which scopes its own people may give."""

    scopes_to_give = forms.MultipleChoiceField(
        label="Scopes that its people may give",
        help_text="To API keys that they make on their own pages.",
        choices=[each for each in Scope.choices if each[0] != Scope.PLAN_FILE_WRITE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Partner
        fields = ("name", "is_active", "requires_event_keys", "scopes_to_give")


@admin.register(Partner)
class PartnerAdmin(BillingAdmin):
    """Platforms that send usage."""

    list_display = (
        "name", "is_active", "requires_event_keys", "customers_number", "keys_number", "last_used",
    )  # fmt: skip
    list_filter = ("is_active", "requires_event_keys")
    search_fields = ("name", "api_keys__prefix")
    # Said here too: a list that is grouped to count loses the model's own order.
    ordering = ("name",)
    inlines = (PartnerCustomerInline,)
    history_parts = (PartnerCustomer, PartnerMembership, PartnerInvitation)
    form = PartnerForm
    buttons: tuple[Button, ...] = (INVITE,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                customers_total=Count("customers", distinct=True),
                keys_total=Count("api_keys", filter=Q(api_keys__revoked_at=None), distinct=True),
                used_at=Max("api_keys__last_used_at"),
            )
        )

    @admin.display(description="customers", ordering="customers_total")
    def customers_number(self, partner: Any) -> int:
        return int(partner.customers_total)

    @admin.display(description="keys", ordering="keys_total")
    def keys_number(self, partner: Any) -> int:
        return int(partner.keys_total)

    @admin.display(description="last used", ordering="used_at")
    def last_used(self, partner: Any) -> str:
        return instant_words(partner.used_at)

    def tables(self, request: HttpRequest, obj: Partner) -> Sequence[Table]:
        now = datetime.now(UTC)
        rows = [
            (
                text(str(key), link=reverse("admin:accounts_apikey_change", args=[key.pk])),
                text(key.name),
                text(key.get_mode_display()),
                text(key_state(key, now=now)[0]),
                text(", ".join(key.scopes)),
                text(instant_words(key.last_used_at)),
            )
            for key in obj.api_keys.all()
        ]
        headings = ("Key", "Name", "Mode", "State", "Scopes", "Last used")
        empty = "None yet: add one to send usage."
        keys = Table("API keys", headings, rows, empty=empty, shows="accounts.apikey")
        return (keys, *people_tables(obj))

    def links(self, request: HttpRequest, obj: Partner) -> Sequence[tuple[str, str]]:
        return (("Add API key", f"{reverse('admin:accounts_apikey_add')}?partner={obj.pk}"),)
