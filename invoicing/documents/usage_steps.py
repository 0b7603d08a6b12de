"""Words for what was done with usage: rounded, converted, included, and priced by its model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from invoicing.documents.document_words import DocumentWords, rounded_how
from invoicing.rating.calculation import Numbers
from invoicing.rating.sentence_usage import percent_text
from values.exact import plain

Told: TypeAlias = tuple[str, str, tuple[str, ...]]
"""A title, a sentence or two, and details."""


def rounded_quantity(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell how the sum of the events is rounded."""
    before, after = words.number(step, "from", unit), words.number(step, "to", unit)
    places = step.number("places")
    to = f" to {words.quantity(places, 'decimal place')}" if places else " to whole ones"
    how = rounded_how(step.text("mode"))
    return "Rounding the quantity", f"{before} become {after}: rounded {how},{to}.", ()


def converted(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell how the counted unit becomes the unit of the price."""
    before = words.number(step, "from", step.text("unit"))
    after = words.number(step, "to", step.text("label") or unit)
    rounded = " A part of one counts whole." if step.text("round") == "up" else ""
    divide = words.number(step, "divide_by")
    return "The unit", f"{before} ÷ {divide} = {after}.{rounded}", ()


def included(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell what is at no charge, and what is left."""
    whole, used = words.number(step, "from", unit), words.number(step, "used")
    is_all = step.text("from") == step.text("used")
    of = f"{whole} are" if is_all else f"Of {whole}, {used} are"
    sentences = [f"{of} included at no charge."]
    if step.number("to"):
        sentences.append(f"{words.number(step, 'to')} are charged.")
    if step.get("left") is not None:
        sentences.append(f"{words.number(step, 'left')} are left.")
    pool = step.text("pool")
    shared = (f"What is included is shared: {pool}.",) if pool else ()
    return "Included", " ".join(sentences), shared


def tier(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell which units cost which price."""
    rate = step.get("rate")
    model = step.text("model")
    if model.endswith("percentage"):
        units = tier_value(step, words)
        cost = "" if rate is None else f" at {percent_text(rate)}"
    else:
        units = tier_units(step, words)
        cost = f" at {words.price(step, 'rate')}" if rate is not None else ""
    name = f"Tier {step.text('number')}".strip()
    if model == "volume":
        return name, f"All units cost the price of the tier that they end in: {units}{cost}.", ()
    count = words.number(step, "quantity", unit)
    falls = f" {count} of this line." if step.get("quantity") is not None else ""
    return name, f"{units[:1].upper()}{units[1:]}{cost}.{falls}", ()


def tier_units(step: Numbers, words: DocumentWords) -> str:
    """Return the units of a tier: ``units 501 to 1,000``, ``units from 1,001 on``."""
    above, up_to = step.number("above"), step.get("up_to")
    whole = above == above.to_integral_value()
    if up_to is None:
        first = f"from {words.quantity(above + 1, None)} on" if whole else _above(step, words)
        return f"units {first}"
    if whole and up_to == up_to.to_integral_value():
        return f"units {words.quantity(above + 1, None)} to {words.quantity(up_to, None)}"
    return f"units {_above(step, words)} up to {words.quantity(up_to, None)}"


def tier_value(step: Numbers, words: DocumentWords) -> str:
    """Return the value of a tier of percentages: ``a value above $100.00 up to $500.00``."""
    above = f" above {words.price(step, 'above')}" if step.number("above") else ""
    up_to = f" up to {words.price(step, 'up_to')}" if step.get("up_to") is not None else ""
    return f"a value{above}{up_to}" if above or up_to else "any value"


def _above(step: Numbers, words: DocumentWords) -> str:
    return f"above {words.number(step, 'above')}"


def flat_fee(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell when the fee of a tier is due."""
    amount, number = words.price(step, "amount"), step.text("number")
    named = f"Tier {number} has" if number else "There is"
    return "Flat fee", f"{named} a fee of {amount}, due once as soon as the tier is reached.", ()


def packages(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell how many packages the units fill."""
    free = step.number("free_units")
    less = f" less {words.quantity(free, None)} free" if free else ""
    count = words.number(step, "packages", "package")
    size = words.number(step, "size")
    rule = "only full ones count" if step.text("round") == "down" else "one begun counts whole"
    quantity = words.number(step, "quantity", unit)
    return "Packages", f"{quantity}{less} make {count} of {size}; {rule}.", ()


def percentage(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell the share of the value, the fee of each event, and which limits were met."""
    events = words.number(step, "events", "event")
    value = words.money(step.number("value"))
    fee = step.number("fixed_fee")
    each = f" and {words.price(step, 'fixed_fee')}" if fee else ""
    share = percent_text(step.number("percent"))
    text = f"{events} worth {value}: {share}{each} of each."
    return "Percentage", text, tuple(_clamped(step, words))


def _clamped(step: Numbers, words: DocumentWords) -> Iterator[str]:
    if step.number("free_events"):
        yield f"Free: {words.number(step, 'free_events', 'event')}."
    if step.number("free_amount"):
        yield f"Free: a value of {words.price(step, 'free_amount')}."
    if step.number("at_minimum"):
        yield f"Raised to the least amount: {words.number(step, 'at_minimum', 'event')}."
    if step.number("at_maximum"):
        yield f"Lowered to the most amount: {words.number(step, 'at_maximum', 'event')}."


def markup(step: Numbers, words: DocumentWords, unit: str) -> Told:
    """Tell what is put on the cost."""
    parts = []
    if step.number("percent"):
        parts.append(f"{plain(step.number('percent'))}% of it")
    if step.number("fixed"):
        fee = words.price(step, "fixed")
        parts.append(f"{fee} for each of {words.number(step, 'events', 'event')}")
    added = f" {' and '.join(parts)} is added." if parts else " Nothing is added."
    return "Cost", f"The usage itself cost {words.money(step.number('cost'))}.{added}", ()
