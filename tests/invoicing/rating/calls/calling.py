"""Calls and prices for the tests of call rating, in the shapes of a plan file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from invoicing.rating.calls.rate_calls import CallsRated, rate_calls
from invoicing.rating.calls.rated_call import RatedCall
from invoicing.rating.lots import Lot
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.terms.calls import CallRate, Calls
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent
from values.money import Rounding
from values.period import Period

NEW_YORK = "America/New_York"
CALL = Meter("CALL", "Calls", "call", Aggregation.COUNT, None, (), None, calls=True)
NOON = datetime(2026, 2, 3, 15, tzinfo=UTC)
FEBRUARY = Period(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))


def a_rate(
    per_minute: str = "0.04", initial: int = 60, increment: int = 60, **keys: object
) -> CallRate:
    """Return a row for all calls, except for what the keys say."""
    terms = {"initial_seconds": initial, "increment_seconds": increment, **keys}
    if "steps" not in terms:
        terms["rate_per_minute"] = Decimal(per_minute)
    return CallRate(**terms)  # type: ignore[arg-type]


def a_call(
    seconds: object = 60, *, at: datetime = NOON, key: str = "a", **properties: object
) -> MeteredEvent:
    """Return an outbound call to a UK number; None takes a property away."""
    said = {
        "direction": "outbound",
        "to_number": "+442083661177",
        "answer_at": at.isoformat().replace("+00:00", "Z"),
        "duration_seconds": str(seconds),
        **properties,
    }
    return MeteredEvent(at, key, {name: value for name, value in said.items() if value is not None})


def a_price(
    *models: Calls, starts: Sequence[datetime] = (), tax_code: str | None = None
) -> PriceTerms:
    """Return a price with a version for each of the models, changing at these instants."""
    bounds = [None, *starts, None]
    versions = tuple(
        PriceVersion(bounds[index], bounds[index + 1], "Voice", model, "telephony", tax_code)
        for index, model in enumerate(models)
    )
    return PriceTerms("voice", "CALL", versions)


def rate(
    model: Calls | PriceTerms,
    *calls: MeteredEvent,
    zone: str = "UTC",
    period: Period = FEBRUARY,
    full: Period | None = None,
    sliced_at: Sequence[datetime] = (),
    lots: Mapping[str, tuple[Lot, ...]] | None = None,
    phase_starts: Sequence[datetime] = (),
) -> tuple[CallsRated, dict[str, RatedCall]]:
    """Return what calls come to in a period, and each of them by its key."""
    heard: dict[str, RatedCall] = {}
    rated = rate_calls(
        price=a_price(model) if isinstance(model, Calls) else model,
        calls=iter(sorted(calls, key=lambda call: (call.occurred_at, call.key))),
        covered=period,
        full=full or period,
        zone=zone,
        currency="USD",
        rounding=Rounding.HALF_UP,
        sliced_at=sliced_at,
        lots=lots or {},
        meter=CALL,
        phase_starts=phase_starts,
        on_call=lambda _, call: heard.update({call.key: call}),
    )
    return rated, heard


def charge_of(
    model: Calls, call: MeteredEvent, *, zone: str = "UTC", period: Period = FEBRUARY
) -> str:
    """Return what one call costs, as it is printed."""
    _, heard = rate(model, call, zone=zone, period=period)
    return str(heard[call.key].charge)


def later(seconds: int, than: datetime = NOON) -> datetime:
    """Return an instant so many seconds later."""
    return than + timedelta(seconds=seconds)
