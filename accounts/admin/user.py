"""People who sign in."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.models import User


class PersonCreationForm(AdminUserCreationForm):
    """A new person, named by e-mail."""

    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class PersonAdmin(BillingAdmin, UserAdmin):
    """Staff and customers' people, with their groups and permissions."""

    add_form = PersonCreationForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "first_name", "last_name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Name", {"fields": ("first_name", "last_name")}),
        (
            "May do",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")
