"""Every main page by the rules of WCAG 2.2 AA, wide and narrow, light and dark."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Customer, User
from accounts.operations.advance_test_clock import advance_test_clock
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.browser.axe import overflow, violations

DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)
Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[Scheme, int], ...] = (("light", 1280), ("dark", 1280), ("light", 320))


@pytest.fixture
def acme(committed: None) -> Customer:
    """Acme with one issued invoice, one that runs, a wallet and a person of its own."""
    buyer = make.acme()
    make.acme_contract(buyer)
    source = make.source(make.partner(buyer))
    make.accepted(source, make.six_bodies())
    refresh_customer(customer_id=buyer.pk, now=make.NOW)
    assert buyer.test_clock is not None
    advance_test_clock(clock=buyer.test_clock, to=DECEMBER_2)
    bill_customer(customer_id=buyer.pk, as_of=make.NOW)
    make.accepted(source, [make.call_body("dec-1", occurred_at="2024-12-01T15:00:00Z")])
    refresh_customer(customer_id=buyer.pk, now=make.NOW)
    return buyer


def portal_pages(customer: Customer) -> Iterator[str]:
    uid = customer.public_id
    for room in ("overview", "invoices", "usage", "credits", "questions", "account", "team"):
        yield reverse(f"portal:{room}", args=[uid])
    yield reverse("portal:emails", args=[uid])
    for invoice in customer.invoices.filter(state__in=["issued", "upcoming"], lines__isnull=False):
        yield reverse("portal:invoice", args=[uid, invoice.public_id])
        line = invoice.lines.all()[0]
        for name in ("line", "line_events", "ask"):
            yield reverse(f"portal:{name}", args=[uid, invoice.public_id, line.public_id])
    for name in ("mfa_index", "usersessions_list", "account_change_password", "mfa_activate_totp"):
        yield reverse(name)


def admin_pages(customer: Customer) -> Iterator[str]:
    yield reverse("admin:index")
    yield reverse("admin:search") + "?q=acme"
    invoice = customer.invoices.get(state="issued")
    for model, row in (
        ("accounts_customer", customer),
        ("contracts_contract", customer.contracts.get()),
        ("invoicing_invoice", invoice),
        ("catalog_plan", customer.contracts.get().plan),
        ("catalog_ratecard", make.ai_call_rates()),
    ):
        yield reverse(f"admin:{model}_changelist")
        yield reverse(f"admin:{model}_change", args=[row.pk])
    for model in (
        "usage_event",
        "invoicing_question",
        "accounts_message",
        "usage_quarantinedevent",
    ):
        yield reverse(f"admin:{model}_changelist")


def open_pages(customer: Customer) -> Iterator[str]:
    yield reverse("account_login")
    yield reverse("account_reset_password")
    yield "/nowhere/"
    yield "/invitations/unknown/"


@pytest.fixture
def window(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens windows of a person, with a scheme and a width."""
    contexts: list[Any] = []

    def opened(person: User | None, scheme: Scheme, width: int) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        contexts.append(context)
        if person is not None:
            client = Client()
            client.force_login(person)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme,width", LOOKS)
@pytest.mark.parametrize(
    "pages,who",
    [(portal_pages, "owner"), (admin_pages, "staff"), (open_pages, "nobody")],
    ids=["portal", "admin", "open"],
)
def test_pages_keep_the_rules_of_accessibility(
    acme: Customer,
    window: Callable[..., Page],
    pages: Callable[[Customer], Iterator[str]],
    who: str,
    scheme: Scheme,
    width: int,
) -> None:
    person = {"owner": lambda: make.member(acme), "staff": make.staff, "nobody": lambda: None}
    page = window(person[who](), scheme, width)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    wrong = []
    for address in pages(acme):
        page.goto(address)
        wrong += [f"{address}: {each}" for each in violations(page)]
        if overflow(page) > 0:
            wrong.append(f"{address}: {overflow(page)} px wider than a window of {width}")

    assert wrong == []
    assert [each for each in complaints if "404" not in each] == []
