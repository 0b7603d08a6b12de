"""The boxes of prices of calls; their rates stand in a table of their own."""

from catalog.admin.price_terms.boxes import Box, RowsBox, TextsBox, number, word
from catalog.admin.price_terms.columns import Column, TextsColumn, TicksColumn, WordColumn
from catalog.admin.price_terms.part import Part
from invoicing.rating.price_format.call_bands import DAYS
from invoicing.rating.terms.call_rate import RATE_JURISDICTIONS

_CALLS = (
    number("Decimals", "decimals", help_text="To which each call is rounded, once; empty: 4."),
    word(
        "Rounding of a call",
        "call_rounding",
        words=(
            ("half_up", "half up"),
            ("half_even", "half to even"),
            ("up", "up"),
            ("down", "down"),
        ),
    ),
    word(
        "A call's length counts from",
        "duration_basis",
        words=(("answer", "its answer"), ("setup", "its setup")),
    ),
    number(
        "Shortest call that is billed",
        "min_billable_seconds",
        help_text="Seconds; shorter ones are free.",
    ),
    word(
        "Band of an increment",
        "band_policy",
        words=(
            ("increment_start", "that of the increment's own start"),
            ("call_start", "that of the call's start"),
        ),
    ),
    Box(("default_band",), "Band of all other hours"),
    TextsBox(
        ("lines_by",),
        "Lines by",
        "What splits the invoice's lines, separated by commas: direction, number_type, prefix, "
        "rate_jurisdiction or any property.",
    ),
)
_BANDS = (
    RowsBox(
        ("bands",),
        "Bands",
        "Hours of the customer's day with rates of their own. No day ticked: every day; the same "
        "time twice: all day. The higher priority wins.",
        columns=(
            Column(("name",), "Name", width=10),
            TicksColumn(("days",), "Days", words=tuple((day, day.capitalize()) for day in DAYS)),
            TextsColumn(("dates",), "Dates", width=12, hint="2026-12-25"),
            Column(("from",), "From", width=5, hint="00:00"),
            Column(("to",), "To", width=5, hint="24:00"),
            Column(("priority",), "Priority", is_number=True, width=4, hint="0"),
        ),
        item="band",
    ),
)
_BUNDLES = (
    RowsBox(
        ("bundles",),
        "Bundles",
        "Free seconds for calls of these directions, types, prefixes and lines, separated by "
        "commas; empty: all. With a first day or an end it is granted once, else each period.",
        columns=(
            Column(("code",), "Code", width=10),
            Column(("seconds",), "Seconds", is_number=True, width=7),
            TextsColumn(("directions",), "Directions", width=8),
            TextsColumn(("number_types",), "Number types", width=8),
            TextsColumn(("prefixes",), "Prefixes", width=8),
            TextsColumn(("lines",), "Lines", width=8),
            Column(("priority",), "Priority", is_number=True, width=3, hint="0"),
            Column(("rollover", "periods"), "Lasts periods more", is_number=True, width=3),
            Column(("rollover", "maximum"), "Carried at most", is_number=True, width=6),
            Column(("effective_from",), "First day", width=10, hint="2026-01-01"),
            Column(("effective_to",), "Ends on", width=10, hint="2027-01-01"),
        ),
        item="bundle",
    ),
)

RATE_COLUMNS = (
    Column(("prefix",), "Prefix", width=8, hint="any"),
    Column(("direction",), "Direction", width=8, hint="any"),
    Column(("number_type",), "Number type", width=8, hint="any"),
    Column(("band",), "Band", width=7, hint="any"),
    WordColumn(
        ("rate_jurisdiction",),
        "Jurisdiction",
        words=tuple((each, each) for each in RATE_JURISDICTIONS),
    ),
    Column(("rate_per_minute",), "Per minute", is_number=True, width=7),
    Column(("initial_seconds",), "First seconds", is_number=True, width=4, hint="60"),
    Column(("increment_seconds",), "Then by", is_number=True, width=4, hint="60"),
    Column(("connect_fee",), "Connect fee", is_number=True, width=6),
    Column(("minimum_charge",), "At least", is_number=True, width=6),
    Column(("maximum_charge",), "At most", is_number=True, width=6),
    Column(("tax_code",), "Tax code", width=8),
)
"""What a row of a deck asks and charges, but for its steps and its match."""

CALL_PARTS = (
    Part("Calls", _CALLS),
    Part("Bands of the day", _BANDS),
    Part("Bundles of free seconds", _BUNDLES),
)
