"""The names of events that somebody counts."""

from accounts.models import Customer
from usage.models import Meter, Source


def counted_names(*, source: Source) -> list[str]:
    """
    Return the event names that the meters of a source's sellers count, in order.

    Those that take usage back are among them: whatever is not here waits in quarantine.
    """
    sellers = Customer.objects.filter(partners=source.partner_id).values("legal_entity")
    meters = Meter.objects.filter(legal_entity__in=sellers)
    names: set[str] = set()
    for event_name, reversed_by in meters.values_list("event_name", "reversed_by"):
        names.update((event_name, *reversed_by))
    return sorted(names)
