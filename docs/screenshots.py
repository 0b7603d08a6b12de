"""
The README's pictures, taken from a running demo: `python docs/screenshots.py [address]`.

Made anew whenever the pages change, so that they never show what is no more. They are few and
small: 256 colours, in docs/screenshots.
"""

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from billing_portal.demo.logins import CUSTOMER, PASSWORD, STAFF
from launch.system_packages import chromium

FOLDER = Path(__file__).parent / "screenshots"
Scheme = Literal["light", "dark"]


def main(address: str) -> None:
    """Take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-background-networking"]
        )
        with _window(browser, address, CUSTOMER) as page:
            _customer(page)
        with _window(browser, address, CUSTOMER, scheme="dark", width=390, height=844) as page:
            _choose_harbor(page)
            _take(page, "phone-dark")
        with _window(browser, address, STAFF) as page:
            _staff(page)
        browser.close()


def _choose_harbor(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Harbor Dental Group").click()


def _customer(page: Page) -> None:
    _choose_harbor(page)
    _take(page, "overview")
    page.get_by_role("navigation").get_by_role("link", name="Usage").first.click()
    _take(page, "usage")
    page.get_by_role("navigation").get_by_role("link", name="Invoices").first.click()
    page.locator("table a").filter(has_text=re.compile(r"-\d{6}$")).first.click()
    _take(page, "invoice")
    page.get_by_role("link", name="AI Calls - US / resolved", exact=True).click()
    _take(page, "why")


def _staff(page: Page) -> None:
    page.goto("/admin/")
    _take(page, "needs-you")
    page.goto("/admin/accounts/customer/?q=harbor")
    page.locator("#result_list tbody th a").first.click()
    _take(page, "customer")
    page.goto("/admin/catalog/ratecardversion/")
    page.locator("#result_list tbody th a").first.click()
    page.goto(page.url.replace("/change/", "/table/"))
    _take(page, "rates")
    page.goto("/admin/starter-packs/")
    _take(page, "starter-packs")
    page.goto("/admin/catalog/price/?q=local-minutes")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Price tester").click()
    _try_out(page)


def _try_out(page: Page) -> None:
    page.get_by_label("Quantity").fill("75000\n112500")
    page.get_by_label("Number of office-seats").fill("12")
    page.get_by_role("button", name="Price it").click()
    page.locator("#price-test-answer").scroll_into_view_if_needed()
    _take(page, "tester")


@contextmanager
def _window(
    browser: Browser,
    address: str,
    email: str,
    *,
    scheme: Scheme = "light",
    width: int = 1280,
    height: int = 860,
) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address,
        color_scheme=scheme,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    context.close()


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    small = picture.convert("RGB").quantize(colors=256, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
