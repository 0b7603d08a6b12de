"""What invoicing adds to a plan's page: a preview of the invoice for any usage."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.days import DayField
from accounts.admin.pages.words import quantity_words, span_words
from catalog.admin.plan import PlanAdmin
from catalog.models import Plan
from invoicing.admin.preview_words import amount_words, notes, shown_calls, shown_line
from invoicing.admin.tester_form import ExactField
from invoicing.admin.typed_usage import TypedUsage
from invoicing.admin.usage_rows import Typing
from invoicing.credits.drawing import Draw
from invoicing.documents.presented_lines import SECTION_TITLES, section_title
from invoicing.queries.plan_preview import (
    PlanPreview,
    counted_names,
    plan_preview,
    plan_to_preview,
    preview_terms,
)
from invoicing.rating.lines import Line
from values.calendar import local_date
from values.exact import EXACT, plain
from values.problems import InvalidTerms


class PreviewForm(forms.Form):
    """In which currency, on which day, by drafts or not; seats; and usage as lines of text."""

    currency = forms.ChoiceField(choices=[(code, code) for code in settings.CURRENCIES])
    day = DayField(
        label="Day of the usage",
        help_text="Rates are those of this day; the invoice is for the billing period around it.",
    )
    with_drafts = forms.BooleanField(
        label="By drafts", required=False, help_text="Drafts of prices and rate cards take part."
    )
    is_first = forms.BooleanField(
        label="First period", required=False, help_text="What is due once is on the invoice, too."
    )
    lines = forms.CharField(
        label="More usage",
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField", "spellcheck": "false"}),
        help_text="One row a line: AI_CALL region=US call_outcome=resolved 13 for a quantity, "
        "event ticket_solved ticket=7 x 3 for events, "
        "100 calls of 90 seconds to +4420 at=19:30 for calls.",
    )
    calls = forms.CharField(
        label="Calls as CSV",
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "spellcheck": "false"}),
        help_text="The first line names the columns: seconds, and any of calls (how many), at "
        "(19:30), direction, from_number, to_number, number_type, line and other properties.",
    )

    def __init__(self, *args: Any, counted: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counted = tuple(counted)
        for index, name in enumerate(self.counted):
            self.fields[f"counted_{index}"] = ExactField(
                label=f"Number of {name}", required=False, max_length=60
            )

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        return day.date() if isinstance(day, datetime) else day

    def quantities(self) -> dict[str, Any]:
        """Return the quantities that were entered, by name."""
        values = {
            name: self.cleaned_data[f"counted_{index}"] for index, name in enumerate(self.counted)
        }
        return {name: value for name, value in values.items() if value is not None}


admin.site.unregister(Plan)


@admin.register(Plan)
class PreviewedPlanAdmin(PlanAdmin):
    """Plans with a preview of what they bill."""

    def get_urls(self) -> list[URLPattern]:
        preview = path(
            "<int:plan_id>/preview/",
            self.admin_site.admin_view(self.preview_view),
            name="catalog_plan_preview",
        )
        return [preview, *super().get_urls()]

    def links(self, request: HttpRequest, obj: Plan) -> Sequence[tuple[str, str]]:
        preview = reverse("admin:catalog_plan_preview", args=[obj.pk])
        return (*super().links(request, obj), ("Preview", preview))

    def preview_view(self, request: HttpRequest, plan_id: int) -> HttpResponse:
        """Show the invoice that some usage would make; nothing is written."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            plan = plan_to_preview(plan_id=plan_id)
        except Plan.DoesNotExist as error:
            raise Http404 from error
        now = datetime.now(UTC)
        try:
            terms = preview_terms(plan=plan, currency=plan.currency, now=now)
        except InvalidTerms as error:
            self.message_user(request, str(error), level="error")
            return redirect("admin:catalog_plan_change", plan_id)
        today = local_date(now, plan.legal_entity.timezone)
        initial = {"currency": plan.currency, "day": today.isoformat(), "is_first": True}
        names = counted_names(terms=terms)
        initial |= {f"counted_{index}": "1" for index in range(len(names))}
        form = PreviewForm(request.POST or None, initial=initial, counted=names)
        is_sent = request.method == "POST" and form.is_valid()
        day = form.cleaned_data["day"] if is_sent else today
        typed = TypedUsage(request, plan, Typing(terms, day))
        context = {
            **self.admin_site.each_context(request),
            "title": "Preview an invoice",
            "opts": self.opts,
            "original": plan,
            "object_url": object_url(self, plan),
            "form": form,
            "typed": typed,
            "media": self.media,
        }
        if is_sent:
            context |= _answer(plan, form, typed, now)
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/invoicing/plan_preview.html", context)


def _answer(plan: Plan, form: PreviewForm, typed: TypedUsage, now: datetime) -> dict[str, Any]:
    if typed.refusal:
        return {"refused": typed.refusal}
    entered = form.cleaned_data
    try:
        preview = plan_preview(
            plan=plan,
            terms=preview_terms(
                plan=plan,
                currency=entered["currency"],
                now=now,
                with_drafts=entered["with_drafts"],
            ),
            day=entered["day"],
            usage=typed.usage,
            events=typed.events,
            quantities=form.quantities(),
            is_first=entered["is_first"],
        )
    except InvalidTerms as error:
        return {"refused": "; ".join(problem.message for problem in error.problems)}
    return {"invoice": _shown(preview, plan.legal_entity.timezone)}


def _shown(preview: PlanPreview, zone: str) -> dict[str, Any]:
    result = preview.result
    currency = result.currency
    return {
        "period": span_words(result.period.start, result.period.end, zone),
        "sections": [
            _section(name, list(lines), preview, zone)
            for name, lines in groupby(_by_section(result.lines), key=lambda line: line.section)
        ],
        "subtotal": amount_words(result.subtotal, currency),
        "discounts": [_draw(draw, currency) for draw in result.discounts_applied],
        "taxes": [(tax.label, amount_words(tax.amount, currency)) for tax in result.taxes],
        "total": amount_words(result.total, currency),
        "credits": [_draw(draw, currency) for draw in result.credits_applied],
        "amount_due": amount_words(result.amount_due, currency),
        "calls": shown_calls(preview.preview.calls, currency),
        "tax_words": preview.tax_words,
        "notes": notes(preview.preview),
    }


def _section(name: str, lines: list[Line], preview: PlanPreview, zone: str) -> dict[str, Any]:
    result = preview.result
    amount = reduce(EXACT.add, (line.amount for line in lines), Decimal(0))
    return {
        "name": section_title(name),
        "subtotal": amount_words(amount, result.currency),
        "lines": [shown_line(line, result, preview.terms, seller_zone=zone) for line in lines],
    }


def _draw(draw: Draw, currency: str) -> tuple[str, str]:
    code = f"Credit {draw.grant.code}"
    if draw.quantity is not None:
        code += f", {quantity_words(Decimal(plain(draw.quantity)), draw.grant.unit or '')}"
    return code, f"−{amount_words(draw.amount, currency)}"


def _by_section(lines: Sequence[Line]) -> list[Line]:
    """Return the lines in the order in which an invoice prints its sections."""
    places = {name: place for place, name in enumerate(SECTION_TITLES)}
    return sorted(lines, key=lambda line: (places.get(line.section, len(places)), line.section))
