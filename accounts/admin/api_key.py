"""API keys of partners: made, replaced and revoked, their secrets shown once."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.buttons import Button, object_url
from accounts.admin.pages.words import NOTHING, instant_words, state_badge
from accounts.models import ApiKey, Scope
from accounts.operations.make_api_key import KeyTermsRefused, make_api_key
from accounts.operations.revoke_api_key import revoke_api_key
from accounts.operations.rotate_api_key import KeyNotInUse, rotate_api_key


def key_state(key: ApiKey, *, now: datetime) -> tuple[str, str]:
    """Return a key's state as a word, and its tone."""
    if key.revoked_at is not None:
        return "revoked", "bad"
    if key.expires_at is not None and key.expires_at <= now:
        return "expired", "bad"
    return ("usable", "good") if key.is_usable(now=now) else ("partner switched off", "waiting")


# A key that changes the price book does what its maker may do, and no more.
BOOK_CHANGES = (
    "catalog.change_plan",
    "catalog.change_priceversion",
    "catalog.change_ratecard",
    "catalog.change_ratecardversion",
)


def scopes_to_give(user: Any) -> list[tuple[str, str]]:
    """Return the scopes, with their names, of keys that this person may make."""
    may_change_book = user.has_perms(BOOK_CHANGES)
    return [
        (scope, name)
        for scope, name in Scope.choices
        if may_change_book or scope != Scope.PLAN_FILE_WRITE
    ]


def scopes_field(user: Any) -> forms.MultipleChoiceField:
    """Return the boxes of the scopes that this person may give."""
    return forms.MultipleChoiceField(
        choices=scopes_to_give(user),
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.EVENTS_WRITE, Scope.EVENTS_READ, Scope.INVOICES_READ],
        error_messages={"invalid_choice": "%(value)s is no scope that you may give."},
    )


class ApiKeyForm(forms.ModelForm):
    """A new key: whose, for what, how long."""

    class Meta:
        model = ApiKey
        fields = ("partner", "name", "mode", "scopes", "expires_at")


class RotateForm(forms.Form):
    """How long the old key goes on working."""

    overlap_hours = forms.IntegerField(
        label="Hours that both keys work",
        min_value=0,
        max_value=24 * 90,
        initial=24,
        help_text="0 ends the old key at once. The new one begins with the limits of the old one.",
    )


def _rotate(
    admin_: Any, request: HttpRequest, key: ApiKey, entered: dict[str, Any]
) -> HttpResponse:
    given = {scope for scope, _ in scopes_to_give(request.user)}
    if not given.issuperset(key.scopes):
        raise KeyTermsRefused("this key may do more than you: somebody who may do it rotates it")
    made, secret = rotate_api_key(
        key=key, overlap_hours=entered["overlap_hours"], now=datetime.now(UTC)
    )
    return secret_page(admin_, request, made, secret)


def _revoke(admin_: Any, request: HttpRequest, key: ApiKey, entered: dict[str, Any]) -> str:
    revoke_api_key(key=key, now=datetime.now(UTC))
    return f"{key} is revoked and opens nothing any more."


def secret_page(admin_: Any, request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
    """Return the page that shows a key's whole text, once and never from a cache."""
    context = {
        **admin_.admin_site.each_context(request),
        "title": "New API key",
        "opts": admin_.opts,
        "original": key,
        "object_url": object_url(admin_, key),
        "secret": secret,
        "media": admin_.media,
    }
    page = TemplateResponse(request, "admin/accounts/api_key_secret.html", context)
    page["Cache-Control"] = "no-store"
    return page


class KeyStateFilter(admin.SimpleListFilter):
    """Whether a key still opens anything."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("usable", "usable"), ("expired", "expired"), ("revoked", "revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = datetime.now(UTC)
        alive = Q(expires_at=None) | Q(expires_at__gt=now)
        wanted = {
            "usable": alive & Q(revoked_at=None, partner__is_active=True),
            "expired": Q(expires_at__lte=now, revoked_at=None),
            "revoked": Q(revoked_at__isnull=False),
        }
        return queryset.filter(wanted[self.value()]) if self.value() in wanted else queryset  # type: ignore[index]


@admin.register(ApiKey)
class ApiKeyAdmin(BillingAdmin):
    """Keys: made here, shown once, rotated and revoked."""

    form = ApiKeyForm
    rows_are_kept = True
    save_refusals = (KeyTermsRefused,)
    list_display = (
        "prefix", "name", "partner", "mode", "state", "scopes_shown", "expires", "last_used",
    )  # fmt: skip
    list_filter = (KeyStateFilter, "mode", "partner")
    list_select_related = ("partner",)
    search_fields = ("prefix", "name", "partner__name")
    autocomplete_fields = ("partner",)
    buttons = (
        Button(
            name="rotate",
            label="Rotate",
            permission="accounts.change_apikey",
            press=_rotate,
            refusals=(KeyNotInUse, KeyTermsRefused),
            is_offered=lambda key: key.is_usable(now=datetime.now(UTC)),
            form=RotateForm,
        ),
        Button(
            name="revoke",
            label="Revoke",
            permission="accounts.change_apikey",
            press=_revoke,
            is_offered=lambda key: key.revoked_at is None,
            facts_template="admin/accounts/revoke_key.html",
            is_irreversible=True,
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            form.base_fields = {**form.base_fields, "scopes": scopes_field(request.user)}
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("partner", "name", "mode", "scopes", "expires_at")
        return (
            "prefix", "state", "partner", "name", "mode", "scopes_shown", "created_at", "expires",
            "last_used", "replaces",
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else self.get_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        entered = form.cleaned_data
        made, secret = make_api_key(
            partner=entered["partner"],
            name=entered["name"],
            mode=entered["mode"],
            scopes=entered["scopes"],
            expires_at=entered["expires_at"],
            now=datetime.now(UTC),
        )
        obj.__dict__.update(made.__dict__)
        request.new_secret = secret  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return secret_page(self, request, obj, request.new_secret)  # type: ignore[attr-defined]

    @admin.display(description="state")
    def state(self, key: ApiKey) -> SafeString:
        return state_badge(*key_state(key, now=datetime.now(UTC)))

    @admin.display(description="scopes")
    def scopes_shown(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="expires", ordering="expires_at")
    def expires(self, key: ApiKey) -> str:
        return NOTHING if key.expires_at is None else instant_words(key.expires_at)

    @admin.display(description="last used", ordering="last_used_at")
    def last_used(self, key: ApiKey) -> str:
        return instant_words(key.last_used_at)
