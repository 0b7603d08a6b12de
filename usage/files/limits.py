"""How much of a file is held in memory or believed: what is larger is refused with its place."""

LONGEST_LINE_BYTES = 4 * 1024 * 1024
"""Of a line, of a CSV record with its line breaks, and of one object of a JSON array."""

MOST_VALUES_OF_A_ROW = 200_000
"""
Of JSON, counted by commas and brackets, and cells of a CSV, counted by delimiters.

Two bytes can become an object of a hundred, and nobody needs so many of them.
"""

MOST_EVENT_LETTERS = 4 * 1024 * 1024
"""Of the properties that a mapping makes of a row: it may name one column two hundred times."""

MOST_COLUMNS = 1_000
LONGEST_HEADING = 200
MOST_LINES_OF_A_RECORD = 1_000

# Call records shrink to a tenth or a twentieth; what shrinks more is made to fill a disk.
UNPACKED_PER_PACKED = 100
LEAST_UNPACKED_BYTES = 1024**3
MOST_UNPACKED_BYTES = 32 * 1024**3

MOST_MEMBERS_OF_A_WORKBOOK = 100
MOST_OF_A_STORED_WORKBOOK_BYTES = 64 * 1024 * 1024
"""Of a workbook in a gzip file: beyond twice the file, where its parts are not packed."""

EFFORT_OF_A_LOOK = 12 * 1024 * 1024
"""
How much is read to see what a file is and show its first rows, in bytes and what they come to.

Somebody waits for it, and may ask again: see `watched`. The longest row is within it.
"""

# A workbook keeps its texts in one part that must be held in memory.
MOST_WORKBOOK_PARTS = 2_000
MOST_SHARED_TEXT_BYTES = 96 * 1024 * 1024
MOST_SHARED_TEXTS = 1_200_000
MOST_DIRECTORY_BYTES = MOST_WORKBOOK_PARTS * 512
"""Of the archive's list of its parts, which is read at once."""
LARGEST_ELEMENT_BYTES = 16 * 1024 * 1024
MOST_INNER_ELEMENTS = 300_000
"""Of a row, a shared text or the list of styles: each is held in memory as a whole."""
LONGEST_CELL = 32_767
"""Characters: no spreadsheet keeps more in one."""

MOST_REREAD_BYTES = 64 * 1024 * 1024
"""Of a CSV: lines that a quotation mark swallowed are read once more."""

SHOWN_OF_A_VALUE = 100
"""Characters of a wrong value that a message repeats."""
