"""What drafts of rate cards and of prices have in common in forms."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.admin.pages.days import DayField, LastDayField, ZonedForm
from accounts.admin.pages.words import span_words, state_badge
from values.problems import InvalidTerms


class VersionForm(ZonedForm):
    """
    A version's time in the seller's zone; other published versions may not be in its way.

    `with_draft` puts the version among them, and raises InvalidTerms where that does not go.
    """

    with_draft: ClassVar[Callable[..., object]]

    effective_from = DayField(
        label="In force from", help_text="The first day, in the seller's zone."
    )
    effective_to = LastDayField(
        label="Last day", required=False, help_text="The last day that counts; empty: open."
    )
    ends_previous = forms.BooleanField(
        label="Ends the one before",
        required=False,
        help_text="When this is published, the open version before it ends where this starts.",
    )

    def _get_validation_exclusions(self) -> set[str]:
        # The constraint against overlaps asks for it, though it is no field of the form.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"published_at"}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.with_draft(version=self.instance, ends_previous=self.cleaned_data["ends_previous"])
        except InvalidTerms as error:
            for problem in error.problems:
                self.add_error(None, problem.text())


class EndForm(ZonedForm):
    """The one thing that may still be said of a published version: when it ends."""

    effective_to = LastDayField(
        label="Last day", required=False, help_text="The last day that counts; set once."
    )

    def zone(self) -> str:
        version = self.instance
        owner = version.price if hasattr(version, "price_id") else version.rate_card
        return str(owner.legal_entity.timezone)


class PublishedFilter(admin.SimpleListFilter):
    """Draft, published and in force, published and not in force."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("draft", "draft"), ("published", "published")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"draft", "published"}:
            return queryset
        return queryset.filter(published_at__isnull=self.value() == "draft")


def version_state(version: Any, *, now: datetime) -> tuple[str, str]:
    """Return a version's state as a word, and its tone."""
    if version.published_at is None:
        return "draft", "waiting"
    if version.effective_from is not None and now < version.effective_from:
        return "published, ahead", "waiting"
    if version.effective_to is not None and version.effective_to <= now:
        return "published, over", "plain"
    return "published, in force", "good"


def version_badge(version: Any) -> SafeString:
    """Return the state as it is shown."""
    return state_badge(*version_state(version, now=datetime.now(UTC)))


def version_span(version: Any, zone: str) -> str:
    """Return from which to which day a version is in force."""
    return span_words(version.effective_from, version.effective_to, zone)
