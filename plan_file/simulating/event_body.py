"""
The properties of an event, packed small.

Packing forgets what no meter can tell apart: 2 and "2", true and "true". Two events with equal
packed properties therefore say the same, from whichever kind of file they come.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")

unpacked = msgspec.msgpack.Decoder(dict[str, object]).decode
"""Return the properties again: the decoder itself, as there are millions of them."""


def packed(properties: Mapping[str, object]) -> bytes:
    """Return the properties as bytes, whatever their order; numbers and flags as their text."""
    for value in properties.values():
        if type(value) is not str and value is not None:
            return _ENCODER.encode({name: _text(value) for name, value in properties.items()})
    return _ENCODER.encode(properties)


def _text(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _text(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_text(item) for item in value]
    return value
