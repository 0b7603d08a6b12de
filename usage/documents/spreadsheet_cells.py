"""Cells of files that people open in a spreadsheet."""

# What a spreadsheet takes for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(cell: str) -> str:
    """Return the cell; one that a spreadsheet would calculate gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
