"""A price preview as the API shows it: the lines of `simulate`, each with its explanation."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from invoicing.assembly.preview import Preview
from invoicing.assembly.sample_usage import UNMETERED, SetAside
from invoicing.documents.explained_line import explained_line
from invoicing.rating.lines import Line, Quarantined, Unmatched
from plan_file.format.preview_request import PreviewRequest
from plan_file.output.json_text import (
    call_as_json,
    draw_as_json,
    line_as_json,
    period_as_json,
)
from plan_file.output.numbers import number_text
from values.exact import total
from values.money import money_text


class AskedPeriodSerializer(serializers.Serializer[Any]):
    """From a day or time up to another, half-open."""

    to = serializers.CharField(required=False, help_text="Default: the billing period's end.")

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the bounds; `from` is a word of Python."""
        return {"from": serializers.CharField(), **super().get_fields()}


class AskedUsageSerializer(serializers.Serializer[Any]):
    """So much of a meter."""

    meter = serializers.CharField()
    dimensions = serializers.DictField(child=serializers.CharField(), required=False)
    quantity = serializers.CharField(help_text='A decimal in the meter\'s unit, as text: "13".')
    occurred_at = serializers.CharField(required=False, help_text="Default: the period's start.")


class AskedEventSerializer(serializers.Serializer[Any]):
    """An event as it would be sent; its customer is not looked at."""

    idempotency_key = serializers.CharField(required=False)
    event_name = serializers.CharField()
    occurred_at = serializers.CharField()
    properties = serializers.DictField(required=False)


class PreviewRequestSerializer(serializers.Serializer[Any]):
    """A price or a plan, by its code or with the keys of the plan file, and usage."""

    price = serializers.JSONField(required=False, help_text="A code, or the keys of a price.")
    plan = serializers.JSONField(
        required=False,
        help_text="A code, or the keys of a plan; its prices are codes or prices themselves.",
    )
    meters = serializers.ListField(child=serializers.DictField(), required=False)
    rate_cards = serializers.ListField(child=serializers.DictField(), required=False)
    currency = serializers.CharField(required=False, help_text="Default: the plan's or seller's.")
    timezone = serializers.CharField(
        required=False, help_text="The customer's; default: the seller's."
    )
    period = AskedPeriodSerializer(required=False)
    quantities = serializers.DictField(required=False, help_text='Seats: {"seats": "5"}.')
    usage = AskedUsageSerializer(many=True, required=False, help_text="At most 1,000.")
    events = AskedEventSerializer(many=True, required=False, help_text="At most 10,000.")


class StepSerializer(serializers.Serializer[Any]):
    """One step of a calculation, in words."""

    title = serializers.CharField()
    text = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField())


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why a line costs what it costs."""

    sentence = serializers.CharField()
    steps = StepSerializer(many=True)
    trace = serializers.DictField(help_text="The same as data, in a stable form.")


class PreviewLineSerializer(serializers.Serializer[Any]):
    """A line as `simulate` prints it, with its explanation."""

    section = serializers.CharField()
    price = serializers.CharField()
    description = serializers.CharField()
    dimensions = serializers.DictField(child=serializers.CharField())
    quantity = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    unit_price = serializers.CharField(allow_null=True)
    exact_amount = serializers.CharField(help_text="Before it was rounded.")
    amount = serializers.CharField()
    events = serializers.IntegerField(allow_null=True)
    rate_version = serializers.CharField(allow_null=True)
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    left = serializers.CharField(required=False, help_text="Of an allowance.")
    explanation = ExplanationSerializer()


class PreviewSerializer(serializers.Serializer[Any]):
    """What the usage would cost, before any tax."""

    currency = serializers.CharField()
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    lines = PreviewLineSerializer(many=True)
    subtotal = serializers.CharField()
    discounts = serializers.CharField(help_text="What the plan's promotional credit takes off.")
    total = serializers.CharField()
    discounts_applied = serializers.ListField(child=serializers.DictField())
    credits_applied = serializers.ListField(child=serializers.DictField())
    amount_due = serializers.CharField()
    unmatched = serializers.ListField(child=serializers.DictField())
    quarantined = serializers.ListField(child=serializers.DictField())
    unpriced = serializers.ListField(child=serializers.DictField())
    unmetered = serializers.ListField(child=serializers.DictField())
    calls = serializers.ListField(child=serializers.DictField())


def preview_body(found: Preview, request: PreviewRequest) -> dict[str, Any]:
    """Return the whole answer."""
    result, currency, zone = found.result, found.result.currency, request.terms.zone
    return {
        "currency": currency,
        **period_as_json(result.period, zone),
        "lines": [_line(line, found, request) for line in result.lines],
        "subtotal": money_text(result.subtotal, currency),
        "discounts": money_text(result.discounts, currency),
        "total": money_text(result.total, currency),
        "discounts_applied": [draw_as_json(draw, currency) for draw in result.discounts_applied],
        "credits_applied": [draw_as_json(draw, currency) for draw in result.credits_applied],
        "amount_due": money_text(result.amount_due, currency),
        "unmatched": [{**_usage(each), "hint": each.hint} for each in result.unmatched],
        "quarantined": [
            *(_quarantined(each) for each in result.quarantined),
            *(_set_aside(each) for each in found.set_aside if each.reason != UNMETERED),
        ],
        "unpriced": [
            {
                "meter": each.meter,
                "quantity": number_text(total(part.quantity for part in each.slices)),
                "events": sum(part.events for part in each.slices),
            }
            for each in result.unpriced
        ],
        "unmetered": [
            {
                "idempotency_key": each.event.key,
                "event_name": each.event.event_name,
            }
            for each in found.set_aside
            if each.reason == UNMETERED
        ],
        "calls": [{"price": price, **call_as_json(call)} for price, call in found.calls],
    }


def _line(line: Line, found: Preview, request: PreviewRequest) -> dict[str, Any]:
    zone, book_zone = request.terms.zone, request.book_zone
    why = explained_line(
        line,
        meters=request.terms.meters,
        unmatched=found.result.unmatched,
        zone=zone,
        seller_zone=book_zone,
    )
    return {
        **line_as_json(line, zone=zone, book_zone=book_zone),
        "explanation": {
            # The sentence that the same line has on an invoice of the API.
            "sentence": line.trace.sentence(zone=book_zone),
            "steps": [
                {"title": step.title, "text": step.text, "details": list(step.details)}
                for step in why.steps
            ],
            "trace": line.trace.as_json(),
        },
    }


def _usage(usage: Unmatched | Quarantined) -> dict[str, Any]:
    return {
        "price": usage.price,
        "dimensions": dict(usage.dimensions),
        "quantity": number_text(usage.quantity),
        "events": usage.events,
    }


def _quarantined(held: Quarantined) -> dict[str, Any]:
    return {
        **_usage(held),
        "reason": held.reason.value,
        "hint": held.hint,
        "idempotency_keys": list(held.keys),
    }


def _set_aside(each: SetAside) -> Mapping[str, Any]:
    """Return an event that a meter cannot count, like the usage that a price cannot bill."""
    return {
        "meter": each.meter,
        "events": 1,
        "reason": str(each.reason),
        "idempotency_keys": [each.event.key],
    }
