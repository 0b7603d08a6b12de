"""What needs somebody, as the start page shows it: groups of counts that lead to their lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.admin.pages.tables import may_see
from billing_portal.desk.list_filters import list_address
from billing_portal.queries.needs import Need, counted_needs
from usage.admin.causes import causes_address


@dataclass(frozen=True, slots=True)
class NeedRow:
    """
    One count: what waits, how urgent it is, and the list of exactly those rows.

    `remedy` is the page that says what they lack, where there is one.
    """

    label: str
    count: int
    tone: str
    address: str
    note: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """What waits in one part of the work."""

    title: str
    rows: tuple[NeedRow, ...]

    @property
    def waiting(self) -> int:
        """Return how many kinds of work wait here."""
        return sum(1 for row in self.rows if row.count)


@dataclass(frozen=True, slots=True)
class _Kind:
    need: Need
    label: str
    tone: str
    shows: str
    query: str
    given_up: Need | None = None


_QUARANTINE, _VERDICT = "usage.quarantinedevent", "usage.ratingverdict"
_INVOICE, _EMAIL, _MESSAGE = "invoicing.invoice", "invoicing.invoiceemail", "accounts.message"
_UNSENT = "sent_at__isnull=True&attempts__gt=0"

_GROUPS: tuple[tuple[str, tuple[_Kind, ...]], ...] = (
    (
        "Usage",
        (
            _Kind(Need.ALARMS, "Sources that are not as usual", "bad", "usage.usagealarm", ""),
            _Kind(Need.UNKNOWN_CUSTOMER, "Events of unknown customers, in quarantine", "bad",
                  _QUARANTINE, "reason__exact=unknown_customer"),
            _Kind(Need.UNKNOWN_EVENT_NAME, "Events that no meter knows, in quarantine", "bad",
                  _QUARANTINE, "reason__exact=unknown_event_name"),
            _Kind(Need.UNKNOWN_ACTION, "Actions without credits, in quarantine", "bad",
                  _QUARANTINE, "reason__exact=unknown_action"),
            _Kind(Need.BAD_VALUE, "Events that their meter cannot read, in quarantine", "bad",
                  _QUARANTINE, "reason__exact=bad_value"),
            _Kind(Need.NO_CONTRACT, "Usage without a contract", "bad",
                  _VERDICT, "verdict=no_contract"),
            _Kind(Need.UNPRICED, "Usage that no price takes", "bad", _VERDICT, "verdict=unpriced"),
            _Kind(Need.NO_RATE, "Usage that no rate matches", "bad", _VERDICT, "verdict=no_rate"),
            _Kind(Need.LATE, "Usage that came after its invoice", "waiting",
                  _VERDICT, "verdict=late"),
            _Kind(Need.FALLBACK, "Usage rated at a fallback", "waiting",
                  _VERDICT, "verdict=fallback"),
        ),
    ),
    (
        "Invoices",
        (
            _Kind(Need.STOPPED, "Invoices that cannot be issued", "bad",
                  _INVOICE, "stopped=yes"),
            _Kind(Need.DRAFTS, "Drafts that wait to be issued", "waiting",
                  _INVOICE, "state__exact=draft"),
            _Kind(Need.QUESTIONS, "Questions without an answer", "waiting",
                  "invoicing.question", "answered_at__isnull=True"),
            _Kind(Need.INVOICE_EMAILS, "Invoices that do not reach their reader", "bad",
                  _EMAIL, _UNSENT, Need.INVOICE_EMAILS_GIVEN_UP),
            _Kind(Need.MESSAGES, "Other e-mails that do not get through", "bad",
                  _MESSAGE, _UNSENT, Need.MESSAGES_GIVEN_UP),
        ),
    ),
    (
        "Contracts and credit",
        (
            _Kind(Need.CONTRACTS_ENDING, "Contracts that end in 60 days", "waiting",
                  "contracts.contract", "state=ending"),
            _Kind(Need.GRANTS_EXPIRING, "Credit that expires in 30 days", "waiting",
                  "invoicing.grant", "balance=expiring"),
            _Kind(Need.CREDIT_LOW, "Customers told that credit runs low", "waiting",
                  "invoicing.creditwarning", "standing=yes"),
        ),
    ),
    (
        "Background work",
        (
            _Kind(Need.FAILED_TASKS, "Tasks that failed", "bad", "billing_portal.taskfailure", ""),
        ),
    ),
)  # fmt: skip


def needs_you(*, user: Any, now: datetime) -> list[NeedGroup]:
    """Return the counts of those lists that this person may look at; the rest is not counted."""
    seen = [
        (title, [kind for kind in kinds if may_see(user, kind.shows)]) for title, kinds in _GROUPS
    ]
    wanted = [kind.need for _, kinds in seen for kind in kinds]
    wanted += [kind.given_up for _, kinds in seen for kind in kinds if kind.given_up]
    counts = counted_needs(needs=wanted, now=now)
    return [
        NeedGroup(title, tuple(_row(kind, counts) for kind in kinds))
        for title, kinds in seen
        if kinds
    ]


def _row(kind: _Kind, counts: Mapping[Need, int]) -> NeedRow:
    given_up = counts[kind.given_up] if kind.given_up else 0
    return NeedRow(
        label=kind.label,
        count=counts[kind.need],
        tone=kind.tone,
        address=list_address(kind.shows, kind.query),
        note=f"{given_up} given up" if given_up else "",
        remedy=causes_address(kind.need.value) if kind.shows == _QUARANTINE else "",
    )
