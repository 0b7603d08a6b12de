"""Parts of mappings as people type and read them."""

from collections.abc import Mapping

from usage.files.mapping import Origin, PropertyRule

SEPARATOR = ";"


def values_text(values: Mapping[str, str]) -> str:
    """Return ``outbound-api = outbound; trunk = inbound``."""
    return f"{SEPARATOR} ".join(f"{word} = {meant}" for word, meant in values.items())


def read_values(text: str) -> dict[str, str]:
    """
    Return what each value means.

    :raises ValueError: a part without an equals sign, or a value twice.
    """
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(SEPARATOR))):
        word, equals, meant = part.partition("=")
        word = word.strip()
        if not equals or not word:
            raise ValueError(f"write 'value = meaning', several parted by semicolons; not '{part}'")
        if word in found:
            raise ValueError(f"'{word}' stands twice")
        found[word] = meant.strip()
    return found


def origin_words(origin: Origin) -> str:
    """Return where a value comes from, in words."""
    if origin.constant:
        return f"always '{origin.constant}'"
    columns = ", else ".join(origin.columns)
    if not origin.by:
        return columns
    cases: dict[str, list[str]] = {}
    for word, column in origin.cases.items():
        cases.setdefault(column, []).append(word)
    chosen = "; ".join(f"{column} where {', '.join(words)}" for column, words in cases.items())
    return f"by {origin.by}: {chosen}{f'; else {columns}' if columns else ''}"


def property_words(rule: PropertyRule) -> str:
    """Return where a property comes from, in words."""
    words = origin_words(rule.origin)
    if rule.since:
        words = f"from {rule.since} to {words}"
    return f"{words}, or 0 by {rule.zero_where.column}" if rule.zero_where else words


def is_plain(origin: Origin) -> bool:
    """Return whether the origin is one column, or a constant."""
    return bool(origin.constant) or (len(origin.columns) == 1 and not origin.by)
