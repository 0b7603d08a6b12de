"""What invoicing adds to a plan's page: a preview of the invoice for any usage."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from djmoney.money import Money

from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.days import DayField
from accounts.admin.pages.words import money_words, quantity_words, span_words
from catalog.admin.plan import PlanAdmin
from catalog.models import Plan, Section
from invoicing.admin.usage_rows import MOST_ROWS, TypedRow, read_rows, row_text
from invoicing.assembly.result import InvoiceResult
from invoicing.queries.plan_preview import (
    PlanPreview,
    offered_combinations,
    plan_preview,
    plan_to_preview,
)
from invoicing.rating.lines import Line
from values.calendar import local_date
from values.money import fine_text
from values.problems import InvalidTerms

OFFERED_AT_MOST = 60


class PreviewForm(forms.Form):
    """In which currency, on which day, by drafts or not; and usage as lines of text."""

    currency = forms.ChoiceField(choices=[(code, code) for code in settings.CURRENCIES])
    day = DayField(
        label="Day of the usage",
        help_text="Rates are those of this day; the invoice is for the billing period around it.",
    )
    with_drafts = forms.BooleanField(
        label="By drafts", required=False, help_text="Drafts of prices and rate cards take part."
    )
    lines = forms.CharField(
        label="More usage",
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField", "spellcheck": "false"}),
        help_text="One row a line: the meter, its properties, a quantity, such as "
        "AI_CALL region=US call_outcome=resolved 13",
    )

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        return day.date() if isinstance(day, datetime) else day


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
        today = local_date(datetime.now(UTC), plan.legal_entity.timezone)
        initial = {"currency": plan.currency, "day": today.isoformat()}
        form = PreviewForm(request.POST or None, initial=initial)
        typed = _Typed(request, plan)
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
        if request.method == "POST" and form.is_valid():
            context |= _answer(plan, form.cleaned_data, typed)
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/invoicing/plan_preview.html", context)


class _Typed:
    """The rows that are offered with what was typed beside them, and the pasted lines."""

    def __init__(self, request: HttpRequest, plan: Plan) -> None:
        combinations = offered_combinations(plan=plan)
        self.left_out = max(0, len(combinations) - OFFERED_AT_MOST)
        quantities = dict(
            zip(request.POST.getlist("row"), request.POST.getlist("quantity"), strict=False)
        )
        self.offered = []
        for meter, dimensions in combinations[:OFFERED_AT_MOST]:
            name = row_text(meter, dimensions)
            quantity = quantities.get(name, "").strip()
            read = read_rows([f"{name} {quantity}"] if quantity else [], plan=plan)
            words = " / ".join(value for _, value in dimensions) or "any usage"
            self.offered.append(
                {
                    "name": name,
                    "meter": meter,
                    "words": words,
                    "quantity": quantity,
                    "read": read[0] if read else None,
                }
            )
        self.lines: list[tuple[int, TypedRow]] = []
        pasted = request.POST.get("lines", "").splitlines()
        self.too_many = len(pasted) > MOST_ROWS
        for number, text in enumerate(pasted[:MOST_ROWS], start=1):
            self.lines += [(number, row) for row in read_rows([text], plan=plan)]

    @property
    def rows(self) -> list[TypedRow]:
        """Return every row with a quantity, offered ones first."""
        offered = [row["read"] for row in self.offered if isinstance(row["read"], TypedRow)]
        return offered + [row for _, row in self.lines]

    @property
    def wrong_lines(self) -> list[tuple[int, TypedRow]]:
        """Return the pasted lines that cannot be read, with their numbers."""
        return [(number, row) for number, row in self.lines if row.problem]


def _answer(plan: Plan, entered: dict[str, Any], typed: _Typed) -> dict[str, Any]:
    if typed.too_many:
        return {"refused": f"At most {MOST_ROWS} lines are read."}
    if any(row.problem for row in typed.rows):
        return {"refused": "Some rows cannot be read; each says why."}
    usage = [row.usage for row in typed.rows if row.usage is not None]
    if not usage:
        return {"refused": "Enter a quantity beside a combination, or a line of usage."}
    try:
        preview = plan_preview(
            plan=plan,
            currency=entered["currency"],
            day=entered["day"],
            usage=usage,
            now=datetime.now(UTC),
            with_drafts=entered["with_drafts"],
        )
    except InvalidTerms as error:
        return {"refused": str(error)}
    return {"invoice": _shown(preview, plan.legal_entity.timezone)}


def _shown(preview: PlanPreview, zone: str) -> dict[str, Any]:
    result = preview.result
    currency = result.currency
    return {
        "period": span_words(result.period.start, result.period.end, zone),
        "sections": [
            _section(name, list(lines), currency, zone)
            for name, lines in groupby(result.lines, key=lambda line: line.section)
        ],
        "subtotal": money_words(Money(result.subtotal, currency)),
        "taxes": [(tax.label, money_words(Money(tax.amount, currency))) for tax in result.taxes],
        "total": money_words(Money(result.total, currency)),
        "tax_words": preview.tax_words,
        "notes": _notes(result),
    }


def _section(name: str, lines: list[Line], currency: str, zone: str) -> dict[str, Any]:
    return {
        "name": Section(name).label.capitalize(),
        "subtotal": money_words(Money(sum(line.amount for line in lines), currency)),
        "lines": [
            {
                "description": line.description,
                "sentence": line.trace.sentence(zone=zone),
                "quantity": quantity_words(line.quantity, line.unit or ""),
                "rate": "" if line.unit_price is None else fine_text(line.unit_price, currency),
                "amount": money_words(Money(line.amount, currency)),
            }
            for line in lines
        ],
    }


def _notes(result: InvoiceResult) -> list[str]:
    notes = []
    for item in result.unmatched:
        what = " / ".join(value for _, value in item.dimensions) or "no properties"
        meant = "".join(f", did you mean {key}: {v}?" for key, v in (item.hint or {}).items())
        notes.append(f"{item.price}, {what}: no entry matches, the fallback rate is used{meant}")
    for held in result.quarantined:
        what = " / ".join(value for _, value in held.dimensions) or "no properties"
        notes.append(f"{held.price}, {what}: no rate matches, and the card says not to bill it")
    notes += [f"{item.meter}: no price is in force on that day" for item in result.unpriced]
    return notes
