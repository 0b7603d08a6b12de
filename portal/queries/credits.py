"""A customer's credit: what is pending, and the ledger of what was posted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from accounts.models import Customer
from invoicing.credits.purse import Purse
from invoicing.models import CreditApplication, CreditShare, GrantEntry, Invoice, InvoiceState
from invoicing.queries.grant_balances import counted
from values.exact import EXACT
from values.period import Period

MOST_LINES = 20
MOST_PENDING = 50


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A posted movement with the balance of its purse right after it."""

    entry: GrantEntry
    balance: Decimal


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Entries, the latest first, and whether there are older ones."""

    entries: Sequence[LedgerEntry]
    has_older: bool


@dataclass(frozen=True, slots=True)
class PaidLines:
    """The lines that a draw pays, as many as are shown, and how many there are in all."""

    shares: Sequence[CreditShare]
    count: int


@dataclass(frozen=True, slots=True)
class DrawnByInvoice:
    """What one invoice draws of one purse, for the usage of its period."""

    purse: Purse
    period: Period
    size: Decimal


def ledger_page(*, customer: Customer, older_than: int | None, limit: int) -> LedgerPage:
    """Return at most `limit` entries before a place, the latest first; two queries."""
    entries = _entries(customer)
    if older_than is not None:
        entries = entries.filter(pk__lt=older_than)
    found = list(entries.order_by("-pk")[: limit + 1])
    shown = found[:limit]
    balances = _balances(customer, shown[0].pk) if shown else {}
    rows = []
    for entry in shown:
        purse = entry.grant.purse
        balance = balances[purse]
        rows.append(LedgerEntry(entry, balance))
        balances[purse] = EXACT.subtract(balance, entry.size)
    return LedgerPage(rows, has_older=len(found) > limit)


def whole_ledger(*, customer: Customer) -> Iterator[LedgerEntry]:
    """Yield every entry, the earliest first, read as they are asked for."""
    balances: dict[Purse, Decimal] = defaultdict(Decimal)
    for entry in _entries(customer).order_by("pk").iterator():
        purse = entry.grant.purse
        balances[purse] = EXACT.add(balances[purse], entry.size)
        yield LedgerEntry(entry, balances[purse])


def pending_draws(*, customer: Customer) -> list[CreditApplication]:
    """Return what invoices that are not issued yet will draw, the earliest period first."""
    pending = CreditApplication.objects.filter(
        invoice__customer=customer,
        invoice__state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT],
    ).select_related("invoice", "grant")
    return list(pending.order_by("invoice__period_start", "invoice_id", "position")[:MOST_PENDING])


def drawn_of(*, invoices: Sequence[Invoice]) -> list[DrawnByInvoice]:
    """Return what each of these invoices draws of each purse, posted or not; one query."""
    periods = {each.pk: Period(each.period_start, each.period_end) for each in invoices}
    if not periods:
        return []
    applied = CreditApplication.objects.filter(invoice__in=list(periods)).order_by()
    sums = applied.values("invoice_id", "currency", "grant__unit").annotate(drawn=Sum(counted()))
    return [
        DrawnByInvoice(
            Purse(row["currency"], row["grant__unit"]), periods[row["invoice_id"]], row["drawn"]
        )
        for row in sums
    ]


def paid_lines(
    *, customer: Customer, invoice_ids: Sequence[int]
) -> dict[tuple[int, int], PaidLines]:
    """Return by (invoice, grant) the lines that the grant pays of the invoice; one query."""
    if not invoice_ids:
        return {}
    by_application = [F("application_id")]
    shares = (
        CreditShare.objects.filter(
            application__invoice__in=set(invoice_ids), application__grant__customer=customer
        )
        .annotate(
            place=Window(RowNumber(), partition_by=by_application, order_by="line__position"),
            lines=Window(Count("pk"), partition_by=by_application),
        )
        .filter(place__lte=MOST_LINES)
        .select_related("application", "line")
        .order_by("application_id", "line__position")
    )
    found: Mapping[tuple[int, int], list[CreditShare]] = defaultdict(list)
    for share in shares:
        found[share.application.invoice_id, share.application.grant_id].append(share)
    return {place: PaidLines(rows, rows[0].lines) for place, rows in found.items()}  # type: ignore[attr-defined]


def _entries(customer: Customer) -> QuerySet[GrantEntry]:
    return GrantEntry.objects.filter(grant__customer=customer).select_related("grant", "invoice")


def _balances(customer: Customer, newest: int) -> dict[Purse, Decimal]:
    sums = GrantEntry.objects.filter(grant__customer=customer, pk__lte=newest).order_by()
    return {
        Purse(row["currency"], row["grant__unit"]): row["balance"]
        for row in sums.values("currency", "grant__unit").annotate(balance=Sum(counted()))
    }
