"""Choosing the e-mails that one wants of a customer."""

from accounts.models import Membership


def choose_emails(
    *, membership: Membership, wants_invoices: bool, wants_credit_alerts: bool
) -> Membership:
    """Return the membership with this choice."""
    membership.wants_invoices = wants_invoices
    membership.wants_credit_alerts = wants_credit_alerts
    membership.save(update_fields=["wants_invoices", "wants_credit_alerts"])
    return membership
