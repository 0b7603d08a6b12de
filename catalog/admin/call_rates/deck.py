"""An uploaded deck: the rows of a CSV, after those of the draft that no CSV can hold."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from accounts.admin.file_formats import UnreadableFile
from catalog.models import CallRate as CallRateRow
from catalog.models import PriceVersion
from invoicing.rating.price_format.rates_file import RatesFile, read_rates_file
from invoicing.rating.terms.call_rate import CallRate
from values.fields import Place
from values.problems import InvalidTerms, Problem, refuse

_NAME = "deck.csv"
_STAYS = "a rate that stands in no file and stays"


@dataclass(frozen=True, slots=True)
class Deck:
    """All rates that an import leaves: the `kept` ones of the draft, then those of the file."""

    file: RatesFile
    kept: Sequence[CallRate]

    def rates(self) -> Sequence[CallRate]:
        """Return the rates in their order."""
        return [*self.kept, *(row for _, row in self.file.rows)]

    @contextmanager
    def told_by_lines(self) -> Iterator[None]:
        """
        Let what the block finds wrong with these rates be named by the lines of the file.

        :raises InvalidTerms: what the block raises, so named.
        """
        try:
            yield
        except InvalidTerms as error:
            raise InvalidTerms(map(self._told, error.problems)) from error

    def _told(self, problem: Problem) -> Problem:
        told = self.file.told(problem, after=len(self.kept), other=lambda at: _STAYS)
        match told.path:
            case ("rates", int(), *keys):
                return Problem((_STAYS, *keys), told.message)
        return told


def read_deck(data: bytes, *, version: PriceVersion) -> Deck:
    """
    Return what a file makes of a draft's rates.

    :raises UnreadableFile: it is no text.
    :raises InvalidTerms: it has too many rows, or rows that are none; named by their lines.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("This is no CSV in UTF-8; save it as 'CSV UTF-8'.") from error
    if "\x00" in text:
        raise UnreadableFile("The file holds a character that cannot be stored.")
    problems: list[Problem] = []
    file = read_rates_file(Place(_NAME, ("file",), problems), lambda name: text)
    refuse(problems)
    assert file is not None, "what has no problems was read"
    unusual = version.call_rates.exclude(steps=[], match={}).order_by("position", "id")
    kept = [row for row in map(CallRateRow.terms, unusual) if not fits_a_file(row)]
    return Deck(file, kept)


def fits_a_file(row: CallRate) -> bool:
    """Return whether a row has no steps, and asks its properties for one text each."""
    return not row.steps and all(isinstance(value, str) for value in row.match.values())
