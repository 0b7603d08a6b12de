"""What stands around a line: the credit that pays it, and the spelling that it missed."""

from decimal import Decimal

from accounts.columns import exact
from invoicing.models import Grant, InvoiceLine
from usage.models import RatingVerdict, Verdict


def credit_of_line(*, line: InvoiceLine) -> list[tuple[Grant, Decimal]]:
    """Return the grants that pay a line, in the order in which they are drawn, and how much."""
    shares = line.credit_shares.select_related("application__grant")
    return [
        (share.application.grant, exact(share.amount))
        for share in shares.order_by("application__position")
    ]


def missed_spelling(*, line: InvoiceLine) -> dict[str, str]:
    """Return the values with which a line at the fallback rate would have matched, if any."""
    verdicts = RatingVerdict.objects.filter(
        customer_id=line.invoice.customer_id,
        line=line.public_id,
        verdict=Verdict.FALLBACK,
        hint__isnull=False,
    )
    return dict(verdicts.values_list("hint", flat=True).first() or {})
