"""What a change of subjects would move, as a page shows it."""

from typing import Any

from django.urls import reverse

from accounts.admin.pages.tables import Cell, Table, number, text
from accounts.admin.pages.words import money_words
from accounts.models import Customer
from invoicing.admin.change_effect import effect_table
from invoicing.operations.effect_of_subjects import MOST_PRICED, SubjectsEffect
from usage.models.subject_move import counted_words


def subject_effect(effect: SubjectsEffect) -> dict[str, Any]:
    """Return what ``admin/invoicing/subject_effect.html`` says."""
    shown: dict[str, Any] = {
        "subject_effect": effect,
        "moves": Table(
            "Events that would move",
            ("From", "To", "Events"),
            [
                (_place(move.from_customer), _place(move.to_customer), number(f"{move.events:,}"))
                for move in effect.moves
            ],
        ),
        "events_words": counted_words(effect.events),
        "has_more": effect.has_more,
        "refused": effect.busy,
        "most_priced": MOST_PRICED if effect.events > MOST_PRICED else 0,
    }
    if effect.money is not None:
        shown |= {
            "effect": effect.money,
            "totals": list(map(money_words, effect.money.totals)),
            "table": effect_table(effect.money),
        }
    return shown


def _place(customer: Customer | None) -> Cell:
    if customer is None:
        return text("quarantine")
    return text(customer, link=reverse("admin:accounts_customer_change", args=[customer.pk]))
