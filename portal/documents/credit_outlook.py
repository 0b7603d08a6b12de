"""What is left of credit and how long it lasts, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

from invoicing.credits.purse import Purse
from invoicing.documents.credit_words import credit_words
from invoicing.documents.formats import day, quantity
from invoicing.models import Invoice
from invoicing.queries.wallets import WalletGrant
from portal.documents.times import last_day_words
from portal.queries.credits import DrawnByInvoice
from portal.queries.forecast import Drawn, Forecast, Outlook, Remaining, credit_forecast
from values.calendar import local_date
from values.money import Rounding, round_money

EXPIRES_SOON = timedelta(days=30)
_A_WHILE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CreditOutlook:
    """
    The credit of one purse: in force now, less what open invoices will draw.

    `counted_in` is the currency's code or the unit; `percent` of what was granted is left;
    `low` where that is below the customer's limit.
    """

    counted_in: str
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
    drawn: Sequence[DrawnByInvoice],
    low_percent: int,
    zone: str,
    now: datetime,
) -> list[CreditOutlook]:
    """
    Return the outlook of each purse in which credit was granted: money first, then units.

    `invoices` are the latest ones, `drawn` what they draw; what they do not reach back to says
    nothing.
    """
    started = [held for held in wallet if held.grant.effective_from <= now]
    purses = {held.grant.purse for held in started}
    return [
        _outlook(
            purse,
            [held for held in started if held.grant.purse == purse],
            min((each.period_start for each in invoices if each.currency == purse.currency),
                default=now),
            [each for each in drawn if each.purse == purse],
            low_percent,
            zone,
            now,
        )
        for purse in sorted(purses, key=lambda purse: (not purse.is_money, purse))
    ]  # fmt: skip


def _outlook(
    purse: Purse,
    wallet: Sequence[WalletGrant],
    seen_from: datetime,
    drawn: Sequence[DrawnByInvoice],
    low_percent: int,
    zone: str,
    now: datetime,
) -> CreditOutlook:
    alive = [held for held in wallet if in_force(held, now)]
    left = _sum(held.left for held in alive)
    granted = _sum(held.grant.size for held in alive)
    found = credit_forecast(
        left=[Remaining(held.left, held.grant.expires_at) for held in wallet],
        drawn=[Drawn(each.period.start, each.period.end, each.size) for each in drawn],
        since=_since(wallet, seen_from, now),
        now=now,
    )
    return CreditOutlook(
        counted_in=purse.currency if purse.is_money else purse.unit,
        left=credit_words(left, purse),
        granted=credit_words(granted, purse),
        posted=credit_words(_sum(held.posted for held in alive), purse),
        pending=credit_words(_sum(held.pending for held in alive), purse),
        percent=int(left * 100 / granted) if granted else 0,
        is_low=0 < left * 100 < low_percent * granted,
        is_used_up=left <= 0,
        words=_words(found, purse, zone),
        expiring=tuple(_expiring(alive, purse, zone, now)),
    )


def _since(wallet: Sequence[WalletGrant], seen_from: datetime, now: datetime) -> datetime:
    """
    Since when draws tell the pace: before the grants of today began, others may have been used up.

    Where that is only some days ago, what the earlier ones paid tells more.
    """
    alive = [held for held in wallet if held.left > 0 and in_force(held, now)]
    begun = min((held.grant.effective_from for held in alive), default=now)
    if now - begun < _A_WHILE:
        begun = min(held.grant.effective_from for held in wallet)
    return max(seen_from, begun)


def _words(found: Forecast, purse: Purse, zone: str) -> str:
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
            unused = credit_words(_about(found.unused, purse), purse)
            return (
                f"At the pace of the last {span}, about {unused} would be left "
                f"unused when it expires after {last_day_words(found.at, zone)}."
            )
        case Outlook.ENDS:
            assert found.at is not None
            until = day(local_date(found.at, zone))
            return f"Lasts until about {until} at the pace of the last {span}."


def _about(size: Fraction, purse: Purse) -> Decimal:
    """Return a forecast as it is written: whole units, or money to its digits."""
    if purse.is_money:
        return round_money(size, currency=purse.currency, rounding=Rounding.HALF_UP)
    return Decimal(floor(size + Fraction(1, 2)))


def _expiring(alive: Sequence[WalletGrant], purse: Purse, zone: str, now: datetime) -> list[str]:
    soon = [
        (held.grant.expires_at, held)
        for held in alive
        if held.left > 0 and held.grant.expires_at is not None and expires_soon(held, now)
    ]
    return [
        f"{credit_words(held.left, purse)} of {held.grant.code} "
        f"{'expires' if purse.is_money else 'expire'} after {last_day_words(expires_at, zone)}"
        for expires_at, held in sorted(soon, key=lambda pair: pair[0])
    ]


def expires_soon(held: WalletGrant, now: datetime) -> bool:
    """Return whether a grant is over within 30 days."""
    expires_at = held.grant.expires_at
    return expires_at is not None and now < expires_at <= now + EXPIRES_SOON


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
