"""Who comes in, on which devices, by which second factor; and how staff take it from them."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.words import instant_words
from accounts.admin.user import may_act_on
from accounts.models import SignIn
from accounts.sign_in.devices import device_words

# allauth's own pages show secrets, and change what only the person itself should.
for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


class TakenAwayAdmin(ReadOnlyAdmin):
    """Rows of a person that nobody edits; whoever may act on the person may take them away."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        options = self.opts
        name = f"{options.app_label}.delete_{options.model_name}"
        return bool(request.user.has_perm(name)) and may_act_on(
            request.user, None if obj is None else obj.user
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No bulk deletion: each person is judged by itself."""
        return {}


@admin.register(Authenticator)
class SecondFactorAdmin(TakenAwayAdmin):
    """The second factors of people; to take one away lets in who has lost it."""

    fields = ("user", "type", "created_at", "last_used_at")
    list_display = ("user", "type", "added", "used")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-created_at", "-id")

    @admin.display(description="added", ordering="created_at")
    def added(self, factor: Authenticator) -> str:
        return instant_words(factor.created_at)

    @admin.display(description="last used", ordering="last_used_at")
    def used(self, factor: Authenticator) -> str:
        return instant_words(factor.last_used_at) if factor.last_used_at else "never"

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """Recovery codes alone are no second factor: they go with the last one."""
        obj.delete()
        left = Authenticator.objects.filter(user_id=obj.user_id)
        if not left.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            left.delete()


@admin.register(UserSession)
class DeviceAdmin(TakenAwayAdmin):
    """Where people are signed in; to take a row away signs that device out."""

    fields = ("user", "created_at", "ip", "user_agent")
    list_display = ("user", "since", "ip", "device")
    list_select_related = ("user",)
    search_fields = ("user__email", "ip")
    ordering = ("-created_at", "-id")

    @admin.display(description="since", ordering="created_at")
    def since(self, session: UserSession) -> str:
        return instant_words(session.created_at)

    @admin.display(description="device")
    def device(self, session: UserSession) -> str:
        return device_words(session.user_agent)

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        obj.end()


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """Every attempt to sign in, the latest first."""

    list_display = ("when", "email", "outcome", "factors", "ip", "device")
    list_filter = ("outcome",)
    search_fields = ("email", "=ip")
    search_help_text = "An e-mail, or an address of the network."
    show_full_result_count = False
    ordering = ("-at", "-id")

    @admin.display(description="when", ordering="at")
    def when(self, attempt: SignIn) -> str:
        return instant_words(attempt.at)

    @admin.display(description="device")
    def device(self, attempt: SignIn) -> str:
        return device_words(attempt.user_agent)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user")
