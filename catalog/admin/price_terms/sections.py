"""Which boxes a price has: by its kind and model, in the parts of the form."""

from collections.abc import Sequence

from catalog.admin.price_terms.boxes import Box, FlagBox, RowsBox, TextsBox, number, word
from catalog.admin.price_terms.call_boxes import CALL_PARTS
from catalog.admin.price_terms.columns import Column
from catalog.admin.price_terms.part import Part

_UP_TO = Column(("up_to",), "Up to", is_number=True, width=10, hint="no end")
_FLAT = Column(("flat_fee",), "Flat fee", is_number=True)


def _tiers(title: str, rate: Column, help_text: str) -> Part:
    return Part(
        title,
        (
            RowsBox(
                ("tiers",),
                "Tiers",
                "The last one has no end: leave its first box empty. A row that is left empty "
                "goes away.",
                columns=(_UP_TO, rate, _FLAT),
                item="tier",
            ),
            FlagBox(
                ("flat_fee_at_zero",),
                "Flat fee of the first tier also when nothing was used",
            ),
        ),
        help_text=help_text,
    )


_UNIT_PRICE = Column(("unit_price",), "Price per unit", is_number=True)
_PERCENT = Column(("percent",), "Percent", is_number=True)

MODEL_PARTS = {
    "per_unit": Part(
        "Price per unit",
        columns=("unit_price", "rate_card", "fallback_rate"),
        help_text="Either one price for every unit, or a rate card and what usage costs that none "
        "of its entries matches.",
    ),
    "graduated": _tiers(
        "Graduated tiers", _UNIT_PRICE, "Each unit costs the price of the tier that it falls in."
    ),
    "volume": _tiers(
        "Volume tiers",
        _UNIT_PRICE,
        "All units cost the price of the tier that the whole quantity falls in.",
    ),
    "graduated_percentage": _tiers(
        "Graduated percentage",
        _PERCENT,
        "Each part of the value costs the percentage of the tier that it falls in.",
    ),
    "package": Part(
        "Packages",
        (
            number("Units in a package", "package_size"),
            number("Price of a package", "package_price"),
            number("Free units", "free_units", help_text="Packages begin beyond them."),
            word(
                "A package that is not full",
                "round",
                words=(("up", "is charged"), ("down", "is free")),
            ),
        ),
    ),
    "percentage": Part(
        "Percentage of each event's value",
        (
            number("Percent", "percent", help_text="80 is 80 %."),
            number("Fixed fee per event", "fixed_fee"),
            number("At least, per event", "minimum_per_event"),
            number("At most, per event", "maximum_per_event"),
            number("Free events", "free_events", help_text="In each period."),
            number(
                "Free value",
                "free_amount",
                help_text="In each period; what is free ends at whichever is used up first.",
            ),
        ),
    ),
    "passthrough": Part(
        "Cost plus markup",
        (
            Box(("amount_property",), "Property with the cost", "Of each event, in its currency."),
            number("Markup in percent", "markup_percent"),
            number("Markup per event", "markup_fixed"),
        ),
    ),
}
SEAT_MODELS = ("per_unit", "graduated", "volume")
_SEAT_UNIT = Part("Price per seat", columns=("unit_price",))

_TIMING = word(
    "Charged",
    "timing",
    words=(("advance", "in advance, on a period's first day"), ("arrears", "after its end")),
)
_PRORATE = word(
    "A part of a period", "prorate", words=(("day", "costs its days"), ("none", "costs the whole"))
)

RECURRING = Part("Recurring fee", (number("Amount per period", "amount"), _TIMING, _PRORATE))
ONE_TIME = Part(
    "One-time fee", (number("Amount", "amount", help_text="Due on a contract's first day."),)
)
SEATS = Part("When seats are charged", (_TIMING, _PRORATE))
PERFORMANCE = Part(
    "Bonus or malus",
    (
        Box(("measure", "divide"), "Measure", "The code of a meter: its quantity of the period."),
        Box(("measure", "by"), "Divided by", "The code of another meter, for a ratio; or empty."),
        TextsBox(
            ("of",), "Percent of these prices", "Their codes, separated by commas: what they bill."
        ),
        RowsBox(
            ("bands",),
            "Bands",
            "By what the measure comes to: percent of those prices, and an amount; a malus is "
            "negative. A last band without an end may be left out.",
            columns=(_UP_TO, _PERCENT, Column(("amount",), "Amount", is_number=True)),
            item="band",
        ),
    ),
)

USAGE_PARTS = (
    Part(
        "Included at no charge",
        (
            number("Quantity", "included", "quantity"),
            Box(
                ("included", "per"),
                "For each",
                "A quantity of the contract that multiplies it, such as a seat price's code.",
            ),
            word(
                "Given anew",
                "included",
                "period",
                words=(("billing", "each billing period"), ("year", "each year")),
            ),
            Box(("included", "pool"), "Pool", "Prices that name the same pool share it."),
            word(
                "Shared by",
                "included",
                "scope",
                words=(
                    ("contract", "the prices of one contract"),
                    ("group", "all contracts of a group"),
                ),
            ),
            number(
                "What is left lasts",
                "included",
                "rollover",
                "periods",
                help_text="So many periods more; empty: it ends with its own.",
            ),
            number("Carried at most", "included", "rollover", "maximum"),
        ),
        folded=True,
    ),
    Part(
        "Limits of a period",
        (number("At least", "minimum_amount"), number("At most", "maximum_amount")),
        help_text="What the price comes to in a full period; the difference is a line of its own.",
        folded=True,
    ),
    Part(
        "Outcomes: charged once nobody took them back",
        (
            Box(("outcome", "success_event"), "Event of a success"),
            TextsBox(
                ("outcome", "reversal_event"),
                "Events that take it back",
                "Names, separated by commas.",
            ),
            Box(("outcome", "correlation_property"), "Property that tells which one"),
            number("Counts after", "outcome", "window_hours", help_text="Hours."),
        ),
        folded=True,
    ),
)


def parts_of(kind: str, model: str) -> Sequence[Part]:
    """Return the parts of the form of a kind; of a model where the kind has some."""
    if kind == "usage":
        return (MODEL_PARTS.get(model, MODEL_PARTS["per_unit"]), *USAGE_PARTS)
    if kind == "seat":
        is_tiered = model in SEAT_MODELS and model != "per_unit"
        return (MODEL_PARTS[model] if is_tiered else _SEAT_UNIT, SEATS)
    fixed = {"recurring": RECURRING, "one_time": ONE_TIME, "performance": PERFORMANCE}
    if kind == "call":
        return CALL_PARTS
    return (fixed[kind],) if kind in fixed else ()
