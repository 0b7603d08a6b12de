"""Columns of text under each other."""

from collections.abc import Sequence


def table(
    columns: list[str],
    rows: list[list[str]],
    *,
    right: Sequence[int] = (),
    rule_after: int = 0,
) -> list[str]:
    """
    Return the heading, a rule and a line for each row; a column without a cell is left out.

    Columns in ``right`` end under each other; a second rule follows so many rows.
    """
    kept = [index for index, _ in enumerate(columns) if any(row[index] for row in rows)]
    widths = {index: max(len(row[index]) for row in [columns, *rows]) for index in kept}
    lines = [
        "  ".join(
            _one_line(row[index]).rjust(widths[index])
            if index in right
            else _one_line(row[index]).ljust(widths[index])
            for index in kept
        ).rstrip()
        for row in [columns, *rows]
    ]
    rule = "-" * max(len(line) for line in lines)
    lines.insert(1, rule)
    if rule_after:
        lines.insert(2 + rule_after, rule)
    return lines


def _one_line(text: str) -> str:
    """Keep control characters of a file out of the terminal; the width stays."""
    return "".join(character if character.isprintable() else "?" for character in text)
