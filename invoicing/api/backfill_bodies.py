"""Backfills as the API shows them."""

from collections.abc import Collection
from typing import Any

from rest_framework import serializers

from accounts.columns import exact
from invoicing.api.subject_bodies import InvoiceEffectSerializer
from invoicing.operations.effect_of_backfill import BackfillEffect
from usage.models import Backfill, BackfillState
from values.money import money_text

STATES = tuple(BackfillState.values)
COUNTS = (
    "staged", "refused", "accepted", "replaced", "duplicates", "conflicts", "quarantined",
    "rejected", "voided", "put_back",
)  # fmt: skip


class BackfillSerializer(serializers.Serializer[Any]):
    """Usage of the past that is sent anew."""

    id = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    customer = serializers.CharField(allow_null=True, help_text="Its external id; null: of all.")
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    event_name = serializers.CharField(allow_null=True, help_text="Null: of every name.")
    replaces_existing = serializers.BooleanField()
    reason = serializers.CharField()
    opened_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    counts = serializers.DictField(child=serializers.IntegerField())


class BackfillPreviewSerializer(serializers.Serializer[Any]):
    """What closing would come to; nothing is changed."""

    counts = serializers.DictField(child=serializers.IntegerField(), allow_null=True)
    invoices = InvoiceEffectSerializer(
        many=True, allow_null=True, help_text="Null for a key without invoices:read, or why_not."
    )
    late_events = serializers.IntegerField(allow_null=True)
    why_not = serializers.CharField(allow_null=True, help_text="Why it cannot be told now.")


class NewBackfillSerializer(serializers.Serializer[Any]):
    """What to open."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="The first moment that is not of it.")
    customer = serializers.CharField(required=False)
    event_name = serializers.CharField(required=False)
    replaces_existing = serializers.BooleanField(default=False)
    reason = serializers.CharField()


def backfill_body(backfill: Backfill) -> dict[str, Any]:
    """Return a backfill."""
    return {
        "id": backfill.public_id,
        "state": backfill.state,
        "customer": backfill.customer and backfill.customer.external_id,
        "start": backfill.starts_at,
        "end": backfill.ends_at,
        "event_name": backfill.event_name or None,
        "replaces_existing": backfill.replaces_existing,
        "reason": backfill.reason,
        "opened_at": backfill.opened_at,
        "changed_at": backfill.changed_at,
        "counts": counts_body(backfill),
    }


def counts_body(backfill: Backfill) -> dict[str, int]:
    """Return how many events of it are where."""
    return {name: getattr(backfill, name) for name in COUNTS}


def preview_body(
    effect: BackfillEffect, *, visible: Collection[int], with_money: bool
) -> dict[str, Any]:
    """Return what closing would come to, with the money of customers that the key may see."""
    money = effect.money if with_money else None
    return {
        "counts": effect.closed and counts_body(effect.closed),
        "invoices": None
        if money is None
        else [
            {
                "invoice": each.invoice.public_id,
                "customer": each.invoice.customer.external_id,
                "currency": each.after.currency.code,
                "before": money_text(exact(each.before), each.before.currency.code),
                "after": money_text(exact(each.after), each.after.currency.code),
                "difference": money_text(exact(each.difference), each.after.currency.code),
            }
            for each in money.invoices
            if each.invoice.customer_id in visible
        ],
        "late_events": None if money is None else money.late_events,
        "why_not": effect.why_not or None,
    }
