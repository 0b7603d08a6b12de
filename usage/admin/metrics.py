"""Metrics: what each source sends by the minute, how late it comes, how far the sums are."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.models import KeyMode
from usage.admin.alarm import open_alarms_table
from usage.admin.metrics_tables import Asked, behind_facts, lags_table, sources_table
from usage.documents.sent_chart import SPANS, sent_chart, since_of, step_of
from usage.models import SourceMinute
from usage.queries.source_metrics import sent_by, watched_sources

_ALL = ((KeyMode.LIVE.value, "all live sources"), (KeyMode.TEST.value, "all test sources"))


class MetricsForm(forms.Form):
    """Whose events, and of how many hours."""

    source = forms.ChoiceField()
    hours = forms.TypedChoiceField(
        label="Time",
        coerce=int,
        choices=[(hours, f"last {hours} hours" if hours > 1 else "last hour") for hours in SPANS],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = watched_sources()
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *_ALL,
            *((str(source.pk), str(source)) for source in self.known),
        ]

    def asked(self, *, now: datetime) -> Asked:
        """Return what a valid form asks for."""
        chosen, hours = self.cleaned_data["source"], self.cleaned_data["hours"]
        return Asked(
            sources=[each for each in self.known if chosen in (each.mode, str(each.pk))],
            is_one=chosen.isdigit(),
            hours=hours,
            since=since_of(hours=hours, now=now),
            now=now,
        )


def _form_of(request: HttpRequest) -> MetricsForm:
    """Return a valid form: of what was asked for, else of the last hour of all live sources."""
    usual = {"source": KeyMode.LIVE.value, "hours": str(SPANS[0])}
    form = MetricsForm({name: request.GET.get(name, value) for name, value in usual.items()})
    if not form.is_valid():
        form = MetricsForm(usual)
        form.full_clean()
    return form


@admin.register(SourceMinute)
class MetricsAdmin(ReadOnlyAdmin):
    """One page; the list of minutes itself is nothing to read."""

    list_select_related = ("source__partner",)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = _form_of(request)
        asked = form.asked(now=datetime.now(UTC))
        found = sent_by(
            source_ids=asked.source_ids,
            since=asked.since,
            before=asked.now,
            step=step_of(hours=asked.hours),
        )
        live = {
            "chart": sent_chart(
                found=found, sources=asked.sources, hours=asked.hours, since=asked.since
            ),
            "tables": [
                table
                for table in (
                    open_alarms_table(request.user),
                    sources_table(asked, found, user=request.user),
                    lags_table(asked),
                )
                if table is not None
            ],
            "facts": behind_facts(now=asked.now),
            "address": request.get_full_path(),
        }
        if request.headers.get("HX-Request"):
            return TemplateResponse(request, "admin/usage/metrics_live.html", live)
        context = {
            **self.admin_site.each_context(request),
            **live,
            "title": "Metrics",
            "opts": self.opts,
            "cl": None,
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/usage/metrics.html", context)
