"""What a contract may agree otherwise of a price: the same boxes, none of them filled in."""

from collections.abc import Sequence

from django import forms

from catalog.admin.price_terms.boxes import Box, RowsBox, word
from catalog.admin.price_terms.call_boxes import RATE_COLUMNS
from catalog.admin.price_terms.part import Part
from catalog.admin.price_terms.sections import parts_of
from catalog.models.price import Section

REMOVABLE = {
    "included": "what is included at no charge",
    "minimum_amount": "the least amount of a period",
    "maximum_amount": "the most amount of a period",
    "outcome": "the outcome rule: all usage counts",
}

_OWN_RATES = Part(
    "Own rates of calls",
    (
        RowsBox(
            ("rates",),
            "Rates",
            "They replace the deck's rates for the same calls, and stand beside the others.",
            columns=RATE_COLUMNS,
            item="rate",
        ),
    ),
)
HEADING = Part(
    "How it stands on invoices",
    (
        Box(("name",), "Name on invoices"),
        word("Section", "section", words=Section.choices),
        Box(("tax_code",), "Tax code"),
    ),
    folded=True,
)


def override_parts(kind: str, model: str) -> Sequence[Part]:
    """Return the parts of the form of an override of a price of this kind and model."""
    own = (_OWN_RATES,) if kind == "call" else ()
    return (*parts_of(kind, model), *own, HEADING) if kind else ()


def removal_field(kind: str) -> forms.MultipleChoiceField | None:
    """Return the boxes that take a key away, None where a kind has no such keys."""
    if kind != "usage":
        return None
    return forms.MultipleChoiceField(
        label="Does not hold",
        required=False,
        choices=list(REMOVABLE.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="What the price says and this contract is free of.",
    )
