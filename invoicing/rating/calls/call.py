"""A call as its event tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING

import msgspec

from invoicing.rating.calls.jurisdiction import rate_jurisdiction
from invoicing.rating.calls.numbers import number_digits
from invoicing.rating.lines import QuarantineReason
from invoicing.rating.terms.call_rate import MOST_SECONDS
from usage.metering.call_time import is_answered
from usage.metering.dimension import dimension_text
from usage.metering.measurement_errors import BadValue
from usage.metering.quantity import MeteredEvent
from values.exact import EXACT, NotExact, exact_decimal
from values.instants import BadInstant, parse_time, usual_instant

INBOUND = "inbound"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86400


class NotBillable(Exception):
    """Nobody answered, or the status says that the call came to nothing."""


class UnusableCall(ValueError):
    """The event lacks what a call needs, or says what cannot be."""

    def __init__(self, reason: QuarantineReason, name: str) -> None:
        super().__init__(f"{reason}: {name}")
        self.reason = reason
        self.name = name


class Call(msgspec.Struct, gc=False):
    """
    An answered call; a struct and no dataclass, because a period has millions of them.

    `begins` is the second since 1970 in which its billed time begins, `raw_seconds` its length
    in whole seconds, rounded up, at least 1. `far_end` are the digits of the other side's
    number, empty where there is none.
    """

    key: str
    answered_at: datetime
    begins: int
    raw_seconds: int
    direction: str | None
    number_type: str | None
    far_end: str
    properties: Mapping[str, object]
    _jurisdiction: str | None = None

    def text(self, name: str) -> str | None:
        """
        Return a property as it is compared, None where it is absent.

        :raises UnusableCall: it is no single value.
        """
        return _text(self.properties, name)

    @property
    def rate_jurisdiction(self) -> str:
        """What the event says, else what both numbers say."""
        if self._jurisdiction is None:
            numbers = (_digits(self.properties, name) for name in ("from_number", "to_number"))
            self._jurisdiction = self.text("rate_jurisdiction") or rate_jurisdiction(*numbers)
        return self._jurisdiction


def read_call(event: MeteredEvent, *, from_setup: bool) -> Call:
    """
    Return the call; its billed time begins with the answer, or where `from_setup` with the setup.

    `end_at` ends it, or without it `duration_seconds` after the answer. A call that ends before
    it begins, or lasts longer than 366 days, is a mistake of the sender.

    :raises NotBillable: nobody answered.
    :raises UnusableCall:
    """
    properties = event.properties
    if not is_answered(properties):
        raise NotBillable
    answered_at = _instant(properties, "answer_at")
    begins_at = answered_at
    if from_setup:
        begins_at = _instant(properties, "setup_at")
        if begins_at > answered_at:
            raise UnusableCall(QuarantineReason.BAD_VALUE, "setup_at")
    lasted = _ends_at(properties, answered_at) - begins_at
    raw_seconds = lasted.days * _DAY + lasted.seconds + (lasted.microseconds > 0)
    if lasted.days < 0 or raw_seconds > MOST_SECONDS:
        raise UnusableCall(QuarantineReason.BAD_VALUE, _said_by(properties))
    since = begins_at - _EPOCH
    direction = properties.get("direction")
    if type(direction) is not str:
        direction = _text(properties, "direction")
    number_type = properties.get("number_type")
    if type(number_type) is not str:
        number_type = _text(properties, "number_type")
    return Call(
        event.key,
        answered_at,
        since.days * _DAY + since.seconds,
        raw_seconds or 1,
        direction,
        number_type,
        _digits(properties, "from_number" if direction == INBOUND else "to_number"),
        properties,
    )


def _ends_at(properties: Mapping[str, object], answered_at: datetime) -> datetime:
    if properties.get("end_at") is not None:
        return _instant(properties, "end_at")
    written = properties.get("duration_seconds")
    if written is None:
        raise UnusableCall(QuarantineReason.MISSING_PROPERTY, "end_at")
    try:
        seconds = exact_decimal(written)
    except NotExact as error:
        raise UnusableCall(QuarantineReason.BAD_VALUE, "duration_seconds") from error
    if not 0 <= seconds <= MOST_SECONDS:
        raise UnusableCall(QuarantineReason.BAD_VALUE, "duration_seconds")
    millionths = EXACT.scaleb(seconds, 6).to_integral_value(ROUND_CEILING)
    return answered_at + timedelta(microseconds=int(millionths))


def _said_by(properties: Mapping[str, object]) -> str:
    return "duration_seconds" if properties.get("end_at") is None else "end_at"


def _instant(properties: Mapping[str, object], name: str) -> datetime:
    written = properties.get(name)
    if type(written) is str and (usual := usual_instant(written)) is not None:
        return usual
    if written is None:
        raise UnusableCall(QuarantineReason.MISSING_PROPERTY, name)
    try:
        return parse_time(written)
    except BadInstant as error:
        raise UnusableCall(QuarantineReason.BAD_VALUE, name) from error


def _text(properties: Mapping[str, object], name: str) -> str | None:
    value = properties.get(name)
    if type(value) is str:
        return value
    try:
        return dimension_text(name, value)
    except BadValue as error:
        raise UnusableCall(QuarantineReason.BAD_VALUE, name) from error


def _digits(properties: Mapping[str, object], name: str) -> str:
    text = properties.get(name)
    if type(text) is not str:
        text = _text(properties, name)
    return "" if text is None else number_digits(text)
