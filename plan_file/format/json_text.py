"""JSON text to a tree."""

import json

from plan_file.format.core_schema import LONGEST_NUMBER
from plan_file.format.tree import TOO_DEEP, Pairs, Refused, Unreadable, WrittenFloat


def read_json(text: str) -> object:
    """
    Return the tree of the text.

    :raises Unreadable: where the text is no JSON or is nested too deeply.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"is not JSON: {error.msg}", place=place) from error
    except RecursionError as error:
        raise Unreadable(TOO_DEEP) from error


def _pairs(items: list[tuple[str, object]]) -> Pairs:
    return Pairs(tuple(items))


def _whole(text: str) -> int | Refused:
    return int(text) if len(text) <= LONGEST_NUMBER else _too_long()


def _float(text: str) -> WrittenFloat | Refused:
    return WrittenFloat(text) if len(text) <= LONGEST_NUMBER else _too_long()


def _too_long() -> Refused:
    return Refused(f"is a number of more than {LONGEST_NUMBER} characters")


def _constant(text: str) -> Refused:
    return Refused(f"{text} is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_int=_whole,
    parse_float=_float,
    parse_constant=_constant,
)
