"""What the sections of a document share: its defaults and the codes that it declares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from invoicing.rating.price_format.reading import ReadFile
from values.fields import Place, did_you_mean


@dataclass(frozen=True)
class Context:
    """
    The defaults of a document, and per section every code that it writes.

    ``codes`` holds also those of what could not be built: a reference to such an
    item is no second mistake. ``read_file`` reads what lies beside the document, None
    where nothing does.
    """

    currency: str
    timezone: str
    codes: Mapping[str, tuple[str, ...]]
    read_file: ReadFile | None = None

    def known(self, place: Place | None, section: str) -> str:
        """Return the code at the place, and name it as a problem where nothing has it."""
        if place is None:
            return ""
        code = place.text()
        codes = self.codes[section]
        if code and code not in codes:
            noun = section.replace("_", " ").removesuffix("s")
            place.problem(f"unknown {noun} '{code}'{did_you_mean(code, codes)}")
        return code


def written_codes(document: object, section: str, key: str = "code") -> tuple[str, ...]:
    """Return the codes that a section of the raw document writes, in order."""
    items = document.get(section) if isinstance(document, dict) else None
    if not isinstance(items, list):
        return ()
    codes = (item.get(key) for item in items if isinstance(item, dict))
    return tuple(str(code) for code in codes if isinstance(code, (str, int)))


def refuse_equal(places: Iterable[Place], key: str = "code") -> None:
    """Name every item whose code an earlier item of the list already has."""
    first: dict[str, Place] = {}
    for place in places:
        code = place.value.get(key) if isinstance(place.value, dict) else None
        if not isinstance(code, (str, int)):
            continue
        earlier = first.setdefault(str(code), place)
        if earlier is not place:
            place.below(key, code).problem(f"'{code}' is already taken by {earlier.path_text()}")
