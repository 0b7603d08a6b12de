"""Sums over everything that a filtered list holds: each currency apart, and sandbox apart."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from djmoney.money import Money

from accounts.admin.pages.words import money_words
from invoicing.models import Invoice


@dataclass(frozen=True, slots=True)
class ListTotal:
    """How many rows of one currency there are, real or sandbox, and their sums as words."""

    count: int
    sums: tuple[tuple[str, str], ...]
    is_sandbox: bool = False


def list_totals(*, changelist: Any) -> list[ListTotal]:
    """Return the sums of a list of invoices by currency and sandbox, in one query."""
    if changelist.model is not Invoice:
        return []
    rows = (
        changelist.queryset.order_by()
        .values("currency", "customer__is_sandbox")
        .annotate(
            count=Count("pk"), total=Sum("total"), credits=Sum("credits_applied"),
            due=Sum("amount_due"),
        )
        .order_by("customer__is_sandbox", "currency")
    )  # fmt: skip
    return [
        ListTotal(
            row["count"],
            tuple(
                (name, money_words(Money(row[name], row["currency"])))
                for name in ("total", "credits", "due")
            ),
            row["customer__is_sandbox"],
        )
        for row in rows
    ]
