"""
The first sheet of an XLSX workbook, read row by row.

Numbers are taken from their text: a library that reads them as floating point has lost what was
typed before anybody could look at it.
"""
