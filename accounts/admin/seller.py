"""Legal entities and brands."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.brand_emails import brand_email_urls, brand_emails_link
from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.words import NOTHING
from accounts.models import Brand, LegalEntity
from accounts.operations.read_logo import LogoRefused, read_logo


@admin.register(LegalEntity)
class LegalEntityAdmin(BillingAdmin):
    """Companies that issue invoices."""

    list_display = (
        "name", "code", "country", "currency", "timezone", "tax_registration", "invoice_prefix",
    )  # fmt: skip
    list_filter = ("tax_registration", "currency", "country")
    search_fields = ("name", "code", "invoice_prefix")
    fieldsets = (
        (None, {"fields": ("name", "code", "country", "currency", "timezone")}),
        (
            "Address on invoices",
            {"fields": ("address_line_1", "address_line_2", "postal_code", "city", "state")},
        ),
        ("Invoices", {"fields": ("invoice_prefix", "invoice_rounding", "tax_registration")}),
    )


class BrandForm(forms.ModelForm):
    """A brand with its logo as an upload."""

    logo_file = forms.FileField(
        label="Logo",
        required=False,
        help_text="PNG, JPEG, GIF or WebP, at most 2 MB; kept as a PNG of at most 800 × 320.",
    )
    remove_logo = forms.BooleanField(label="Remove the logo", required=False)

    class Meta:
        model = Brand
        fields = (
            "legal_entity", "code", "name", "primary_colour", "accent_colour", "legal_text",
            "sender_name", "sender_email", "support_email",
        )  # fmt: skip

    def clean_logo_file(self) -> bytes | None:
        upload = self.cleaned_data["logo_file"]
        if not isinstance(upload, UploadedFile):
            return None
        try:
            return read_logo(upload=upload.read())
        except LogoRefused as refused:
            raise ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("remove_logo"):
            self.instance.logo = None
        if cleaned.get("logo_file"):
            self.instance.logo = cleaned["logo_file"]
        return cleaned


@admin.register(Brand)
class BrandAdmin(BillingAdmin):
    """Names under which a company sells."""

    form = BrandForm
    list_display = ("name", "code", "legal_entity", "sender_email", "support_email")
    list_filter = ("legal_entity",)
    list_select_related = ("legal_entity",)
    search_fields = ("name", "code")
    autocomplete_fields = ("legal_entity",)
    readonly_fields = ("logo_shown",)
    fieldsets = (
        (None, {"fields": ("legal_entity", "name", "code")}),
        (
            "Look",
            {
                "fields": (
                    "logo_shown", "logo_file", "remove_logo", "primary_colour", "accent_colour",
                )
            },
        ),
        ("Documents and e-mail", {
            "fields": ("legal_text", "sender_name", "sender_email", "support_email"),
        }),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("logo")

    def get_urls(self) -> list[URLPattern]:
        return brand_email_urls(self) + super().get_urls()

    def links(self, request: HttpRequest, obj: Brand) -> Sequence[tuple[str, str]]:
        return [brand_emails_link(obj)]

    @admin.display(description="current logo")
    def logo_shown(self, brand: Brand) -> SafeString | str:
        if not brand.logo:
            return NOTHING
        return format_html(
            '<img class="logo-preview" alt="Logo of {}" src="data:image/png;base64,{}">',
            brand.name,
            b64encode(bytes(brand.logo)).decode(),
        )
