"""A customer's credit, every text ready to show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.columns import exact
from invoicing.credits.drawing import draw_order
from invoicing.documents.credit_words import credit_words
from invoicing.documents.formats import day, days, money, quantity
from invoicing.documents.presented_lines import SECTION_TITLES
from invoicing.documents.states import StateWords
from invoicing.models import CreditApplication, Grant, GrantKind, Invoice
from invoicing.queries.wallets import WalletGrant
from portal.csv_answer import Cell
from portal.documents.credit_outlook import expires_soon, in_force
from portal.documents.invoice_row import invoice_name
from portal.documents.times import last_day_words
from portal.queries.credits import LedgerEntry, PaidLines
from values.calendar import local_date
from values.period import Period

CSV_HEADER = ("day", "what", "grant", "invoice", "currency", "unit", "amount", "balance")
_NOTHING = PaidLines((), 0)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant; `place` says when it is drawn among those in force, empty for others."""

    code: str
    kind: str
    pays: str
    granted: str
    pending: str
    left: str
    place: str
    scope: str
    valid: str
    state: StateWords


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A line that credit pays, and how much of it."""

    line_id: str
    description: str
    amount: str


@dataclass(frozen=True, slots=True)
class Draw:
    """
    What one invoice draws of one grant, with the lines that it pays; `has_more` of them.

    `amount` is in units for a grant of units, and `pays` the money that these pay.
    """

    grant: str
    lot: str
    invoice_id: str
    invoice: str
    day: str
    amount: str
    pays: str
    balance: str
    lines: tuple[DrawLine, ...]
    lines_words: str
    has_more: bool


def grant_rows(
    *, wallet: Sequence[WalletGrant], zone: str, now: datetime
) -> tuple[list[GrantRow], list[GrantRow]]:
    """Return the grants that can pay, in the order of drawing, and those that are over."""
    # Lots of a plan have one code: which of two grants a place is for goes by the object.
    by_terms = [(held.grant.terms(), held) for held in wallet]
    held_of = {id(terms): held for terms, held in by_terms}
    ordered = [held_of[id(terms)] for terms in draw_order([terms for terms, _ in by_terms])]
    alive = [held for held in ordered if held.left > 0 and in_force(held, now)]
    ahead = [held for held in ordered if held.grant.effective_from > now]
    over = [held for held in ordered if held not in alive and held not in ahead]
    places = {held.grant.pk: _place(number) for number, held in enumerate(alive, start=1)}
    rows = [
        [_grant_row(held, places.get(held.grant.pk, ""), zone, now) for held in group]
        for group in ([*alive, *ahead], over)
    ]
    return rows[0], rows[1]


def _grant_row(held: WalletGrant, place: str, zone: str, now: datetime) -> GrantRow:
    grant, purse = held.grant, held.grant.purse
    promotional = grant.kind == GrantKind.PROMOTIONAL.value
    return GrantRow(
        code=grant.code,
        kind="Promotional" if promotional else "Prepaid",
        pays="lowers the price before tax" if promotional else "pays the total after tax",
        granted=credit_words(grant.size, purse),
        pending=credit_words(held.pending, purse) if held.pending else "",
        left=credit_words(held.left, purse),
        place=place,
        scope=", ".join(SECTION_TITLES.get(each, each) for each in grant.applies_to)
        or "Everything",
        valid=_valid(grant, zone),
        state=_state(held, now),
    )


def _valid(grant: Grant, zone: str) -> str:
    start = day(local_date(grant.effective_from, zone))
    if grant.expires_at is None:
        return f"from {start}, never expires"
    return f"{start} to {last_day_words(grant.expires_at, zone)}"


def _state(held: WalletGrant, now: datetime) -> StateWords:
    grant = held.grant
    if grant.effective_from > now:
        return StateWords("begins later", "quiet")
    if held.left <= 0:
        return StateWords("used up", "quiet")
    if grant.expires_at is not None and grant.expires_at <= now:
        return StateWords("expired", "bad")
    if expires_soon(held, now):
        return StateWords("expires soon", "waiting")
    return StateWords("in force", "good")


def _place(number: int) -> str:
    """Return ``drawn 1st``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"drawn {number}{'th' if number % 100 in (11, 12, 13) else ending}"


def pending_draw(
    application: CreditApplication, paid: Mapping[tuple[int, int], PaidLines], zone: str
) -> Draw:
    """Return what an open invoice will draw."""
    lines = paid.get((application.invoice_id, application.grant_id), _NOTHING)
    amount = credit_words(-application.size, application.grant.purse)
    return _draw(application.grant, application.invoice, "", amount, "", lines, zone)


def ledger_draw(row: LedgerEntry, paid: Mapping[tuple[int, int], PaidLines], zone: str) -> Draw:
    """Return a posted movement; one that came in has no invoice."""
    entry = row.entry
    lines = paid.get((entry.invoice_id or 0, entry.grant_id), _NOTHING)
    return _draw(
        entry.grant,
        entry.invoice,
        day(local_date(entry.posted_at, zone)),
        credit_words(entry.size, entry.grant.purse),
        credit_words(row.balance, entry.grant.purse),
        lines,
        zone,
    )


def _lot(grant: Grant, zone: str) -> str:
    """Return the days of a plan's lot, which tell it apart from the others of its code."""
    if grant.plan_grant_id is None or grant.expires_at is None:
        return ""
    return days(Period(grant.effective_from, grant.expires_at), zone)


def _draw(
    grant: Grant,
    invoice: Invoice | None,
    when: str,
    amount: str,
    balance: str,
    paid: PaidLines,
    zone: str,
) -> Draw:
    return Draw(
        grant=grant.code,
        lot=_lot(grant, zone),
        invoice_id="" if invoice is None else invoice.public_id,
        invoice="" if invoice is None else invoice_name(invoice),
        day=when,
        amount=amount,
        pays=_pays(grant, paid),
        balance=balance,
        lines=tuple(
            DrawLine(
                share.line.public_id,
                share.line.description,
                money(exact(share.amount), share.currency),
            )
            for share in paid.shares
        ),
        lines_words=_lines_words(paid),
        has_more=paid.count > len(paid.shares),
    )


def _pays(grant: Grant, paid: PaidLines) -> str:
    """Return the money that units pay; what money pays is its own amount."""
    if grant.purse.is_money or not paid.shares:
        return ""
    application = paid.shares[0].application
    return money(exact(application.amount), application.currency)


def _lines_words(paid: PaidLines) -> str:
    shown = len(paid.shares)
    if shown < paid.count:
        return f"{shown} of {paid.count} lines paid"
    return f"{quantity(Decimal(shown), 'line')} paid"


def ledger_cells(rows: Iterable[LedgerEntry], zone: str) -> Iterator[list[Cell]]:
    """Yield the ledger for a spreadsheet."""
    for row in rows:
        entry = row.entry
        yield [
            local_date(entry.posted_at, zone),
            entry.kind,
            entry.grant.code,
            entry.invoice.number if entry.invoice else None,
            None if entry.grant.unit else entry.currency,
            entry.grant.unit or None,
            entry.size,
            row.balance,
        ]
