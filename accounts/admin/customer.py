"""Customers, their addresses, subjects and test clocks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.admin.customer_file import CustomerResource
from accounts.admin.imports import FilePages
from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.days import DayField, LastDayField, ZonedForm
from accounts.admin.pages.tables import Table, text
from accounts.admin.pages.words import end_words, instant_words, start_words, state_badge
from accounts.admin.people import INVITE, people_tables
from accounts.models import Address, Customer, Invitation, Membership, Subject, TestClock
from accounts.operations.advance_test_clock import ClockOnlyGoesForward, advance_test_clock


class AddressInline(admin.StackedInline):
    """Where a customer is billed and served."""

    model = Address
    extra = 0
    max_num = 2
    fields = (
        ("kind", "country"),
        ("line_1", "line_2"),
        ("postal_code", "city"),
        ("county", "state"),
    )


class CustomerForm(forms.ModelForm):
    """A customer whose brand is one of its legal entity."""

    class Meta:
        model = Customer
        fields = (
            "name", "external_id", "email", "legal_entity", "brand", "timezone",
            "customer_class", "vat_id", "vat_status", "is_sandbox", "test_clock",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        entity, brand = cleaned.get("legal_entity"), cleaned.get("brand")
        if entity and brand and brand.legal_entity_id != entity.pk:
            self.add_error("brand", f"This brand is of {brand.legal_entity}, not of {entity}.")
        return cleaned


class CountryFilter(admin.SimpleListFilter):
    """The country of the billing address."""

    title = "country"
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        known = Address.objects.filter(kind="billing").order_by("country")
        return [(code, code) for code in known.values_list("country", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(addresses__kind="billing", addresses__country=self.value())


@admin.register(Customer)
class CustomerAdmin(FilePages, BillingAdmin):
    """Who buys."""

    form = CustomerForm
    list_display: tuple[str, ...] = (
        "name", "external_id", "legal_entity", "brand", "customer_class", "mode",
    )  # fmt: skip
    list_filter: ClassVar[tuple[Any, ...]] = (
        "is_sandbox", "legal_entity", "brand", "customer_class", CountryFilter, "partners",
    )  # fmt: skip
    list_select_related: ClassVar[tuple[str, ...]] = ("legal_entity", "brand")
    search_fields = ("name", "external_id", "email", "subjects__identifier")
    show_full_result_count = False
    autocomplete_fields = ("legal_entity", "brand", "test_clock")
    readonly_fields = ("public_id", "local_now")
    inlines = (AddressInline,)
    history_parts = (Address, Membership, Invitation)
    buttons: tuple[Button, ...] = (INVITE,)
    rows_are_kept = True
    resource_classes = (CustomerResource,)
    fieldsets = (
        (None, {"fields": ("name", "external_id", "public_id", "email", "timezone")}),
        ("Seller", {"fields": ("legal_entity", "brand")}),
        ("Tax", {"fields": ("customer_class", "vat_id", "vat_status")}),
        ("Sandbox", {"fields": ("is_sandbox", "test_clock", "local_now")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else (*self.readonly_fields, "is_sandbox")

    @admin.display(description="mode", ordering="is_sandbox")
    def mode(self, customer: Customer) -> SafeString:
        return (
            state_badge("sandbox", "waiting")
            if customer.is_sandbox
            else state_badge("live", "good")
        )

    @admin.display(description="id")
    def public_id(self, customer: Customer) -> str:
        return customer.public_id if customer.pk else "given when saved"

    @admin.display(description="its time now")
    def local_now(self, customer: Customer) -> str:
        return instant_words(customer.now(now=datetime.now(UTC)), customer.timezone)

    def tables(self, request: HttpRequest, obj: Customer) -> Sequence[Table]:
        subjects = Table(
            "Subjects: numbers, agents and locations that usage is sent about",
            ("Identifier", "Kind", "Held from", "Last day"),
            [
                (
                    text(
                        subject.identifier,
                        link=reverse("admin:accounts_subject_change", args=[subject.pk]),
                    ),
                    text(subject.get_kind_display()),
                    text(start_words(subject.held_from, obj.timezone)),
                    text(end_words(subject.held_to, obj.timezone)),
                )
                for subject in obj.subjects.all()[:50]
            ],
            empty="None. Events may also name the customer by its id or external id.",
            shows="accounts.subject",
        )
        return (subjects, *people_tables(obj))

    def links(self, request: HttpRequest, obj: Customer) -> Sequence[tuple[str, str]]:
        add_subject = reverse("admin:accounts_subject_add")
        return (("Add subject", f"{add_subject}?customer={obj.pk}"),)


class SubjectForm(ZonedForm):
    """A subject, its days in the zone of its customer."""

    zone_of = "customer"

    held_from = DayField(label="Held from", help_text="The first day, in the customer's zone.")
    held_to = LastDayField(
        label="Last day", required=False, help_text="The last day that counts; empty: for good."
    )

    class Meta:
        model = Subject
        fields = ("customer", "kind", "identifier", "held_from", "held_to")


@admin.register(Subject)
class SubjectAdmin(BillingAdmin):
    """What usage is sent about, and who holds it when."""

    form = SubjectForm
    list_display = ("identifier", "kind", "customer", "first_day", "last_day")
    list_filter = ("kind", "customer__legal_entity")
    list_select_related = ("customer",)
    search_fields = ("identifier", "customer__name", "customer__external_id")
    show_full_result_count = False
    autocomplete_fields = ("customer",)

    @admin.display(description="held from", ordering="held_from")
    def first_day(self, subject: Subject) -> str:
        return start_words(subject.held_from, subject.customer.timezone)

    @admin.display(description="last day", ordering="held_to")
    def last_day(self, subject: Subject) -> str:
        return end_words(subject.held_to, subject.customer.timezone)


class TimeBoxes(AdminSplitDateTime):
    """A day and a time of day, each named."""

    def __init__(self) -> None:
        super().__init__()
        for box, name in zip(self.widgets, ("Date (UTC)", "Time (UTC)"), strict=True):
            box.attrs["aria-label"] = name


class AdvanceForm(forms.Form):
    """The new time of a test clock."""

    to = forms.SplitDateTimeField(
        label="New time (UTC)",
        widget=TimeBoxes,
        help_text="Periods that end by then are billed by the next bill run, within a minute.",
    )


def _advance(admin_: Any, request: HttpRequest, clock: TestClock, entered: dict[str, Any]) -> str:
    advanced = advance_test_clock(clock=clock, to=entered["to"])
    return f"{advanced.name} now stands at {instant_words(advanced.now_at)}."


@admin.register(TestClock)
class TestClockAdmin(BillingAdmin):
    """Clocks of sandbox customers."""

    list_display = ("name", "time")
    search_fields = ("name",)
    buttons = (
        Button(
            name="advance",
            label="Advance",
            permission="accounts.change_testclock",
            press=_advance,
            refusals=(ClockOnlyGoesForward,),
            form=AdvanceForm,
            facts=lambda admin_, request, clock: {"initial": {"to": clock.now_at}},
            is_irreversible=True,
        ),
    )

    @admin.display(description="its time", ordering="now_at")
    def time(self, clock: TestClock) -> str:
        return instant_words(clock.now_at)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name", "now_at") if obj is None else ("name", "time")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("time",)

    def tables(self, request: HttpRequest, obj: TestClock) -> Sequence[Table]:
        rows = [
            (
                text(
                    customer.name,
                    link=reverse("admin:accounts_customer_change", args=[customer.pk]),
                ),
                text(customer.external_id),
                text(instant_words(obj.now_at, customer.timezone)),
            )
            for customer in obj.customers.all()
        ]
        headings = ("Customer", "External id", "Their time")
        return (Table("Customers on this clock", headings, rows, shows="accounts.customer"),)
