"""A partner's pages in a real browser: at work, accessible, and without scripts."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Partner, PartnerRole
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.browser.axe import overflow, violations
from tests.browser.scenes import acme_in_november, november_issued, room, sign_in
from tests.browser.test_accessibility import LOOKS, Scheme
from usage.models import Event

SECRET = re.compile(r"vb_test_[a-z2-7]{8}_[a-z2-7]{52}_[0-9a-f]{8}")
ROOMS = ("Overview", "API keys", "Events", "Quarantine", "Sources", "Customers", "Team")


@pytest.fixture
def callwave(committed: None) -> Partner:
    """Callwave sent Acme's six calls, and one for nobody; Acme's November is over."""
    invoice = november_issued(acme_in_november())
    holder = invoice.customer.partners.get()
    make.accepted(make.source(holder), [make.call_body("lost", customer_id="nobody")])
    make.api_key(holder, scopes=["events:write"])
    return holder


def pages_of(holder: Partner) -> Iterator[str]:
    uid, acme = holder.public_id, holder.customers.get()
    for name in (
        "overview", "keys", "new_key", "events", "quarantine", "sources", "customers", "docs",
        "team", "invite",
    ):  # fmt: skip
        yield reverse(f"partner:{name}", args=[uid])
    for name in ("rotate_key", "revoke_key"):
        yield reverse(f"partner:{name}", args=[uid, holder.api_keys.get().pk])
    yield reverse("partner:overview", args=[uid]) + "?mode=live"
    yield reverse("partner:quarantine", args=[uid]) + "?reason=unknown_customer"
    yield reverse("partner:replay_reason", args=[uid]) + "?reason=unknown_customer"
    lost = holder.sources.get().quarantinedevent_set.get()
    for event_id in (lost.public_id, Event.objects.all()[0].public_id):
        yield reverse("partner:event", args=[uid, event_id])
    yield reverse("partner:sandbox_of", args=[uid, acme.public_id])
    issued = acme.invoices.get(state="issued")
    yield reverse("partner:sandbox_invoice", args=[uid, acme.public_id, issued.public_id])


@pytest.mark.parametrize("scheme,width", LOOKS)
def test_pages_keep_the_rules_of_accessibility(
    callwave: Partner, new_page: Callable[..., Page], scheme: Scheme, width: int
) -> None:
    page = new_page(
        make.partner_person(callwave),
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )

    wrong = []
    for address in pages_of(callwave):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        wrong += [f"{address}: {each}" for each in violations(page)]
        if overflow(page) > 0:
            wrong.append(f"{address}: {overflow(page)} px wider than a window of {width}")

    assert wrong == []


def test_a_developer_makes_a_key_and_sees_what_an_event_would_bill(
    callwave: Partner, page: Page
) -> None:
    acme = callwave.customers.get()
    make.partner_person(callwave, "dev@callwave.example", role=PartnerRole.DEVELOPER)
    page.goto("/")
    sign_in(page, "dev@callwave.example")

    for name in ROOMS:
        room(page, name)
    room(page, "API keys")
    page.get_by_role("link", name="Make a key").click()
    page.get_by_label("Name").fill("staging")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#secret")).to_have_text(SECRET)

    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Sandbox").click()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("The event is accepted.")).to_be_visible()
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    # The part with the bill asks for itself: nobody reloads the page.
    bill = page.get_by_role("region", name=re.compile("It would be billed"))
    bill.locator("summary").first.click()
    expect(bill.get_by_text(re.compile("minutes × ")).first).to_be_visible()


def test_without_javascript_an_event_is_sent_and_the_clock_moved(
    callwave: Partner, new_page: Callable[..., Page]
) -> None:
    acme = callwave.customers.get()
    assert acme.test_clock is not None
    before = acme.test_clock.now_at
    page = new_page(make.partner_person(callwave), java_script_enabled=False)
    page.goto(reverse("partner:sandbox_of", args=[callwave.public_id, acme.public_id]))

    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("The event is accepted.")).to_be_visible()
    page.get_by_role("button", name="Move the clock").click()

    expect(page.get_by_text("The clock stands at")).to_be_visible()
    acme.test_clock.refresh_from_db()
    assert (acme.test_clock.now_at - before).days == 1
