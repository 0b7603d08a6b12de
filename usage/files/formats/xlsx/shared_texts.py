"""The texts that cells of a workbook name by number."""

from array import array
from collections.abc import Iterator


class SharedTexts:
    """
    Texts by their number, read only as far as they are asked for.

    They are kept as bytes, one behind the other: a million short texts in Python's own objects
    take twice their length, and four times where one letter of each is a rare one.
    """

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._bytes = bytearray()
        self._ends = array("q", [0])

    def text(self, place: int) -> str:
        """
        Return the text at a place, from 0.

        :raises IndexError: there are not so many.
        """
        if place < 0:
            raise IndexError(place)
        while place + 1 >= len(self._ends):
            following = next(self._texts, None)
            if following is None:
                raise IndexError(place)
            self._bytes += following.encode()
            self._ends.append(len(self._bytes))
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode()
