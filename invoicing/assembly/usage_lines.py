"""Rating the usage of a period: each quantity by the version of its price at its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from invoicing.assembly.result import Unpriced
from invoicing.assembly.terms import ContractTerms
from invoicing.rating.charge import Charge
from invoicing.rating.lines import Rated
from invoicing.rating.per_unit import rate_per_unit
from invoicing.rating.price import PerUnit, PriceTerms
from invoicing.rating.versions import in_time_order, version_at
from usage.metering.aggregation import at_least_zero
from usage.metering.quantity import Quantity
from values.period import Period


def rate_usage(
    terms: ContractTerms,
    period: Period,
    price: PriceTerms,
    quantities: Sequence[Quantity],
) -> Rated:
    """Return what one price makes of its meter's quantities, earliest price version first."""
    meter = terms.meters[price.meter or ""]
    billable = at_least_zero(meter, quantities)
    parts = []
    for version in in_time_order(price.versions):
        covered = period.clipped(version.effective_from, version.effective_to)
        if covered is None:
            continue
        charge = Charge(price, version, meter, covered, terms.currency, terms.rounding)
        inside = [quantity for quantity in billable if covered.encloses(quantity.period)]
        parts.append(_rate(charge, inside))
    return Rated(
        lines=tuple(line for part in parts for line in part.lines),
        unmatched=tuple(item for part in parts for item in part.unmatched),
        quarantined=tuple(item for part in parts for item in part.quarantined),
    )


def unpriced_usage(
    terms: ContractTerms, quantities: Mapping[str, Sequence[Quantity]]
) -> tuple[Unpriced, ...]:
    """Return the quantities for which no price of the contract is in force, by meter."""
    found = []
    for meter, slices in sorted(quantities.items()):
        prices = [price for price in terms.prices if price.meter == meter]
        left = tuple(part for part in slices if not any(_priced(price, part) for price in prices))
        if left:
            found.append(Unpriced(meter=meter, slices=left))
    return tuple(found)


def _priced(price: PriceTerms, quantity: Quantity) -> bool:
    return version_at(price.versions, quantity.period.start) is not None


def _rate(charge: Charge, quantities: Sequence[Quantity]) -> Rated:
    model = charge.version.model
    match model:
        case PerUnit():
            return rate_per_unit(charge, model, quantities)
        case _:
            raise NotImplementedError(model)
