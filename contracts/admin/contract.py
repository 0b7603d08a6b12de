"""Contracts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.days import DayField, LastDayField, ZonedForm
from accounts.admin.pages.tables import Cell, Table, number, text
from accounts.admin.pages.words import day_words, rate_words, span_words, state_badge
from catalog.queries.terms_facts import terms_facts
from contracts.admin.quantity import QuantityInline
from contracts.models import Contract, ContractOverride, ContractQuantity, ContractState
from invoicing.rating.match_format import match_text, parse_match

_TONES = {
    ContractState.DRAFT: "waiting",
    ContractState.COMING: "waiting",
    ContractState.ACTIVE: "good",
    ContractState.ENDED: "plain",
}
ENDING_SOON = timedelta(days=60)


class ContractForm(ZonedForm):
    """A contract, its days in the zone of its customer."""

    zone_of = "customer"

    starts_at = DayField(label="First day", help_text="In the customer's zone.")
    ends_at = LastDayField(
        label="Last day", required=False, help_text="The last day that counts; empty: open."
    )

    class Meta:
        model = Contract
        fields = (
            "customer", "plan", "starts_at", "ends_at", "anchor_day", "anchor_date",
            "net_terms_days",
        )  # fmt: skip


class StateFilter(admin.SimpleListFilter):
    """The state by each customer's own clock."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((s.value, s.label) for s in ContractState), ("ending", "ending in 60 days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = Coalesce(F("customer__test_clock__now_at"), Value(datetime.now(UTC)))
        activated = Q(activated_at__isnull=False)
        begun = Q(starts_at__lte=F("own_now"))
        lasts = Q(ends_at=None) | Q(ends_at__gt=F("own_now"))
        wanted = {
            "draft": Q(activated_at=None),
            "coming": activated & ~begun,
            "active": activated & begun & lasts,
            "ended": activated & Q(ends_at__lte=F("own_now")),
            "ending": activated
            & Q(ends_at__gt=F("own_now"), ends_at__lte=F("own_now") + Value(ENDING_SOON)),
        }
        chosen = wanted.get(self.value() or "")
        return queryset if chosen is None else queryset.annotate(own_now=now).filter(chosen)


@admin.register(Contract)
class ContractAdmin(BillingAdmin):
    """Customers on plans; fixed once activated."""

    form = ContractForm
    list_display: tuple[str, ...] = ("contract_shown", "customer", "plan", "term", "due", "state")
    list_display_links = ("contract_shown",)
    list_filter = (StateFilter, "plan", "customer__legal_entity")
    list_select_related = ("customer__test_clock", "plan")
    date_hierarchy = "starts_at"
    search_fields = ("customer__name", "customer__external_id", "plan__name", "plan__code")
    autocomplete_fields = ("customer", "plan")
    inlines = (QuantityInline,)
    history_parts = (ContractOverride, ContractQuantity)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        entered = (
            "customer", "plan", "starts_at", "ends_at", "anchor_day", "anchor_date",
            "net_terms_days",
        )  # fmt: skip
        if obj is None:
            return entered
        if obj.activated_at is None:
            return ("public_id", "state", *entered)
        return ("public_id", "state", "customer", "plan", "term", "anchor", "due", "activated_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        if obj.activated_at is None:
            return ("public_id", "state")
        return self.get_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.activated_at is None
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.activated_at is None
        return is_open and super().has_delete_permission(request, obj)

    @admin.display(description="id")
    def public_id(self, contract: Contract) -> str:
        return contract.public_id

    @admin.display(description="contract", ordering="starts_at")
    def contract_shown(self, contract: Contract) -> str:
        return f"{contract.customer}: {contract.plan}"

    @admin.display(description="from, to", ordering="starts_at")
    def term(self, contract: Contract) -> str:
        return span_words(contract.starts_at, contract.ends_at, contract.customer.timezone)

    @admin.display(description="due")
    def due(self, contract: Contract) -> str:
        days = contract.payment_days
        return f"net {days} days" if days else "on receipt"

    @admin.display(description="periods begin on day")
    def anchor(self, contract: Contract) -> str:
        if contract.anchor_date is not None:
            return f"that of {day_words(contract.anchor_date)}"
        return str(contract.calendar().anchor_day)

    @admin.display(description="state")
    def state(self, contract: Contract) -> SafeString:
        state = contract.state(now=contract.customer.now(now=datetime.now(UTC)))
        return state_badge(state.label.lower(), _TONES[state])

    def tables(self, request: HttpRequest, obj: Contract) -> Sequence[Table]:
        rows = [_override_row(override) for override in _overrides(obj)]
        headings = ("Price", "Unit price", "Fallback rate", "Own rates", "Otherwise")
        return (
            Table(
                "Overrides of the plan's prices",
                headings,
                rows,
                empty="None: the plan holds.",
                shows="contracts.contractoverride",
            ),
        )

    def links(self, request: HttpRequest, obj: Contract) -> Sequence[tuple[str, str]]:
        if obj.activated_at is not None:
            return ()
        add = reverse("admin:contracts_contractoverride_add")
        taken = {override.price_id for override in obj.overrides.all()}
        return tuple(
            (f"Override {item.price}", f"{add}?contract={obj.pk}&price={item.price_id}")
            for item in obj.plan.items.select_related("price")
            if item.price_id not in taken
        )


def _overrides(contract: Contract) -> QuerySet[ContractOverride]:
    return contract.overrides.select_related("price", "rate_card").prefetch_related("entries")


def _override_row(override: ContractOverride) -> Sequence[Cell]:
    link = reverse("admin:contracts_contractoverride_change", args=[override.pk])
    return (
        text(override.price, link=link),
        number(rate_words(override.unit_price)),
        number(rate_words(override.fallback_rate)),
        text(
            "; ".join(
                f"{match_text(parse_match(entry.match))}: {rate_words(entry.rate)}"
                for entry in override.entries.all()
            )
        ),
        text("; ".join(f"{what}: {says}" for what, says in terms_facts(override.keys()))),
    )
