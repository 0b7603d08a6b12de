"""Credit that will be lost soon."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from invoicing.models import Grant
from invoicing.queries.grant_balances import with_left

EXPIRING_SOON = timedelta(days=30)


def expiring_grants(*, grants: QuerySet[Grant], now: datetime) -> QuerySet[Grant]:
    """Narrow grants to those with something left that expire in 30 days by their own clocks."""
    own_now = Coalesce(F("customer__test_clock__now_at"), Value(now))
    soon = Q(expires_at__gt=F("own_now"), expires_at__lte=F("own_now") + Value(EXPIRING_SOON))
    return with_left(grants).annotate(own_now=own_now).filter(Q(left_amount__gt=0) & soon)
