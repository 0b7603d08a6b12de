"""Products."""

from django.contrib import admin

from accounts.admin.pages.billing_admin import BillingAdmin
from catalog.models import Product


@admin.register(Product)
class ProductAdmin(BillingAdmin):
    """What is sold."""

    list_display = ("name", "code", "legal_entity")
    list_filter = ("legal_entity",)
    list_select_related = ("legal_entity",)
    search_fields = ("name", "code")
    autocomplete_fields = ("legal_entity",)
