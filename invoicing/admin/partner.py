"""What invoicing adds to a partner's page: a sandbox in which its events are billed."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin.pages.buttons import Button
from accounts.admin.partner import PartnerAdmin
from accounts.models import Partner
from catalog.models import Plan
from invoicing.operations.make_sandbox import NoSeller, make_sandbox

admin.site.unregister(Partner)


class SandboxForm(forms.Form):
    """What the sandbox is billed by."""

    plan = forms.ModelChoiceField(
        Plan.objects.select_related("legal_entity").order_by("name"),
        required=False,
        help_text="With a contract from the first of this month on. Empty: no contract yet.",
    )


def _make(
    admin_: Any, request: HttpRequest, partner: Partner, entered: dict[str, Any]
) -> HttpResponse:
    made = make_sandbox(partner=partner, plan=entered["plan"], now=datetime.now(UTC))
    messages.success(
        request,
        f"{made} is a sandbox that test keys of {partner} reach by “{made.external_id}”. Its clock "
        "stands at now, and its people move it on their sandbox page.",
    )
    return redirect("admin:accounts_customer_change", made.pk)


@admin.register(Partner)
class BilledPartnerAdmin(PartnerAdmin):
    """A partner, for whom staff make sandboxes."""

    buttons = (
        *PartnerAdmin.buttons,
        Button(
            name="sandbox",
            label="Make a sandbox",
            permission="accounts.add_customer",
            press=_make,
            refusals=(NoSeller,),
            form=SandboxForm,
        ),
    )
