"""`/api/v1/subjects`: who holds a number, agent or location, and the usage that follows it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.openapi import answers, page_of
from accounts.api.paging import DEFAULT_LIMIT, LIMIT, cursor_parameter, page
from accounts.api.parameters import Parameter, not_found, one_of, read_parameters
from accounts.api.problems import ApiProblem
from accounts.models import ApiKey, Customer, Scope, Subject
from accounts.models.subject import SubjectKind
from accounts.operations.change_subject import (
    NotInThatTime,
    add_subject,
    end_subject,
    hand_over_subject,
)
from accounts.queries.partner_customers import partner_customer, partner_customers
from invoicing.api.subject_bodies import (
    ChangedSubjectSerializer,
    SubjectSerializer,
    effect_body,
    invalid,
    move_body,
    read_members,
    refused,
    subject_body,
    text_of,
    time_of,
)
from invoicing.operations.effect_of_subjects import effect_of_subjects
from usage.api.rate_limits import RateLimited
from usage.operations.move_subject import (
    Held,
    NamedSpan,
    changed_spans,
    held,
    merged_spans,
    start_moves,
)
from usage.queries.subject_usage import displaces_others
from usage.tasks import move_subject

_LISTED = (
    Parameter("customer", "Our id or the external id of a customer."),
    Parameter("identifier", "The identifier exactly as events name it."),
    LIMIT,
    cursor_parameter(int),
)
_PREVIEW = Parameter(
    "preview", "true: tell what would move, and change nothing.", one_of("true", "false"),
    choices=("true", "false"),
)  # fmt: skip

Change = Callable[[], tuple[list[Subject], list[NamedSpan]]]


class SubjectCollection(RateLimited):
    """Subjects of the partner's customers."""

    required_scope = {"GET": Scope.CUSTOMERS_READ, "POST": Scope.SUBJECTS_WRITE}

    @extend_schema(
        operation_id="list_subjects",
        summary="List subjects",
        parameters=[parameter.documented() for parameter in _LISTED],
        responses=answers(page_of(SubjectSerializer)),
        tags=["subjects"],
    )
    def get(self, request: Request) -> Response:
        """The oldest first."""
        asked = read_parameters(request, _LISTED)
        limit = asked["limit"] or DEFAULT_LIMIT
        found = _subjects(key_of(request)).order_by("pk")
        if asked["customer"]:
            customer = partner_customer(key=key_of(request), reference=asked["customer"])
            if customer is None:
                raise not_found("customer", "no customer of yours has this id")
            found = found.filter(customer=customer)
        if asked["identifier"]:
            found = found.filter(identifier=asked["identifier"])
        if asked["cursor"]:
            found = found.filter(pk__gt=asked["cursor"][0])
        return Response(
            page(
                found[: limit + 1],
                limit=limit,
                position=lambda subject: (str(subject.pk),),
                shown=lambda kept: [subject_body(subject) for subject in kept],
            )
        )

    @extend_schema(
        operation_id="add_subject",
        summary="Say who holds a subject",
        description="201: added. 200: a preview, or it stood there before. Events that name it, "
        "are of its time and wait or are with somebody else, follow. A plain date is local "
        "midnight of the customer; `held_to` is the first moment that does not count.",
        parameters=[_PREVIEW.documented()],
        request=SubjectSerializer,
        responses=answers(
            ChangedSubjectSerializer, 409, 411, 413, 415, 422, 429, status=201,
            also={200: ChangedSubjectSerializer},
        ),
        tags=["subjects"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Add a subject, or tell what adding it would move."""
        asked = read_parameters(request, (_PREVIEW,))
        body = read_members(request, ("identifier", "kind", "customer", "held_from", "held_to"))
        customer = _customer(request, body)
        wanted: dict[str, Any] = {
            "customer": customer,
            "kind": _kind(body),
            "identifier": text_of(body, "identifier"),
            "held_from": time_of(body, "held_from", customer),
            "held_to": None if body.get("held_to") is None else time_of(body, "held_to", customer),
        }
        is_new: list[bool] = []

        def add() -> tuple[list[Subject], list[NamedSpan]]:
            subject, was_added = add_subject(**wanted)
            is_new.append(was_added)
            before = None if was_added else held(subject)
            return [subject], changed_spans(before=before, after=held(subject))

        answer = _answered(request, add, is_preview=asked["preview"] == "true")
        if is_new[-1] and asked["preview"] != "true":
            answer.status_code = 201
        return answer


class SubjectDetail(RateLimited):
    """The last entry of one subject."""

    required_scope = {"PATCH": Scope.SUBJECTS_WRITE}

    @extend_schema(
        operation_id="change_subject",
        summary="End a subject, or hand it over",
        description="`held_to` ends it (null: it is held for good). `customer` and `from` hand it "
        "over: the holder's time ends there, and the other customer's begins. The entry that "
        "began last is changed; events that name it follow.",
        parameters=[_PREVIEW.documented()],
        request={"application/json": {"type": "object"}},
        responses=answers(ChangedSubjectSerializer, 404, 409, 411, 413, 415, 422, 429),
        tags=["subjects"],
    )
    def patch(self, request: Request, identifier: str) -> Response:
        """Change the subject, or tell what that would move."""
        asked = read_parameters(request, (_PREVIEW,))
        body = read_members(request, ("held_to", "customer", "from"))
        subject = _latest(key_of(request), identifier)
        if "held_to" in body and len(body) == 1:
            end = body["held_to"]
            held_to = None if end is None else time_of(body, "held_to", subject.customer)
            save = partial(end_subject, subject=subject, held_to=held_to)
            change = partial(_changed, subject, lambda: [save()])
        elif set(body) == {"customer", "from"}:
            customer = _customer(request, body)
            since = time_of(body, "from", customer)
            change = partial(
                _changed,
                subject,
                partial(hand_over_subject, subject=subject, customer=customer, since=since),
            )
        else:
            raise invalid("", "not_a_change", "send held_to, or customer and from")
        return _answered(request, change, is_preview=asked["preview"] == "true")


def _changed(
    subject: Subject, save: Callable[[], Sequence[Subject]]
) -> tuple[list[Subject], list[NamedSpan]]:
    # As it is by now: somebody else may have changed it since the request was read.
    before: Held | None = held(Subject.objects.select_for_update().get(pk=subject.pk))
    rows, spans = list(save()), []
    for row in rows:
        spans += changed_spans(before=before, after=held(row))
        before = None
    return rows, spans


def _answered(request: Request, change: Change, *, is_preview: bool) -> Response:
    try:
        return _previewed(request, change) if is_preview else _saved(request, change)
    except ValidationError as error:
        raise refused(error) from error
    except NotInThatTime as error:
        raise invalid("/from", "out_of_range", str(error).rstrip(".").lower()) from error
    except (IntegrityError, Subject.DoesNotExist) as error:
        raise ApiProblem(
            kinds.NOT_NOW, "Somebody else changed this subject at the same moment; ask again."
        ) from error


def _previewed(request: Request, change: Change) -> Response:
    key = key_of(request)
    rows: list[Subject] = []

    def save() -> list[NamedSpan]:
        subjects, spans = change()
        _leave_others(key, spans)
        rows[:] = subjects
        return spans

    effect = effect_of_subjects(save=save, now=timezone.now())
    visible = set(partner_customers(key=key).values_list("pk", flat=True))
    shown = effect_body(effect, visible=visible, with_money=Scope.INVOICES_READ.value in key.scopes)
    body = {"is_preview": True, "subjects": list(map(subject_body, rows)), "effect": shown}
    return Response(body)


def _saved(request: Request, change: Change) -> Response:
    with transaction.atomic():
        rows, spans = change()
        _leave_others(key_of(request), spans)
        jobs = start_moves(spans=spans, requested_by=None, now=timezone.now())
        for job in jobs:
            if job.finished_at is None:
                _wake(job.pk)
    body: dict[str, Any] = {
        "is_preview": False,
        "subjects": list(map(subject_body, rows)),
        "moving": list(map(move_body, jobs)),
    }
    return Response(body)


def _leave_others(key: ApiKey, spans: Sequence[NamedSpan]) -> None:
    """Let no partner take what another one sent: that is for staff, who see both."""
    now = timezone.now()
    for identifier, span in merged_spans(spans):
        if displaces_others(identifier=identifier, span=span, partner_id=key.partner_id, now=now):
            raise ApiProblem(
                kinds.NOT_NOW,
                "Events that another partner sent would go to somebody else by this; nothing is "
                "changed. Ask the staff, who can do it.",
            )


def _wake(job_id: int) -> None:
    # Without a broker the failure is logged, and the scheduler finds the job later.
    transaction.on_commit(lambda: move_subject.delay(job_id), robust=True)


def _subjects(key: ApiKey) -> Any:
    return Subject.objects.filter(customer__in=partner_customers(key=key)).select_related(
        "customer"
    )


def _latest(key: ApiKey, identifier: str) -> Subject:
    named = {} if "\x00" in identifier else {"identifier": identifier}
    found = _subjects(key).filter(**named).order_by("-held_from").first() if named else None
    if found is None:
        raise Http404
    subject: Subject = found
    return subject


def _customer(request: Request, body: Any) -> Customer:
    reference = text_of(body, "customer")
    found = partner_customer(key=key_of(request), reference=reference)
    if found is None:
        raise invalid("/customer", "not_found", "no customer of yours has this id")
    return found


def _kind(body: Any) -> str:
    kind = text_of(body, "kind")
    if kind not in SubjectKind.values:
        known = ", ".join(SubjectKind.values)
        raise invalid("/kind", "unknown", f"kind is one of {known}")
    return kind
