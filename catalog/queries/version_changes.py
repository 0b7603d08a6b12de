"""Two versions side by side: which rates are new, gone, or another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from catalog.models import PriceVersion
from catalog.models.price import ModelChoice
from catalog.queries.terms_facts import terms_facts
from invoicing.rating.entries import RateEntry
from invoicing.rating.match import Match, canonical
from values.exact import EXACT, plain

_PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class RateChange:
    """A rate before and after; None is no rate."""

    old: Decimal | None
    new: Decimal | None

    @property
    def kind(self) -> str:
        """Return ``added``, ``removed``, ``changed`` or ``same``."""
        if self.old == self.new:
            return "same"
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    @property
    def difference(self) -> Decimal | None:
        """Return by how much the rate rises; negative where it falls, None without two."""
        if self.old is None or self.new is None:
            return None
        return EXACT.subtract(self.new, self.old)

    @property
    def percent(self) -> Decimal | None:
        """Return the rise in percent of the old rate, to two places; None from nothing."""
        if not self.old or self.difference is None:
            return None
        return (self.difference * 100 / self.old).quantize(_PERCENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry of one or both versions; equal match and priority make it the same entry."""

    match: Match
    priority: int
    rate: RateChange


def entry_changes(*, old: Iterable[RateEntry], new: Iterable[RateEntry]) -> list[EntryChange]:
    """Return every entry of either version: the new one's in its order, then what is gone."""
    before = {_key(entry): entry for entry in old}
    after = {_key(entry): entry for entry in new}
    changes = [
        EntryChange(
            entry.match,
            entry.priority,
            RateChange(before[key].rate if key in before else None, entry.rate),
        )
        for key, entry in after.items()
    ]
    gone = [entry for key, entry in before.items() if key not in after]
    return changes + [
        EntryChange(entry.match, entry.priority, RateChange(entry.rate, None)) for entry in gone
    ]


@dataclass(frozen=True, slots=True)
class FactChange:
    """One thing that a version of a price says, before and after, as text."""

    name: str
    old: str
    new: str
    rate: RateChange | None = None

    @property
    def kind(self) -> str:
        """Return ``changed`` or ``same``; for a rate also ``added`` and ``removed``."""
        if self.rate is not None:
            return self.rate.kind
        return "same" if self.old == self.new else "changed"


def price_changes(*, old: PriceVersion, new: PriceVersion) -> list[FactChange]:
    """Return what two versions of a price say: name, section, model, rates, then its terms."""
    texts = (
        ("Name on invoices", "name"),
        ("Section", "section"),
        ("Tax code", "tax_code"),
        ("Rate card", "rate_card"),
    )
    facts = [
        FactChange("Model", _model(old), _model(new)),
        *(FactChange(label, _text(old, name), _text(new, name)) for label, name in texts),
    ]
    for label, name in (("Unit price", "unit_price"), ("Fallback rate", "fallback_rate")):
        before, after = getattr(old, name), getattr(new, name)
        if before is not None or after is not None or "per_unit" in (old.model, new.model):
            facts.append(FactChange(label, _rate(before), _rate(after), RateChange(before, after)))
    return facts + _terms(dict(terms_facts(old.terms_keys)), dict(terms_facts(new.terms_keys)))


def _terms(old: Mapping[str, str], new: Mapping[str, str]) -> list[FactChange]:
    labels = dict.fromkeys([*new, *old])
    return [FactChange(label, old.get(label, ""), new.get(label, "")) for label in labels]


def _model(version: PriceVersion) -> str:
    if version.model != ModelChoice.PER_UNIT:
        return version.get_model_display()
    return "per unit" if version.rate_card_id is None else "per unit, by rate card"


def _text(version: PriceVersion, name: str) -> str:
    value = getattr(version, name)
    return "" if value is None else str(value)


def _rate(value: Decimal | None) -> str:
    return "" if value is None else plain(value, least_places=2)


def _key(entry: RateEntry) -> tuple[object, int]:
    return canonical(entry.match), entry.priority
