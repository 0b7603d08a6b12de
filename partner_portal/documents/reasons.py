"""Why an event waits in quarantine, in words, and what its sender can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from usage.models import QuarantineReason


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason by its code; `what_to_do` is for whoever sent the event."""

    code: str
    title: str
    what_to_do: str


# Whatever waits is billed once its cause is gone: what is sent anew must not wait as well.
_DISCARD = (
    "discard it (its page has the button, the API POST /events/{id}/void), or it is billed "
    "beside the right one as soon as it can be; then send the event again with"
)
_CUSTOMER = (
    "Compare it with the ids under Customers: ours, your external id, or a number that the "
    f"customer held at the event's time. Mistyped: {_DISCARD} the right id and a new "
    "idempotency key. A customer or number that is new: ask for it to be added, then replay."
)
_EVENT_NAME = (
    "Names are compared letter by letter, capitals count. "
    f"Mistyped: {_DISCARD} the right name and a new idempotency key. "
    "A name that is new: ask for a meter, then replay."
)
_ACTION = (
    f"Mistyped: {_DISCARD} the right action and a new idempotency key. An action that is "
    "new: ask for its credits to be set, then replay."
)
_VALUE = (
    "Its customer and its meter are known by now, and the meter cannot read it: "
    f"{_DISCARD} the right value and a new idempotency key."
)
_WORDS: Mapping[str, tuple[str, str]] = {
    QuarantineReason.UNKNOWN_CUSTOMER: ("Nobody has this customer id", _CUSTOMER),
    QuarantineReason.UNKNOWN_EVENT_NAME: ("No meter counts this event name", _EVENT_NAME),
    QuarantineReason.UNKNOWN_ACTION: ("Nobody said how many credits this action costs", _ACTION),
    QuarantineReason.BAD_VALUE: ("Its meter cannot read a value", _VALUE),
}


def reason_of(code: str) -> Reason:
    """Return the words of a reason; one that is new here has the name that the model gives it."""
    known = _WORDS.get(code)
    if known is not None:
        return Reason(code, *known)
    named = dict(QuarantineReason.choices).get(code, code.replace("_", " "))
    title = f"{named[:1].upper()}{named[1:]}"
    return Reason(code, title, "Fix the cause, or ask for it to be fixed; then replay.")
