"""What a change of usage would do to open invoices, as a page shows it before it is made."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.admin.pages.tables import Table, money, text
from accounts.admin.pages.words import money_words
from invoicing.admin.invoice_tables import invoice_period
from invoicing.operations.money_of_change import (
    Change,
    ChangeEffect,
    CustomerInHand,
    money_of_change,
)


def change_effect(*, change: Change, now: datetime) -> dict[str, Any]:
    """Return what ``admin/invoicing/change_effect.html`` says; nothing of the change is kept."""
    try:
        effect = money_of_change(change=change, now=now)
    except CustomerInHand as busy:
        return {"refused": str(busy)}
    return {
        "effect": effect,
        "totals": list(map(money_words, effect.totals)),
        "table": effect_table(effect),
    }


def effect_table(effect: ChangeEffect) -> Table:
    """Return the open invoices whose totals would change."""
    rows = [
        (
            text(
                each.invoice.customer,
                link=reverse("admin:invoicing_invoice_change", args=[each.invoice.pk]),
            ),
            text(invoice_period(each.invoice)),
            money(each.before),
            money(each.after),
            money(each.difference),
        )
        for each in effect.invoices
    ]
    return Table(
        "Open invoices that would change, before credit",
        ("Customer", "Period", "Now", "Then", "Difference"),
        rows,
        empty="No open invoice would change.",
    )
