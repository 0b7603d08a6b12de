"""Who gets a customer's invoices by e-mail."""

from dataclasses import dataclass

from accounts.models import Customer, Membership


@dataclass(frozen=True, slots=True)
class Recipients:
    """The address that an e-mail goes to, empty where there is none, and who gets a copy."""

    to: str
    cc: tuple[str, ...]


def invoice_recipients(*, customer: Customer) -> Recipients:
    """
    Return the customer's invoice address, with its people who want invoices as copies.

    Without such an address the first of those people is the one it goes to. Nobody is named
    twice, however the address is written.
    """
    wanting = Membership.objects.filter(
        customer=customer, wants_invoices=True, user__is_active=True
    ).order_by("created_at", "pk")
    addresses: dict[str, str] = {}
    for address in (customer.email, *wanting.values_list("user__email", flat=True)):
        if address:
            addresses.setdefault(address.casefold(), address)
    to, *cc = addresses.values() or [""]
    return Recipients(to=to, cc=tuple(cc))
