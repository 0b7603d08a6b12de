"""People sign in, in a real browser: by an app's code, and by a passkey."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests import factories as make
from tests.accounts.sign_in.people import code_now


@pytest.fixture
def paula(committed: None) -> str:
    """The e-mail of Basil's owner."""
    return make.member(make.basil(), "paula@basil.example").email


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm_password(page: Page) -> None:
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Go on").click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_staff_set_up_an_app_and_sign_in_by_its_codes(
    page: Page, committed: None, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    sam = make.staff(password=make.PASSWORD)
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(sam.email)
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Staff come into the back office")).to_be_visible()

    page.get_by_role("link", name="Set up an app").click()
    confirm_password(page)
    secret = page.locator(".steps .mono").inner_text()
    page.get_by_label("Code that the app shows").fill(code_now(secret))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/admin/")
    expect(page.locator("#site-name")).to_be_visible()

    sign_out(page)
    sign_in(page, sam.email)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(code_now(secret, steps=1))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#site-name")).to_be_visible()


@pytest.fixture
def fingerprint(page: Page) -> Iterator[Page]:
    """The browser on a device that knows its holder's fingerprint."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    device.detach()


def test_a_passkey_signs_in_without_the_password(fingerprint: Page, paula: str) -> None:
    page = fingerprint
    sign_in(page, paula)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    confirm_password(page)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("row", name="My laptop")).to_contain_text("alone")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url("**/portal/cus_*/**")
    page.goto("/accounts/sessions/")
    expect(page.get_by_text("Chrome on")).to_be_visible()


def test_a_passkey_is_also_the_second_step(fingerprint: Page, paula: str) -> None:
    page = fingerprint
    sign_in(page, paula)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm_password(page)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(page)

    sign_in(page, paula)
    page.get_by_role("button", name="Use a passkey instead").click()

    page.wait_for_url("**/portal/cus_*/**")


def test_a_passkey_that_is_not_there_is_told_on_the_page(page: Page, paula: str) -> None:
    page.goto("/accounts/login/")
    page.evaluate(
        """() => {
            navigator.credentials.get = async () => {
                throw new DOMException('', 'NotAllowedError')
            }
        }"""
    )
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")


def test_sign_in_needs_no_script(browser: Browser, live_server: LiveServer, paula: str) -> None:
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = plain.new_page()

    sign_in(page, paula)

    expect(page).to_have_url(f"{live_server.url}/portal/{_customer()}/")
    plain.close()


def _customer() -> str:
    return make.Customer.objects.get().public_id
