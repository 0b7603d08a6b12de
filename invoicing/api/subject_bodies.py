"""Subjects, and what a change of one would move, as the API reads and shows them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.parameters import instant
from accounts.api.problems import ApiProblem, ProblemError
from accounts.columns import exact
from accounts.models import Customer, Subject
from accounts.models.subject import SubjectKind
from invoicing.operations.effect_of_subjects import SubjectsEffect
from usage.api.bodies import not_json, read_body
from usage.intake.json_body import NotJson, read_json
from usage.models import SubjectMove
from usage.models.subject_move import MOST_COUNTED
from values.calendar import local_midnight
from values.money import money_text


class SubjectSerializer(serializers.Serializer[Any]):
    """A number, agent or location, who holds it, and when: from the first up to the second time."""

    identifier = serializers.CharField()
    kind = serializers.ChoiceField(SubjectKind.values)
    customer = serializers.CharField(help_text="The holder's external id.")
    held_from = serializers.DateTimeField()
    held_to = serializers.DateTimeField(allow_null=True)


class UsageMoveSerializer(serializers.Serializer[Any]):
    """Events that go from one customer to another; null is quarantine, or nobody of yours."""

    # The word is a keyword of the language, not of the API.
    locals()["from"] = serializers.CharField(allow_null=True)
    to = serializers.CharField(allow_null=True)
    events = serializers.IntegerField()


class InvoiceEffectSerializer(serializers.Serializer[Any]):
    """An open invoice before credit, now and then."""

    invoice = serializers.CharField()
    customer = serializers.CharField()
    currency = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    difference = serializers.CharField()


class SubjectEffectSerializer(serializers.Serializer[Any]):
    """What a change moves."""

    events = serializers.IntegerField()
    has_more_events = serializers.BooleanField(
        help_text=f"Counting stopped beyond {MOST_COUNTED:,}; more may move."
    )
    moves = UsageMoveSerializer(many=True)
    invoices = InvoiceEffectSerializer(
        many=True,
        allow_null=True,
        help_text="Null for a key without invoices:read, and while a customer is being billed.",
    )
    late_events = serializers.IntegerField(allow_null=True)


class StartedMoveSerializer(serializers.Serializer[Any]):
    """How far a move is; one that is not finished goes on by itself."""

    id = serializers.CharField()
    events = serializers.IntegerField(
        help_text=f"How many were to move; {MOST_COUNTED + 1:,} stands for any number beyond."
    )
    moved = serializers.IntegerField()
    is_finished = serializers.BooleanField()


class ChangedSubjectSerializer(serializers.Serializer[Any]):
    """The subjects as they are now, or would be, and the usage that follows them."""

    is_preview = serializers.BooleanField()
    subjects = SubjectSerializer(many=True)
    effect = SubjectEffectSerializer(required=False, help_text="Of a preview.")
    moving = StartedMoveSerializer(many=True, required=False)


def subject_body(subject: Subject) -> dict[str, Any]:
    """Return a subject."""
    return {
        "identifier": subject.identifier,
        "kind": subject.kind,
        "customer": subject.customer.external_id,
        "held_from": subject.held_from,
        "held_to": subject.held_to,
    }


def effect_body(
    effect: SubjectsEffect, *, visible: Collection[int], with_money: bool
) -> dict[str, Any]:
    """Return what would move, of customers that the key may see."""
    money = effect.money if with_money else None
    return {
        "events": effect.events,
        "has_more_events": effect.has_more,
        "moves": [
            {
                "from": _named(move.from_customer, visible),
                "to": _named(move.to_customer, visible),
                "events": move.events,
            }
            for move in effect.moves
        ],
        "invoices": None
        if money is None and (effect.moves or not with_money)
        else [
            {
                "invoice": each.invoice.public_id,
                "customer": each.invoice.customer.external_id,
                "currency": each.after.currency.code,
                "before": _amount(each.before),
                "after": _amount(each.after),
                "difference": _amount(each.difference),
            }
            for each in (money.invoices if money else ())
            if each.invoice.customer_id in visible
        ],
        "late_events": None if money is None else money.late_events,
    }


def move_body(job: SubjectMove) -> dict[str, Any]:
    """Return how far a move is."""
    return {
        "id": job.public_id,
        "events": job.events,
        "moved": job.done,
        "is_finished": job.finished_at is not None,
    }


def read_members(request: Request, names: Sequence[str]) -> Mapping[str, Any]:
    """
    Return the members of a JSON object that has no others.

    :raises ApiProblem:
    """
    try:
        body = read_json(read_body(request).content)
    except NotJson as error:
        raise not_json(error) from error
    if not isinstance(body, dict):
        raise invalid("", "not_an_object", "the body is a JSON object")
    for name in body:
        if name not in names:
            known = ", ".join(names)
            raise invalid("", "unknown_field", f"the members of the body are {known}")
    return body


def text_of(body: Mapping[str, Any], name: str) -> str:
    """
    Return a text of 1 to 200 characters.

    :raises ApiProblem:
    """
    value = body.get(name)
    if isinstance(value, str) and 0 < len(value.strip()) <= 200 and "\x00" not in value:
        return value
    raise invalid(f"/{name}", "not_text", f"{name} is a text of 1 to 200 characters")


def time_of(body: Mapping[str, Any], name: str, customer: Customer) -> datetime:
    """
    Return a time; a plain date is the customer's local midnight.

    :raises ApiProblem:
    """
    value = body.get(name)
    if isinstance(value, str):
        try:
            read: datetime | None = instant(value)
        except ValueError:
            read = _midnight(value, customer)
        if read is not None and 2000 <= read.year <= 9998:
            return read
    hint = "a date such as 2024-11-01, or a time with an offset"
    raise invalid(f"/{name}", "not_a_time", f"{name} is {hint}, from 2000 on")


def _midnight(text: str, customer: Customer) -> datetime | None:
    try:
        return local_midnight(date.fromisoformat(text), customer.timezone)
    except (ValueError, OverflowError):
        return None


def invalid(pointer: str, code: str, detail: str) -> ApiProblem:
    """Return the problem of a body that says one wrong thing."""
    return ApiProblem(
        kinds.INVALID_BODY,
        f"{detail[0].upper()}{detail[1:]}.",
        errors=[ProblemError(code, detail, pointer=pointer)],
    )


def refused(error: ValidationError) -> ApiProblem:
    """Return the problem of a subject that cannot be saved."""
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    errors = [
        ProblemError("invalid", words, pointer="" if name in ("", "__all__") else f"/{name}")
        for name, sentences in found.items()
        for words in sentences
    ]
    return ApiProblem(kinds.INVALID_BODY, " ".join(each.detail for each in errors), errors=errors)


def _named(customer: Customer | None, visible: Collection[int]) -> str | None:
    return customer.external_id if customer is not None and customer.pk in visible else None


def _amount(money: Any) -> str:
    return money_text(exact(money), str(money.currency))
