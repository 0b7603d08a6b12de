"""The keys of `outcome`: when a success counts."""

from __future__ import annotations

from invoicing.rating.terms.outcome import OutcomeRule
from values.fields import Keys, Place

KEYS = Keys(("success_event", "reversal_event", "correlation_property", "window_hours"))
LONGEST_WINDOW_HOURS = 24 * 366


def read_outcome(place: Place) -> OutcomeRule | None:
    """Return the rule, None where it has problems; one reversal may stand without a list."""
    section = place.section(KEYS)
    success_event = section.text("success_event")
    reversal_place = section.get("reversal_event")
    if reversal_place is None:
        reversals: tuple[str, ...] = ()
    elif isinstance(reversal_place.value, list):
        reversals = section.texts("reversal_event")
    else:
        reversals = (reversal_place.text(),)
    correlation_property = section.text("correlation_property")
    hours_place = section.need("window_hours")
    hours = hours_place.whole(least=0, most=LONGEST_WINDOW_HOURS) if hours_place else 0
    return section.build(
        lambda: OutcomeRule(
            success_event=success_event,
            reversal_events=reversals,
            correlation_property=correlation_property,
            window_hours=hours,
        )
    )


def outcome_as_json(rule: OutcomeRule) -> dict[str, object]:
    """Return the keys that `read_outcome` reads."""
    written: dict[str, object] = {"success_event": rule.success_event}
    if rule.reversal_events:
        written["reversal_event"] = list(rule.reversal_events)
    return written | {
        "correlation_property": rule.correlation_property,
        "window_hours": rule.window_hours,
    }
