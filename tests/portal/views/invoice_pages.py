"""Walking through a customer's invoices: who looks, at which address, and what is read there."""

import csv
import io
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import Permission
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, Membership, Role, StaffVisit, User
from invoicing.models import Invoice, InvoiceLine


def reader(customer: Customer, *, role: Role = Role.OWNER) -> Client:
    """Return somebody of this customer, signed in; without a password, which takes its time."""
    someone, _ = User.objects.get_or_create(email=f"{role.value}@{customer.external_id}.example")
    Membership.objects.get_or_create(customer=customer, user=someone, defaults={"role": role})
    client = Client()
    client.force_login(someone)
    return client


def visitor(customer: Customer, *rights: str) -> Client:
    """Return staff on a visit to this customer, signed in, with these rights beside."""
    staff = User.objects.create_user("vera@northwind.example", is_staff=True)
    wanted = Permission.objects.filter(codename__in=["view_as_customer", *rights])
    staff.user_permissions.add(*wanted)
    StaffVisit.objects.create(staff=staff, customer=customer, started_at=datetime.now(UTC))
    client = Client()
    client.force_login(staff)
    return client


def of_customer(name: str, customer: Customer) -> str:
    """Return the address of a page of a customer."""
    return reverse(f"portal:{name}", args=[customer.public_id])


def of_invoice(name: str, invoice: Invoice, *, customer: Customer | None = None) -> str:
    """Return the address of a page of an invoice, below its own or another customer."""
    owner = customer or invoice.customer
    return reverse(f"portal:{name}", args=[owner.public_id, invoice.public_id])


def of_line(name: str, line: InvoiceLine, *, customer: Customer | None = None) -> str:
    """Return the address of a page of a line, below its own or another customer."""
    owner = customer or line.invoice.customer
    return reverse(f"portal:{name}", args=[owner.public_id, line.invoice.public_id, line.public_id])


def table(answer: Any) -> list[list[str]]:
    """Return the rows of a CSV answer, its header first."""
    assert isinstance(answer, HttpResponse | StreamingHttpResponse)
    return list(csv.reader(io.StringIO(b"".join(answer).decode())))


class _Rows(HTMLParser):
    """Collects the rows of the tables and the pairs of the lists of a page, by their id."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._inside: list[tuple[str, str]] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        if tag in ("table", "dl"):
            self._inside.append((tag, given.get("id") or f"{tag}-{len(self.found)}"))
            self.found[self._inside[-1][1]] = []
        rows = self._rows()
        if rows is None:
            return
        if tag == "tr" or (tag == "div" and self._inside[-1][0] == "dl"):
            rows.append([])
        if tag in ("td", "th", "dt", "dd") and rows:
            rows[-1].append("")
        leaves_out = tag == "a" and "no-print" in (given.get("class") or "")
        if leaves_out or (self._skipping and tag != "br"):
            self._skipping += 1

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        if self._inside and tag == self._inside[-1][0]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        rows = self._rows()
        if rows and rows[-1] and not self._skipping:
            rows[-1][-1] = " ".join(f"{rows[-1][-1]} {data}".split())

    def _rows(self) -> list[list[str]] | None:
        return self.found[self._inside[-1][1]] if self._inside else None


def printed_rows(page: str) -> dict[str, list[list[str]]]:
    """Return the cells of a page's tables and lists by id, without what is not printed."""
    rows = _Rows()
    rows.feed(page)
    return rows.found
