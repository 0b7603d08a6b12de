"""What a list without rows says: the next step."""

from typing import Any

_FILTERED = "Nothing matches. Take a filter away, or search for something else."
_WORDS = {
    "accounts.apikey": "No keys yet. Open a partner and make one there.",
    "accounts.customer": "No customers yet. Add one, import them, or apply a plan file.",
    "accounts.invitation": "Nobody was invited yet. Open a customer and invite its first person.",
    "accounts.membership": "Nobody signs in yet. Open a customer and invite its first person.",
    "accounts.message": "No e-mails yet. They are written when people are invited or told things.",
    "accounts.partner": "No partners yet. Add who sends usage, then make its API key.",
    "accounts.recordlook": "Nobody looked at call records yet.",
    "accounts.staffvisit": "Nobody looked at a customer's pages yet.",
    "accounts.subject": "No numbers, agents or locations yet. Add one, or let partners name "
    "customers by their ids.",
    "accounts.testclock": "No test clocks yet. Add one and give it to a sandbox customer.",
    "billing_portal.savedfilter": "No saved filters yet. Filter any list and press “Save this "
    "filter” above it.",
    "billing_portal.taskfailure": "Nothing failed. There is nothing to do here.",
    "catalog.plan": "No plans yet. Make prices first, then bundle them here.",
    "catalog.price": "No prices yet. Add one for a meter.",
    "catalog.product": "No products yet. Add one, or price meters without.",
    "catalog.ratecard": "No rate cards yet. Add one for a meter whose rates have dimensions.",
    "contracts.contract": "No contracts yet. Add a customer, then put it on a plan here.",
    "invoicing.billrun": "No bill runs yet. One starts by itself when an invoice is due.",
    "invoicing.creditwarning": "Nobody's credit ran low.",
    "invoicing.grant": "No credit is granted yet. Add a grant, prepaid or promotional.",
    "invoicing.invoice": "No invoices yet. Activate a contract: its upcoming invoices come with "
    "it.",
    "invoicing.invoiceemail": "No e-mails yet. They are written when invoices are issued.",
    "invoicing.journalentry": "Nothing is posted yet. Issued invoices and grants are.",
    "invoicing.question": "No questions. Customers ask them from the lines of their invoices.",
    "usage.erasure": "Nobody was erased yet. Find the records of a person first.",
    "usage.keylimit": "All keys may send equally much. Add one that may send more, or less.",
    "usage.meter": "No meters yet. Add one for each thing that is counted.",
    "usage.quarantinedevent": "Nothing waits here: every event found its customer and its meter.",
    "usage.replayjob": "Nothing was replayed yet. What waits stands in quarantine.",
    "usage.source": "No sources yet. One is there as soon as a partner sends its first event.",
    "usage.sourceday": "Nothing is counted yet. A day is counted a few minutes after its first "
    "usage came, then once an hour.",
    "usage.usagearchive": "All events are in the database. USAGE_RAW_MONTHS says when they are put "
    "into files.",
    "usage.usagealarm": "Every source is as usual. Alarms open and close by themselves.",
    "usage.ratingverdict": "Nothing to look at: all usage is priced at its own rate.",
}
# These narrow no list.
_NO_FILTERS = frozenset({"o", "p", "e", "all"})


def empty_words(*, changelist: Any) -> str:
    """Return the next step for a list without rows, or that its filters leave nothing."""
    if changelist.query or set(changelist.params) - _NO_FILTERS:
        return _FILTERED
    return _WORDS.get(changelist.opts.label_lower, f"No {changelist.opts.verbose_name_plural} yet.")
