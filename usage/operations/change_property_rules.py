"""What is kept of the properties of a source's events, from now on."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from django.db import transaction

from usage.intake.kept_properties import Keeping, PropertyRules, path_of
from usage.metering.needed import Needed, Part
from usage.models import Source

MOST_RULES = 200
LONGEST_PATH = 200
_DONE = {Keeping.MASK: "masked", Keeping.DROP: "dropped"}
_OTHER_PARTY = {"to_number": "from_number", "from_number": "to_number"}


class RulesRefused(ValueError):
    """The rules would take away what usage is counted or charged by; `reasons` name it."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(self.reasons))


@transaction.atomic
def change_property_rules(
    *,
    source: Source,
    by_path: Mapping[str, Keeping],
    others: Keeping,
    needed: Iterable[Needed],
) -> None:
    """
    Let the source keep, mask or drop these properties of whatever is stored from now on.

    What is stored already stays as it is. `needed` is what its meters and their prices read:
    none of it may be masked or dropped, for bills are computed from stored bodies again.

    :raises RulesRefused:
    """
    rules = PropertyRules(dict(by_path), others)
    reasons = [*_unusable(by_path), *refusals(rules=rules, needed=needed)]
    if reasons:
        raise RulesRefused(reasons)
    changed = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    changed.property_rules = {path: keeping.value for path, keeping in sorted(by_path.items())}
    changed.other_properties = others.value
    changed.save(update_fields=["property_rules", "other_properties"])
    source.property_rules, source.other_properties = changed.property_rules, others.value


def refusals(*, rules: PropertyRules, needed: Iterable[Needed]) -> list[str]:
    """Return why rules cannot hold, a sentence for each property that is needed as it came."""
    wanted: dict[str, Needed] = {}
    for need in needed:
        wanted.setdefault(need.name, need)
    return [
        _refusal(need, rules, wanted)
        for need in wanted.values()
        if rules.keeping_of(need.name) is not Keeping.KEEP
    ]


def _refusal(need: Needed, rules: PropertyRules, wanted: Mapping[str, Needed]) -> str:
    done = _DONE[rules.keeping_of(need.name)]
    words = f"{need.name} cannot be {done}: {need.why}."
    if path_of(need.name) not in rules.by_path:
        return f"{words} Name it as a property that is kept."
    other = _OTHER_PARTY.get(need.name)
    if need.part is Part.PREFIX and other is not None and other not in wanted:
        return f"{words} {other}, the other party's number, can be."
    return words


def _unusable(by_path: Mapping[str, Keeping]) -> Iterator[str]:
    if len(by_path) > MOST_RULES:
        yield f"There are more than {MOST_RULES} rules."
    for path in by_path:
        if not all(path.split("/")) or len(path) > LONGEST_PATH:
            yield f"{path[:LONGEST_PATH]!r} names no property."
        elif any(unicodedata.category(character) == "Cc" for character in path):
            yield f"{path!r} holds a control character."
