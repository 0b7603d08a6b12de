"""Why an event says nothing to a meter."""

from __future__ import annotations

from typing import ClassVar


class MeasurementError(ValueError):
    """The event has no usable value; `pointer` is the JSON pointer of the property at fault."""

    code: ClassVar[str]

    def __init__(self, *, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.pointer = "/properties/" + name.replace("~", "~0").replace("/", "~1")


class MissingProperty(MeasurementError):
    """The property that the meter adds up is not there."""

    code = "missing_property"


class BadValue(MeasurementError):
    """The property is there and is nothing that the meter can read."""

    code = "bad_value"


class NegativeQuantity(MeasurementError):
    """The value is below zero and the meter allows no corrections."""

    code = "negative_quantity"


class UnknownAction(MeasurementError):
    """The action takes no known number of credits at that time."""

    code = "unknown_action"
