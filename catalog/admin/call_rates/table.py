"""The rates of calls as rows of boxes, 50 to a page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.refusals import REFUSED, refusal_words
from catalog.admin.call_rates.cells import DECK_COLUMNS
from catalog.admin.price_terms.columns import row_cells
from catalog.admin.price_terms.rows import RowsField
from catalog.admin.versions import version_badge, version_span
from catalog.models import CallRate, PriceVersion
from catalog.operations.change_call_rates import change_call_rates
from catalog.operations.publish_price_version import AlreadyPublished
from invoicing.rating.price_format.call_rates import rate_as_json, read_rate
from invoicing.rating.terms import call_rate as terms
from values.fields import Place
from values.problems import InvalidTerms, Problem

ROWS_ON_A_PAGE = 50


class RatesForm(forms.Form):
    """The rows of one page; `seen` are the ids of those that were shown."""

    seen = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    rates = RowsField(DECK_COLUMNS, item="rate", spare=3, label="Rates")

    def clean_seen(self) -> list[int]:
        """Return the ids; what is none was not shown by us and is left out."""
        return [int(part) for part in self.cleaned_data["seen"].split(",") if part.isdecimal()]

    def read(self) -> list[terms.CallRate]:
        """Return the rates that were typed; problems are added at their boxes."""
        field = self.fields["rates"]
        assert isinstance(field, RowsField)
        problems: list[Problem] = []
        rows = [
            read_rate(Place(keys, ("rates", at), problems))
            for at, keys in enumerate(field.keys(self.cleaned_data["rates"]))
        ]
        self.place(problems)
        return [row for row in rows if row is not None]

    def place(self, problems: Sequence[Problem]) -> None:
        """Add each problem at the row and box that it is about."""
        field = self.fields["rates"]
        assert isinstance(field, RowsField)
        # The first error takes the rows out of the cleaned data.
        rows = len(self.cleaned_data["rates"])
        for problem in problems:
            match problem.path:
                case ("rates", int(at), *rest) if at < rows:
                    self.add_error("rates", field.point_at(at, rest, problem.message))
                case _:
                    self.add_error(None, problem.text())


def rates_page(admin: Any, request: HttpRequest, version: PriceVersion) -> HttpResponse:
    """Show the rates whose prefix begins as asked; take what was typed into a draft's."""
    is_edited = version.published_at is None and admin.has_change_permission(request, version)
    prefix = request.GET.get("prefix", "").strip()[:32]
    page = _page(version, prefix, request.GET.get("page"))
    rows = list(page.object_list)
    if request.method == "POST":
        if not is_edited:
            raise PermissionDenied
        form = RatesForm(request.POST)
        if form.is_valid() and _is_saved(form, version):
            admin.log_change(request, version, "Rates of calls changed.")
            messages.success(request, "The rates are saved.")
            return redirect(request.get_full_path())
    else:
        form = RatesForm(initial=_initial(rows))
    context = {
        **admin.admin_site.each_context(request),
        "title": "Rates of calls",
        "opts": admin.opts,
        "original": version,
        "object_url": object_url(admin, version),
        "span": version_span(version, version.price.legal_entity.timezone),
        "badge": version_badge(version),
        "is_edited": is_edited,
        "form": form,
        "page": page,
        "prefix": prefix,
        "columns": DECK_COLUMNS,
        "rows": [_cells(row) for row in rows],
        "media": admin.media,
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/catalog/call_rates.html", context)


def _page(version: PriceVersion, prefix: str, number: str | None) -> Page[CallRate]:
    rates: QuerySet[CallRate] = version.call_rates.order_by("position", "id")
    if prefix:
        rates = rates.filter(prefix__startswith=prefix)
    return Paginator(rates, ROWS_ON_A_PAGE).get_page(number)


def _initial(rows: Sequence[CallRate]) -> dict[str, Any]:
    typed = [row_cells(DECK_COLUMNS, rate_as_json(row.terms())) for row in rows]
    return {"rates": typed, "seen": ",".join(str(row.pk) for row in rows)}


def _cells(row: CallRate) -> list[tuple[str, bool]]:
    typed = row_cells(DECK_COLUMNS, rate_as_json(row.terms()))
    return [(str(typed[column.name]), column.is_number) for column in DECK_COLUMNS]


def _is_saved(form: RatesForm, version: PriceVersion) -> bool:
    rates = form.read()
    if form.errors:
        return False
    try:
        with transaction.atomic():
            change_call_rates(version=version, replaced=form.cleaned_data["seen"], rates=rates)
    except AlreadyPublished as error:
        form.add_error(None, str(error))
    except InvalidTerms as error:
        form.place(error.problems)
    except REFUSED as error:
        for words in refusal_words(error):
            form.add_error(None, words)
    return not form.errors
