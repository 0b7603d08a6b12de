"""What is kept of the properties of a source's events; owners change it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import KeyMode
from invoicing.queries.needed_properties import needed_of_source
from partner_portal.pages import page, partner_page
from partner_portal.viewer import PartnerViewer, Right
from usage.forms.property_rules import PropertyRulesForm
from usage.models import Source
from usage.operations.change_property_rules import RulesRefused, change_property_rules


@partner_page(Right.CHANGE_SOURCES, methods=("GET", "POST"))
def source_rules(request: HttpRequest, viewer: PartnerViewer, *, mode: str) -> HttpResponse:
    """Return the rules to change, or change them."""
    if mode not in KeyMode.values:
        raise Http404
    source, _ = Source.objects.get_or_create(partner=viewer.partner, mode=mode)
    needed = needed_of_source(source=source)
    names = sorted({need.name for need in needed})
    form = PropertyRulesForm(request.POST or None, source=source, suggested=names)
    if request.method == "POST" and form.is_valid():
        try:
            change_property_rules(
                source=source, by_path=form.by_path, others=form.of_others, needed=needed
            )
        except RulesRefused as refusal:
            form.refusals = refusal.reasons
        else:
            messages.success(request, f"What comes to {mode} is stored by these rules from now on.")
            return redirect("partner:sources", partner_id=viewer.partner.public_id)
    context = {"form": form, "mode": mode, "kept": names}
    return page(request, viewer, "partner/source_rules.html", context)
