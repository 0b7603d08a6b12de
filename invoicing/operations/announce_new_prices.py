"""Prices that were published since invoices were computed: those customers are news too."""

from django.db.models import Max, Min

from catalog.models import PriceVersion, RateCardVersion
from invoicing.models import Invoice, InvoiceState
from usage.models import UsageArrival


def announce_new_prices() -> int:
    """
    Leave word of every customer whose open invoices are older than the newest published price.

    Return how many they are. Once they are refreshed, nothing is left to announce.
    """
    published = [
        latest
        for model in (PriceVersion, RateCardVersion)
        if (latest := model.objects.aggregate(latest=Max("published_at"))["latest"]) is not None
    ]
    if not published:
        return 0
    older = (
        Invoice.objects.filter(
            state__in=[InvoiceState.UPCOMING, InvoiceState.DRAFT],
            computed_at__lt=max(published),
        )
        .exclude(customer__in=UsageArrival.objects.values("customer"))
        .values("customer_id")
        .annotate(earliest_at=Min("period_start"), latest_at=Max("period_start"))
        .order_by("customer_id")
    )
    return len(UsageArrival.objects.bulk_create(UsageArrival(**row) for row in older))
