"""The keys that credits of customers and grants of plans share."""

from invoicing.credits.grants import GrantKind
from invoicing.rating.price_format.keys import SECTIONS
from plan_file.format.context import Context
from values.fields import Place, Section, did_you_mean

DEFAULT_PRIORITY = 50
HIGHEST_PRIORITY = 1_000_000


def read_grant_kind(section: Section) -> GrantKind:
    """Return the kind, which every grant states."""
    place = section.need("kind")
    return place.choice(GrantKind) if place else GrantKind.PREPAID


def read_priority(section: Section) -> int:
    """Return the priority, lower first."""
    return section.whole_or(
        "priority", DEFAULT_PRIORITY, least=-HIGHEST_PRIORITY, most=HIGHEST_PRIORITY
    )


def read_applies_to(section: Section, context: Context) -> tuple[str, ...]:
    """Return the sections and codes of prices that the grant pays."""
    return tuple(_section_or_price(item, context) for item in section.items("applies_to"))


def _section_or_price(place: Place, context: Context) -> str:
    word = place.text()
    known = (*SECTIONS, *context.codes["prices"])
    if word and word not in known:
        place.problem(f"unknown section or price '{word}'{did_you_mean(word, known)}")
    return word
