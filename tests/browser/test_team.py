"""A colleague comes by invitation, looks and changes nothing, and is removed again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Customer
from accounts.tasks import send_messages
from tests import factories as make
from tests.browser import scenes

NORA = "nora@acme.example"


@pytest.fixture
def acme(committed: None, live_server: LiveServer, settings: Settings) -> Customer:
    """Acme with an invoice to look at; links in e-mails lead to the server of the tests."""
    settings.SITE_URL = live_server.url
    return scenes.november_issued(scenes.acme_in_november()).customer


def invite_nora(owner: Page) -> None:
    scenes.room(owner, "Account")
    owner.get_by_role("link", name="Team", exact=True).click()
    owner.get_by_role("link", name="Invite a person").click()
    owner.get_by_label("E-mail").fill(NORA)
    owner.get_by_label("Read only").check()
    owner.get_by_role("button", name="Send the invitation").click()
    expect(owner.get_by_role("row", name=NORA)).to_contain_text("open")
    send_messages()


def accept(nora: Page, link: str) -> None:
    nora.goto(link)
    expect(nora.get_by_role("heading", name="Join Acme Support Co")).to_be_visible()
    nora.get_by_label("First name").fill("Nora")
    nora.get_by_label("Last name").fill("Quist")
    nora.get_by_label("Password", exact=True).fill(make.PASSWORD)
    nora.get_by_label("Password again").fill(make.PASSWORD)
    nora.get_by_role("button", name="Make the account and go on").click()
    expect(nora.get_by_role("heading", level=1, name="Overview")).to_be_visible()


def remove_nora(owner: Page) -> None:
    owner.reload()
    owner.get_by_role("link", name=f"Remove {NORA}").click()
    expect(owner.get_by_role("heading", name="Remove Nora Quist?")).to_be_visible()
    owner.get_by_role("button", name="Remove").click()
    expect(owner.get_by_role("row", name="owner@acme.example")).to_be_visible()
    expect(owner.get_by_role("row", name=NORA)).to_have_count(0)


def test_a_colleague_comes_by_invitation_and_is_removed_again(
    new_page: Callable[..., Page], acme: Customer
) -> None:
    owner, nora = new_page(make.member(acme)), new_page(may_be_refused=True)
    owner.goto("/")

    invite_nora(owner)
    accept(nora, scenes.link_in_mail_to(NORA))
    scenes.room(nora, "Invoices")
    expect(nora.get_by_role("link", name="TEST-INV-2024-000001")).to_be_visible()
    remove_nora(owner)

    nora.get_by_role("link", name="TEST-INV-2024-000001").click()
    expect(nora.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_who_reads_only_is_offered_nothing_to_change_and_refused_it(
    new_page: Callable[..., Page], acme: Customer
) -> None:
    invoice = acme.invoices.get(state="issued")
    line = invoice.lines.all()[0]
    owner, reader = make.member(acme), make.member(acme, role=make.Role.READ_ONLY)
    pages = f"/portal/{acme.public_id}"
    offers = {
        f"{pages}/invoices/{invoice.public_id}/": "Ask about this invoice",
        f"{pages}/invoices/{invoice.public_id}/lines/{line.public_id}/": "Ask about this line",
        f"{pages}/account/": "Edit details",
        f"{pages}/account/team/": "Invite a person",
    }

    may, may_not = new_page(owner), new_page(reader, may_be_refused=True)
    for address, offer in offers.items():
        may.goto(address)
        may_not.goto(address)
        expect(may_not.get_by_role("heading", level=1)).to_have_text(
            may.get_by_role("heading", level=1).inner_text()
        )
        expect(may_not.get_by_role("link", name=offer)).to_have_count(0)
        forbidden = may.get_by_role("link", name=offer).get_attribute("href")
        assert forbidden is not None

        answer = may_not.goto(forbidden)

        assert answer is not None
        assert answer.status == 403
        expect(may_not.get_by_role("heading", name="You may not do this")).to_be_visible()
