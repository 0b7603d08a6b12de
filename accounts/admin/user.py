"""People who sign in, and what they may do."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.models import User
from accounts.operations.vouch_for_address import vouch_for_address

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
BEYOND_ROLES = ("is_superuser", "user_permissions")


class PersonCreationForm(AdminUserCreationForm):
    """A new person, named by e-mail."""

    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class PersonAdmin(BillingAdmin, UserAdmin):
    """
    Staff and customers' people, with their groups and permissions.

    Who may change permissions gives roles that hold no more than the own rights; only
    superusers give more than roles. Nobody changes somebody who may do more.
    """

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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields: tuple[str, ...] = tuple(super().get_readonly_fields(request, obj))
        if request.user.is_superuser:
            return fields
        may_give_roles = request.user.has_perm("auth.change_permission")
        return (*fields, *(BEYOND_ROLES if may_give_roles else RIGHTS))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the password, with its way to a new one, for who may only look."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return ((None, {"fields": ("email",)}), *fieldsets[1:])

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups" and not request.user.is_superuser:
            kwargs["queryset"] = _groups_within(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            vouch_for_address(user=obj, keep_asked_change=False)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_act_on(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and may_act_on(request.user, obj)


admin.site.unregister(Group)


@admin.register(Group)
class RightsAdmin(GroupAdmin):
    """Groups give rights: only superusers change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


def _groups_within(actor: Any) -> QuerySet[Group]:
    """Return the groups that hold nothing that this person does not."""
    held = actor.get_all_permissions()
    beyond = [
        permission.pk
        for permission in Permission.objects.select_related("content_type")
        if f"{permission.content_type.app_label}.{permission.codename}" not in held
    ]
    return Group.objects.exclude(permissions__in=beyond)


def may_act_on(actor: Any, person: User | None) -> bool:
    """Return whether this person of the staff has every right that the person has."""
    if person is None or actor.is_superuser:
        return True
    return not person.is_superuser and person.get_all_permissions() <= actor.get_all_permissions()
