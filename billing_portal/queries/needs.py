"""What waits for somebody of the staff, counted all at once."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.mail_attempts import MOST_ATTEMPTS
from accounts.models import Message
from billing_portal.models import TaskFailure
from contracts.models import Contract
from invoicing.models import CreditWarning, Grant, Invoice, InvoiceEmail, InvoiceState, Question
from invoicing.queries.expiring_grants import expiring_grants
from invoicing.queries.standing_warnings import standing_warnings
from usage.models import (
    QuarantinedEvent,
    QuarantineReason,
    RatingVerdict,
    UsageAlarm,
    Verdict,
)

ENDING_SOON = timedelta(days=60)


class Need(StrEnum):
    """Something that may wait for somebody."""

    ALARMS = "alarms"
    UNKNOWN_CUSTOMER = "unknown_customer"
    UNKNOWN_EVENT_NAME = "unknown_event_name"
    UNKNOWN_ACTION = "unknown_action"
    BAD_VALUE = "bad_value"
    NO_CONTRACT = "no_contract"
    UNPRICED = "unpriced"
    NO_RATE = "no_rate"
    LATE = "late"
    FALLBACK = "fallback"
    STOPPED = "stopped"
    DRAFTS = "drafts"
    QUESTIONS = "questions"
    INVOICE_EMAILS = "invoice_emails"
    INVOICE_EMAILS_GIVEN_UP = "invoice_emails_given_up"
    MESSAGES = "messages"
    MESSAGES_GIVEN_UP = "messages_given_up"
    CONTRACTS_ENDING = "contracts_ending"
    GRANTS_EXPIRING = "grants_expiring"
    CREDIT_LOW = "credit_low"
    FAILED_TASKS = "failed_tasks"


def counted_needs(*, needs: Iterable[Need], now: datetime) -> Mapping[Need, int]:
    """Return how many rows each of these needs has, in one query whatever they are."""
    parts, parameters = [], []
    for need in dict.fromkeys(needs):
        rows = _ROWS[need](now).order_by().values("pk")
        sql, values = rows.query.sql_with_params()
        parts.append(f"SELECT %s, count(*) FROM ({sql}) AS waiting")  # noqa: S608  our own words
        parameters += [need.value, *values]
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return {Need(name): count for name, count in cursor.fetchall()}


def _quarantined(reason: str) -> Callable[[datetime], QuerySet]:
    return lambda now: QuarantinedEvent.objects.filter(resolved_at=None, reason=reason)


def _verdicts(verdict: str) -> Callable[[datetime], QuerySet]:
    return lambda now: RatingVerdict.objects.filter(verdict=verdict)


def _stopped(now: datetime) -> QuerySet[Invoice]:
    return Invoice.objects.filter(
        state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT], stopped_error__gt=""
    )


def _drafts(now: datetime) -> QuerySet[Invoice]:
    return Invoice.objects.filter(state=InvoiceState.DRAFT)


def _failed_emails(now: datetime) -> QuerySet[InvoiceEmail]:
    return InvoiceEmail.objects.filter(sent_at=None, attempts__gt=0)


def _failed_messages(now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(sent_at=None, attempts__gt=0)


def _ending(now: datetime) -> QuerySet[Contract]:
    return Contract.objects.annotate(own_now=_own_now(now)).filter(
        activated_at__isnull=False,
        ends_at__gt=F("own_now"),
        ends_at__lte=F("own_now") + Value(ENDING_SOON),
    )


def _low(now: datetime) -> QuerySet[CreditWarning]:
    return standing_warnings(warnings=CreditWarning.objects.all())


def _own_now(now: datetime) -> Coalesce:
    return Coalesce(F("customer__test_clock__now_at"), Value(now))


_ROWS: dict[Need, Callable[[datetime], QuerySet]] = {
    Need.ALARMS: lambda now: UsageAlarm.objects.filter(closed_at=None),
    Need.UNKNOWN_CUSTOMER: _quarantined(QuarantineReason.UNKNOWN_CUSTOMER),
    Need.UNKNOWN_EVENT_NAME: _quarantined(QuarantineReason.UNKNOWN_EVENT_NAME),
    Need.UNKNOWN_ACTION: _quarantined(QuarantineReason.UNKNOWN_ACTION),
    Need.BAD_VALUE: _quarantined(QuarantineReason.BAD_VALUE),
    Need.NO_CONTRACT: _verdicts(Verdict.NO_CONTRACT),
    Need.UNPRICED: _verdicts(Verdict.UNPRICED),
    Need.NO_RATE: _verdicts(Verdict.NO_RATE),
    Need.LATE: _verdicts(Verdict.LATE),
    Need.FALLBACK: _verdicts(Verdict.FALLBACK),
    Need.STOPPED: _stopped,
    Need.DRAFTS: _drafts,
    Need.QUESTIONS: lambda now: Question.objects.filter(answered_at=None),
    Need.INVOICE_EMAILS: _failed_emails,
    Need.INVOICE_EMAILS_GIVEN_UP: lambda now: _failed_emails(now).filter(
        attempts__gte=MOST_ATTEMPTS
    ),
    Need.MESSAGES: _failed_messages,
    Need.MESSAGES_GIVEN_UP: lambda now: _failed_messages(now).filter(attempts__gte=MOST_ATTEMPTS),
    Need.CONTRACTS_ENDING: _ending,
    Need.GRANTS_EXPIRING: lambda now: expiring_grants(grants=Grant.objects.all(), now=now),
    Need.CREDIT_LOW: _low,
    Need.FAILED_TASKS: lambda now: TaskFailure.objects.filter(settled_at=None),
}
