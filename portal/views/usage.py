"""What a customer used, by meter, time and property, with what it cost."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase

from portal.csv_answer import csv_answer
from portal.documents.times import moment
from portal.documents.usage import csv_header, csv_rows, usage_page
from portal.forms.usage_search import UsageSearchForm, key_words
from portal.pages import customer_now, customer_page, page
from portal.queries.usage import periods_at, usage_of
from portal.queries.usage_days import usage_days
from portal.viewer import Viewer
from usage.queries.used_meters import used_meters

TEMPLATE = "portal/usage/usage.html"


@customer_page()
def usage(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return the usage of one meter as chart and table."""
    form = _form(request, viewer)
    context = _around(request, viewer, form)
    if not form.is_valid():
        return page(request, viewer, TEMPLATE, context, status=400)
    if form.chosen_meter is None:
        return page(request, viewer, TEMPLATE, context)
    search = form.wanted()
    found = usage_of(customer=viewer.customer, search=search)
    zone = viewer.customer.timezone
    context |= {
        "grouped": search.key is not None,
        "key_words": key_words(search.key or "meter"),
        "by_words": f"{form.chosen_meter.name} by {key_words(search.key).lower()}"
        if search.key
        else form.chosen_meter.name,
    }
    context["usage"] = usage_page(usage=found, search=search, meter=form.chosen_meter, zone=zone)
    return page(request, viewer, TEMPLATE, context)


@customer_page()
def usage_csv(request: HttpRequest, viewer: Viewer) -> HttpResponseBase:
    """Return the same usage day by day, for a spreadsheet."""
    form = _form(request, viewer)
    if not form.is_valid() or form.chosen_meter is None:
        context = _around(request, viewer, form)
        return page(request, viewer, TEMPLATE, context, status=400 if form.errors else 200)
    search = form.wanted()
    rows = usage_days(customer=viewer.customer, search=search)
    currencies = tuple(sorted({currency for row in rows for currency in row.costs}))
    return csv_answer(
        name=f"usage-{form.chosen_meter.code}",
        header=csv_header(currencies, search.key),
        rows=csv_rows(rows, currencies, search.key, form.chosen_meter),
    )


def _form(request: HttpRequest, viewer: Viewer) -> UsageSearchForm:
    customer, now = viewer.customer, customer_now(viewer)
    return UsageSearchForm(
        request.GET,
        meters=used_meters(customer_id=customer.pk),
        periods=periods_at(customer=customer, now=now),
        zone=customer.timezone,
        now=now,
    )


def _around(request: HttpRequest, viewer: Viewer, form: UsageSearchForm) -> dict[str, object]:
    meter, zone = form.chosen_meter, viewer.customer.timezone
    return {
        "form": form,
        "meter": meter,
        "tabs": [
            (each.name, _address(request, each.code), each == meter)
            for each in form.meters.values()
        ],
        "query": request.GET.urlencode(),
        "data_to": "" if meter is None else moment(meter.latest_at, zone),
    }


def _address(request: HttpRequest, code: str) -> str:
    """The same time of another meter; its properties are others."""
    kept = QueryDict(mutable=True)
    for name in ("range", "first", "last"):
        if name in request.GET:
            kept[name] = request.GET[name]
    kept["meter"] = code
    return f"?{kept.urlencode()}"
