"""Invoices in the admin: what they show, and their buttons."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.operations.advance_test_clock import advance_test_clock
from contracts.models import ContractOverride, OverrideEntry
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests.admin_forms import errors_of, save_form, send_form
from tests.factories import (
    NOW,
    accepted,
    acme,
    acme_contract,
    call_body,
    grant,
    northwind,
    partner,
    six_bodies,
    source,
)
from tests.refusals import damage
from usage.models import Source


@pytest.fixture
def sender(db: None) -> Source:
    buyer = acme()
    acme_contract(buyer)
    made = source(partner(buyer))
    accepted(made, six_bodies())
    refresh_customer(customer_id=buyer.pk, now=NOW)
    return made


def _november() -> Invoice:
    return Invoice.objects.select_related("customer__test_clock").earliest("period_start")


def _draft() -> Invoice:
    invoice = _november()
    clock = invoice.customer.test_clock
    assert clock is not None
    advance_test_clock(clock=clock, to=datetime(2024, 12, 2, tzinfo=UTC))
    return close_invoice(invoice_id=invoice.pk, now=NOW)


def _url(page: str, invoice: Invoice) -> str:
    return reverse(f"admin:invoicing_invoice_{page}", args=[invoice.pk])


def _shown(client: Client, invoice: Invoice) -> str:
    return unescape(client.get(_url("change", invoice)).content.decode())


@pytest.mark.usefixtures("sender")
def test_the_page_shows_lines_totals_credit_and_why(clerk_client: Client) -> None:
    page = _shown(clerk_client, _november())

    amounts = ("2.60 USD", "4.80 USD", "1.50 USD", "11.25 USD", "1.20 USD", "21.35 USD")
    assert [amount for amount in amounts if amount not in page] == []
    assert "13 minutes × 0.20 USD = 2.60 USD (rate of US / resolved" in page
    assert "9,978.65 USD" in page
    assert "0.00 USD" in page


@pytest.mark.usefixtures("committed")
def test_each_quantity_leads_to_exactly_its_events(clerk_client: Client, sender: Source) -> None:
    page = _shown(clerk_client, _november())
    links = re.findall(r'<a href="(/admin/usage/event/\?[^"]+)">(\S+) minutes</a>', page)
    accepted(sender, [call_body("came-later")])

    found = {
        quantity: [row.event.idempotency_key for row in clerk_client.get(address).context["rows"]]
        for address, quantity in links
    }

    assert found == {
        "13": ["call-2", "call-1"],
        "12": ["call-3"],
        "6": ["call-4"],
        "15": ["call-5"],
        "4": ["call-6"],
    }
    assert "2 events, 13 minutes" in clerk_client.get(links[0][0]).content.decode()


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("wanted", ["acme", "Acme", "INVOICE", "CUSTOMER"])
def test_invoices_are_found_by_customer_and_ids(clerk_client: Client, wanted: str) -> None:
    invoice = _november()
    ids = {"INVOICE": invoice.public_id, "CUSTOMER": invoice.customer.public_id}

    page = clerk_client.get(
        reverse("admin:invoicing_invoice_changelist"), {"q": ids.get(wanted, wanted)}
    )

    assert invoice in page.context["cl"].result_list


def test_regenerate_computes_anew(staff_client: Client, sender: Source) -> None:
    accepted(sender, [call_body("call-7", minutes=100)])

    page = staff_client.post(_url("regenerate", _november()), follow=True)

    assert errors_of(page) == []
    assert "Computed anew: total 41.35 USD, due 0.00 USD." in page.content.decode()


def test_regenerate_shows_the_difference_before_it_is_made(
    staff_client: Client, sender: Source
) -> None:
    accepted(sender, [call_body("call-7", minutes=100), call_body("call-8", region="us")])
    invoice = _november()

    asked: Any = staff_client.get(_url("regenerate", invoice))

    kinds = [
        (line.kind, (line.new or line.old).description)
        for line in asked.context["changes"].lines
        if line.kind != "same"
    ]
    assert kinds == [("changed", "AI Calls - US / resolved"), ("new", "AI Calls - us / resolved")]
    assert _november().total.amount == invoice.total.amount

    save_form(staff_client, _url("regenerate", invoice), _reason="Two calls came late")

    assert str(_november().total.amount.normalize()) == "43.35"
    history = staff_client.get(_url("history", invoice)).content.decode()
    assert "Regenerate. Two calls came late" in history


@pytest.mark.usefixtures("sender")
def test_regenerate_says_when_nothing_changes(staff_client: Client) -> None:
    asked = staff_client.get(_url("regenerate", _november())).content.decode()

    assert "the invoice stays as it is" in asked


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("method", ["get", "post"])
def test_regenerate_says_why_terms_do_not_hold(staff_client: Client, method: str) -> None:
    november = _november()
    agreed = {"region": "US"}
    override = ContractOverride.objects.get()
    with damage():
        OverrideEntry.objects.create(override=override, match=agreed, rate=1)
        OverrideEntry.objects.create(override=override, match={"call_outcome": "lost"}, rate=1)

    page = getattr(staff_client, method)(_url("regenerate", november), follow=True)

    assert "ties with" in " ".join(errors_of(page))
    assert page.redirect_chain == [(_url("change", november), 302)]


@pytest.mark.usefixtures("sender")
def test_a_period_is_closed_when_it_is_over(staff_client: Client) -> None:
    invoice = _november()
    early = staff_client.post(_url("close", invoice), follow=True)
    assert "the period runs until" in " ".join(errors_of(early))
    clock = invoice.customer.test_clock
    assert clock is not None
    advance_test_clock(clock=clock, to=datetime(2024, 12, 2, tzinfo=UTC))

    staff_client.post(_url("close", invoice))

    assert _november().state == InvoiceState.DRAFT


@pytest.mark.usefixtures("sender")
def test_issue_asks_first_then_numbers_the_invoice(staff_client: Client) -> None:
    draft = _draft()
    asked = staff_client.get(_url("issue", draft)).content.decode()
    assert "This cannot be undone." in asked
    assert "21.35 USD" in asked
    assert "Jan 15, 2025" in asked

    save_form(staff_client, _url("issue", draft))

    issued = _november()
    assert issued.number == "TEST-INV-2024-000001"
    page = _shown(staff_client, issued)
    assert "receivable: what customers owe" in page
    assert _url("issue", issued) not in page


@pytest.mark.usefixtures("sender")
def test_an_upcoming_invoice_is_not_issued(staff_client: Client) -> None:
    page = staff_client.post(_url("issue", _november()), follow=True)

    assert errors_of(page) == ["the period of this invoice still runs; it is closed first"]


@pytest.mark.usefixtures("sender")
def test_issuing_waits_for_a_decision_on_tax_and_keeps_the_reason(staff_client: Client) -> None:
    draft = _draft()
    seller = northwind()
    seller.tax_registration = "undecided"
    seller.save()

    page = send_form(staff_client, _url("issue", draft))

    assert "has not said whether it is registered for tax" in " ".join(errors_of(page))
    assert _november().state == InvoiceState.DRAFT
    assert "draft, stopped" in _shown(staff_client, draft)


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("button", ["regenerate", "issue", "close"])
def test_an_issued_invoice_takes_no_button(staff_client: Client, button: str) -> None:
    draft = _draft()
    save_form(staff_client, _url("issue", draft))

    page = staff_client.post(_url(button, draft), follow=True)

    assert "it does not change any more" in " ".join(errors_of(page))


@pytest.mark.usefixtures("sender")
@pytest.mark.parametrize("button", ["regenerate", "issue", "close"])
def test_a_clerk_may_press_no_button(clerk_client: Client, button: str) -> None:
    invoice = _november()

    assert clerk_client.post(_url(button, invoice)).status_code == 403
    assert _url(button, invoice) not in _shown(clerk_client, invoice)


@pytest.mark.usefixtures("sender")
def test_the_pdf_is_shown_in_a_page_of_its_own(clerk_client: Client) -> None:
    page = clerk_client.get(_url("pdf", _november()))

    assert page["Content-Type"] == "application/pdf"
    assert page.content.startswith(b"%PDF-")


@pytest.mark.usefixtures("sender")
def test_the_email_is_previewed(clerk_client: Client) -> None:
    invoice = _november()

    page = clerk_client.get(_url("email", invoice)).content.decode()
    body = clerk_client.get(_url("email_body", invoice))

    assert "billing@acme.example" in page
    assert "Acme Support Co" in body.content.decode()
    assert "style-src 'unsafe-inline'" in body["Content-Security-Policy"]
    assert "default-src 'none'" in body["Content-Security-Policy"]
    strict = clerk_client.get(_url("email", invoice))["Content-Security-Policy"]
    assert "unsafe-inline" not in strict


@pytest.mark.usefixtures("sender")
def test_previews_ask_for_the_right_to_look() -> None:
    invoice = _november()

    assert Client().get(_url("pdf", invoice)).status_code == 302


@pytest.mark.usefixtures("committed")
def test_the_page_costs_the_same_for_few_and_many_lines(
    staff_client: Client, clerk_client: Client, sender: Source
) -> None:
    def queries(client: Client) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(_url("change", invoice))
        return len(captured)

    invoice = _november()
    queries(staff_client)
    few = queries(staff_client)
    accepted(sender, [call_body(f"call-in-{n}", region=f"R{n}") for n in range(30)])
    for number in range(5):
        grant(invoice.customer, code=f"more-{number}", amount="1.00")
    refresh_customer(customer_id=invoice.customer_id, now=NOW)

    assert invoice.lines.count() > 30
    assert (few, queries(staff_client), queries(clerk_client)) == (8, 8, 8)
