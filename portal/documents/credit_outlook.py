"""What is left of credit and how long it lasts, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.columns import exact
from invoicing.documents.formats import day, money, quantity
from invoicing.models import Invoice
from invoicing.queries.wallets import WalletGrant
from portal.documents.times import last_day_words
from portal.queries.forecast import Drawn, Forecast, Outlook, Remaining, credit_forecast
from values.calendar import local_date
from values.exact import EXACT
from values.money import Rounding, round_money

EXPIRES_SOON = timedelta(days=30)
_A_WHILE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CreditOutlook:
    """
    The credit of one currency: in force now, less what open invoices will draw.

    `percent` of what was granted is left; `low` where that is below the customer's limit.
    """

    currency: str
    left: str
    granted: str
    posted: str
    pending: str
    percent: int
    is_low: bool
    is_used_up: bool
    words: str
    expiring: tuple[str, ...]


def in_force(held: WalletGrant, now: datetime) -> bool:
    """Return whether a grant can be drawn for usage of now."""
    grant = held.grant
    return grant.effective_from <= now and (grant.expires_at is None or grant.expires_at > now)


def credit_outlooks(
    *,
    wallet: Sequence[WalletGrant],
    invoices: Sequence[Invoice],
    low_percent: int,
    zone: str,
    now: datetime,
) -> list[CreditOutlook]:
    """
    Return the outlook of each currency in which credit was granted, by its code.

    `invoices` are the latest ones; what they do not reach back to says nothing.
    """
    started = [held for held in wallet if held.grant.effective_from <= now]
    currencies = sorted({held.grant.currency for held in started})
    return [
        _outlook(
            currency,
            [held for held in started if held.grant.currency == currency],
            [invoice for invoice in invoices if invoice.currency == currency],
            low_percent,
            zone,
            now,
        )
        for currency in currencies
    ]


def _outlook(
    currency: str,
    wallet: Sequence[WalletGrant],
    invoices: Sequence[Invoice],
    low_percent: int,
    zone: str,
    now: datetime,
) -> CreditOutlook:
    alive = [held for held in wallet if in_force(held, now)]
    left = _sum(held.left for held in alive)
    granted = _sum(exact(held.grant.amount) for held in alive)
    found = _forecast(wallet, invoices, now)
    return CreditOutlook(
        currency=currency,
        left=money(left, currency),
        granted=money(granted, currency),
        posted=money(_sum(held.posted for held in alive), currency),
        pending=money(_sum(held.pending for held in alive), currency),
        percent=int(left * 100 / granted) if granted else 0,
        is_low=0 < left * 100 < low_percent * granted,
        is_used_up=left <= 0,
        words=_words(found, currency, zone),
        expiring=tuple(_expiring(alive, currency, zone, now)),
    )


def _forecast(
    wallet: Sequence[WalletGrant], invoices: Sequence[Invoice], now: datetime
) -> Forecast:
    return credit_forecast(
        left=[Remaining(held.left, held.grant.expires_at) for held in wallet],
        drawn=[Drawn(each.period_start, each.period_end, drawn_amount(each)) for each in invoices],
        since=_since(wallet, invoices, now),
        now=now,
    )


def _since(wallet: Sequence[WalletGrant], invoices: Sequence[Invoice], now: datetime) -> datetime:
    """
    Since when draws tell the pace: before the grants of today began, others may have been used up.

    Where that is only some days ago, what the earlier ones paid tells more.
    """
    seen_from = min((each.period_start for each in invoices), default=now)
    alive = [held for held in wallet if held.left > 0 and in_force(held, now)]
    begun = min((held.grant.effective_from for held in alive), default=now)
    if now - begun < _A_WHILE:
        begun = min(held.grant.effective_from for held in wallet)
    return max(seen_from, begun)


def drawn_amount(invoice: Invoice) -> Decimal:
    """Return what credit of either kind pays of an invoice."""
    return EXACT.add(exact(invoice.credits_applied), exact(invoice.discounts))


def _words(found: Forecast, currency: str, zone: str) -> str:
    span = quantity(Decimal(found.looked_at.days), "day")
    match found.outlook:
        case Outlook.USED_UP:
            return "All of it is used up or expired."
        case Outlook.TOO_EARLY:
            return "Too early to say how long it lasts: less than three days of use so far."
        case Outlook.NOT_DRAWN:
            return f"Nothing was drawn in the last {span}."
        case Outlook.FAR:
            return f"Lasts more than two years at the pace of the last {span}."
        case Outlook.EXPIRES_FIRST:
            assert found.at is not None
            unused = round_money(found.unused, currency=currency, rounding=Rounding.HALF_UP)
            return (
                f"At the pace of the last {span}, about {money(unused, currency)} would be left "
                f"unused when it expires after {last_day_words(found.at, zone)}."
            )
        case Outlook.ENDS:
            assert found.at is not None
            until = day(local_date(found.at, zone))
            return f"Lasts until about {until} at the pace of the last {span}."


def _expiring(alive: Sequence[WalletGrant], currency: str, zone: str, now: datetime) -> list[str]:
    soon = [
        (held.grant.expires_at, held)
        for held in alive
        if held.left > 0 and held.grant.expires_at is not None and expires_soon(held, now)
    ]
    return [
        f"{money(held.left, currency)} of {held.grant.code} expires after "
        f"{last_day_words(expires_at, zone)}"
        for expires_at, held in sorted(soon, key=lambda pair: pair[0])
    ]


def expires_soon(held: WalletGrant, now: datetime) -> bool:
    """Return whether a grant is over within 30 days."""
    expires_at = held.grant.expires_at
    return expires_at is not None and now < expires_at <= now + EXPIRES_SOON


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
