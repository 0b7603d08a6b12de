"""Every main page by the rules of WCAG 2.2 AA, wide and narrow, light and dark."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import Customer, User
from invoicing.models import Invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.browser.axe import overflow, violations
from tests.browser.scenes import acme_in_november, november_issued

Scheme = Literal["light", "dark"]
Pages = Callable[[Customer, Invoice], Iterator[str]]
LOOKS: tuple[tuple[Scheme, int], ...] = (("light", 1280), ("dark", 1280), ("light", 320))


@pytest.fixture
def issued(committed: None) -> Invoice:
    """Acme's invoice of November; the one of December has begun."""
    acme = acme_in_november()
    invoice = november_issued(acme)
    december = make.call_body("dec-1", occurred_at="2024-12-01T15:00:00Z")
    make.accepted(make.source(acme.partners.get()), [december])
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    return invoice


def portal_pages(customer: Customer, issued: Invoice) -> Iterator[str]:
    uid = customer.public_id
    for room in (
        "overview", "invoices", "usage", "credits", "questions", "account", "edit_account", "team",
        "invite", "emails",
    ):  # fmt: skip
        yield reverse(f"portal:{room}", args=[uid])
    running = customer.invoices.filter(state="upcoming", lines__isnull=False)[0]
    for invoice in (issued, running):
        yield reverse("portal:invoice", args=[uid, invoice.public_id])
        line = invoice.lines.all()[0]
        for name in ("line", "line_events", "ask"):
            yield reverse(f"portal:{name}", args=[uid, invoice.public_id, line.public_id])
    for name in ("mfa_index", "usersessions_list", "account_change_password", "mfa_activate_totp"):
        yield reverse(name)


def admin_pages(customer: Customer, issued: Invoice) -> Iterator[str]:
    yield reverse("admin:index")
    yield reverse("admin:search") + "?q=acme"
    yield reverse("admin:usage_backfill_add")
    contract = customer.contracts.get()
    price = contract.plan.items.get().price
    card = price.versions.get().rate_card
    assert card is not None
    for name, row in (
        ("accounts_customer", customer),
        ("contracts_contract", contract),
        ("invoicing_invoice", issued),
        ("catalog_plan", contract.plan),
        ("catalog_price", price),
        ("catalog_ratecard", card),
        ("catalog_ratecardversion", card.versions.get()),
    ):
        yield reverse(f"admin:{name}_changelist")
        yield reverse(f"admin:{name}_change", args=[row.pk])
    yield reverse("admin:catalog_ratecardversion_table", args=[card.versions.get().pk])
    yield reverse("admin:catalog_plan_preview", args=[contract.plan.pk])
    yield reverse("admin:accounts_customer_import")
    yield reverse("admin:accounts_customer_view_as", args=[customer.pk])
    for name in (
        "usage_event", "usage_quarantinedevent", "usage_ratingverdict", "usage_sourceminute",
        "usage_usagealarm", "invoicing_question",
        "invoicing_issuejob", "accounts_message", "accounts_staffvisit",
        "pghistory_middlewareevents",
    ):  # fmt: skip
        yield reverse(f"admin:{name}_changelist")


def open_pages(customer: Customer, issued: Invoice) -> Iterator[str]:
    yield reverse("account_login")
    yield reverse("account_reset_password")
    yield "/nowhere/"
    yield "/invitations/unknown/"


def owner(customer: Customer) -> User:
    return make.member(customer)


def staff(customer: Customer) -> User:
    return make.staff()


def nobody(customer: Customer) -> None:
    return None


@pytest.mark.parametrize("scheme,width", LOOKS)
@pytest.mark.parametrize(
    "pages,who",
    [(portal_pages, owner), (admin_pages, staff), (open_pages, nobody)],
    ids=["portal", "admin", "open"],
)
def test_pages_keep_the_rules_of_accessibility(
    issued: Invoice,
    new_page: Callable[..., Page],
    pages: Pages,
    who: Callable[[Customer], User | None],
    scheme: Scheme,
    width: int,
) -> None:
    page = new_page(
        who(issued.customer),
        may_be_refused=True,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )

    wrong = []
    for address in pages(issued.customer, issued):
        page.goto(address)
        wrong += [f"{address}: {each}" for each in violations(page)]
        if overflow(page) > 0:
            wrong.append(f"{address}: {overflow(page)} px wider than a window of {width}")

    assert wrong == []
