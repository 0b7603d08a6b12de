"""
Ready mappings for call records, one file for each sender.

They name the columns by what the sender's API calls them; `fitted` finds these in a file, whose
headings may be written in another way, and leaves out what it does not have.
"""

from usage.files.ready.ready_mapping import ReadyMapping
from usage.files.ready.retell_calls import RETELL_CALLS
from usage.files.ready.twilio_calls import TWILIO_CALLS
from usage.files.ready.vapi_calls import VAPI_CALLS

READY: tuple[ReadyMapping, ...] = (TWILIO_CALLS, RETELL_CALLS, VAPI_CALLS)

__all__ = ["READY", "ReadyMapping"]
