"""Letting the meter of an outcome keep the events that take it back."""

from catalog.models import PriceVersion
from invoicing.rating.price import PriceVersion as VersionTerms
from usage.models import Meter


def note_reversals(*, version: PriceVersion, terms: VersionTerms) -> None:
    """
    Let the meter of the version's price keep the reversal events of its outcome rule.

    `terms` are those of the version. Names are only added: an older version may still ask for
    its own. Without a rule nothing changes.
    """
    meter_id, rule = version.price.meter_id, terms.outcome
    if meter_id is None or rule is None or not rule.reversal_events:
        return
    meter = Meter.objects.select_for_update().get(pk=meter_id)
    known = {*meter.reversed_by, meter.event_name}
    new = [name for name in rule.reversal_events if name not in known]
    if new:
        meter.reversed_by = [*meter.reversed_by, *new]
        meter.save(update_fields=["reversed_by"])
