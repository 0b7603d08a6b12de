"""Every component on one page, for those who build pages; in development and in the demo."""

from types import SimpleNamespace

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from accounts.models import Customer

DIRECTIONS = ("ltr", "rtl")


@require_safe
def design_guide(request: HttpRequest) -> HttpResponse:
    """Show the components around a customer that is not stored; ?dir=rtl turns the page."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    customer = Customer(name="Riverside Dental Group", is_sandbox=True)
    others = [customer, Customer(name="Harbour Street Clinic"), Customer(name="Lakeview Vets")]
    for number, each in enumerate(others, start=1):
        each.pk = number
    person = SimpleNamespace(email="dana@riverside.example")
    direction = request.GET.get("dir", "")
    return TemplateResponse(
        request,
        "design/guide.html",
        {
            "viewer": SimpleNamespace(user=person, visit=None),
            "customer": customer,
            "customers": others,
            "direction": direction if direction in DIRECTIONS else "ltr",
        },
    )
