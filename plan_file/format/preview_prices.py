"""The prices that a preview is about: of the book, or written with the keys of the plan file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from invoicing.rating.price import PriceKind, PriceTerms
from plan_file.format.context import Context, refuse_equal, written_codes
from plan_file.format.meters import read_meter
from plan_file.format.plans import Plan, read_plan
from plan_file.format.preview_book import PreviewBook
from plan_file.format.prices import read_prices
from plan_file.format.rate_cards import read_rate_card
from usage.metering.meter import Meter
from values.fields import Place, Section

_OWN = ("meters", "rate_cards")


@dataclass(frozen=True)
class Priced:
    """The prices in the order of the lines, and the plan that lists them."""

    prices: tuple[PriceTerms, ...] = ()
    plan: Plan | None = None
    meters: Mapping[str, Meter] = field(default_factory=dict)

    def read_meters(self) -> dict[str, Meter]:
        """Return the meters that the prices look at; those of call prices count calls."""
        calls = {price.meter for price in self.prices if price.kind is PriceKind.CALL}
        codes = dict.fromkeys(code for price in self.prices for code in sorted(price.meters))
        found = {code: self.meters[code] for code in codes if code in self.meters}
        return {
            code: replace(each, calls=each.calls or code in calls) for code, each in found.items()
        }


def read_priced(section: Section, book: PreviewBook, currency: str | None) -> Priced:
    """Return the prices in the order of the lines, as far as they have no problems."""
    price, plan = section.get("price"), section.get("plan")
    if (price is None) == (plan is None):
        section.place.problem("needs a price or a plan, and only one of them")
        return Priced()
    parts = [section]
    if plan is not None and isinstance(plan.value, dict):
        # Its keys are looked at with the plan's.
        parts.append(replace(section, places=dict(plan.entries())))
    asked = [price] if price is not None else parts[-1].items("prices") if len(parts) > 1 else []
    written = [each for each in asked if isinstance(each.value, dict)]
    context = _context(section, parts, written, book, currency)
    meters = _read_meters(parts, written, context.timezone)
    cards = dict(book.rate_cards)
    for card in [read_rate_card(each, context) for each in _coded(parts, "rate_cards")]:
        if card is not None:
            cards[card.code] = card
    prices = dict(book.prices) | {
        found.terms.code: found.terms for found in read_prices(written, context, cards)
    }
    known = {**book.meters, **meters}
    if price is not None:
        code = price.below("code", _code(price)) if price in written else price
        return Priced(_listed([code], prices, context), None, known)
    assert plan is not None, "there is a price or a plan"
    if len(parts) == 1:
        return _stored(plan, context, book, known)
    bare = {key: value for key, value in dict(parts[1].places).items() if key not in _OWN}
    values = {key: each.value for key, each in bare.items()} | {"prices": None}
    read = read_plan(Place(values, plan.path, plan.problems), context)
    codes = [each.below("code", _code(each)) if each in written else each for each in asked]
    return Priced(_listed(codes, prices, context), read, known)


def _stored(
    place: Place, context: Context, book: PreviewBook, meters: Mapping[str, Meter]
) -> Priced:
    plan = book.plans.get(context.known(place, "plans"))
    if plan is None:
        return Priced()
    return Priced(tuple(book.prices[code] for code in plan.prices), plan, meters)


def _context(
    section: Section,
    parts: Sequence[Section],
    written: Sequence[Place],
    book: PreviewBook,
    currency: str | None,
) -> Context:
    codes = {
        name: tuple(
            dict.fromkeys(
                code
                for part in parts
                for code in (
                    *written_codes({name: [each.value for each in part.items(name)]}, name),
                    *book.codes.get(name, ()),
                )
            )
        )
        for name in _OWN
    }
    named = written_codes({"prices": [each.value for each in written]}, "prices")
    codes["prices"] = (*named, *book.codes.get("prices", ()))
    codes["plans"] = tuple(book.codes.get("plans", ()))
    return Context(currency=currency or "", timezone=book.timezone, codes=codes)


def _read_meters(parts: Sequence[Section], written: Sequence[Place], zone: str) -> dict[str, Meter]:
    call_meters = {
        str(each.value.get("meter"))
        for each in written
        if isinstance(each.value, dict) and each.value.get("kind") == PriceKind.CALL
    }
    places = _coded(parts, "meters")
    found = [read_meter(each, zone=zone, call_meters=call_meters) for each in places]
    return {meter.code: meter for meter in found if meter is not None}


def _coded(parts: Sequence[Section], name: str) -> list[Place]:
    places = [each for part in parts for each in part.items(name)]
    refuse_equal(places)
    return places


def _code(place: Place) -> object:
    return place.value.get("code") if isinstance(place.value, dict) else None


def _listed(
    places: Sequence[Place], prices: Mapping[str, PriceTerms], context: Context
) -> tuple[PriceTerms, ...]:
    """Return the prices once each, in the order in which they are first named."""
    codes = dict.fromkeys(
        context.known(place, "prices") for place in places if place.value is not None
    )
    return tuple(prices[code] for code in codes if code in prices)
