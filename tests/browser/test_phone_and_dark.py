"""The pages on a phone, in the dark, and from right to left."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Customer
from tests import factories as make
from tests.browser import scenes
from tests.browser.axe import overflow

ROOMS = ("Overview", "Invoices", "Usage", "Credits", "Questions", "Account")
PHONES = (360, 320)


@pytest.fixture
def acme(committed: None) -> Customer:
    return scenes.november_issued(scenes.acme_in_november()).customer


def phone(width: int) -> dict[str, object]:
    return {"viewport": {"width": width, "height": 740}, "has_touch": True, "is_mobile": True}


def main_path(page: Page) -> Iterator[str]:
    """Walk by tapping from room to room and down to events; yield the title of each page."""
    page.goto("/")
    for name in ROOMS:
        scenes.room(page, name)
        yield page.title()
    scenes.room(page, "Invoices")
    for name in ("TEST-INV-2024-000001", "AI Calls - US / resolved", "See its events"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        yield page.title()


@pytest.mark.parametrize("width", PHONES)
def test_the_way_to_an_event_fits_a_phone(
    new_page: Callable[..., Page], acme: Customer, width: int
) -> None:
    page = new_page(make.member(acme), **phone(width))

    too_wide = {title: overflow(page) for title in main_path(page) if overflow(page) > 0}

    assert too_wide == {}


@pytest.mark.parametrize("width", [1280, PHONES[0]])
def test_pages_fit_from_right_to_left_too(
    new_page: Callable[..., Page], acme: Customer, width: int
) -> None:
    page = new_page(make.member(acme), viewport={"width": width, "height": 740})

    too_wide = {}
    for title in main_path(page):
        page.evaluate("() => { document.documentElement.dir = 'rtl' }")
        if overflow(page) > 0:
            too_wide[title] = overflow(page)

    assert too_wide == {}


def brightness(page: Page) -> int:
    """Return how bright the page is painted behind its text, from 0 to 255."""
    parts: list[int] = page.evaluate(
        """() => {
            const brush = document.createElement("canvas").getContext("2d")
            brush.fillStyle = getComputedStyle(document.body).backgroundColor
            brush.fillRect(0, 0, 1, 1)
            return Array.from(brush.getImageData(0, 0, 1, 1).data)
        }"""
    )
    *colours, opacity = parts
    assert opacity == 255
    return max(colours)


DARK, LIGHT = range(48), range(225, 256)


def choose_scheme(page: Page, name: str) -> None:
    page.locator("summary", has_text="Signed in as").click()
    page.get_by_role("group", name="Colour scheme").get_by_role("button", name=name).click()
    page.keyboard.press("Escape")


def test_pages_are_dark_where_the_system_is(new_page: Callable[..., Page], acme: Customer) -> None:
    page = new_page(make.member(acme), color_scheme="dark")

    assert {
        title: brightness(page) for title in main_path(page) if brightness(page) not in DARK
    } == {}


def test_the_chosen_scheme_is_kept_over_pages(
    new_page: Callable[..., Page], acme: Customer
) -> None:
    page = new_page(make.member(acme), color_scheme="light")
    page.goto("/")
    assert brightness(page) in LIGHT

    choose_scheme(page, "Dark")
    assert brightness(page) in DARK
    scenes.room(page, "Usage")
    assert brightness(page) in DARK
    page.locator("summary", has_text="Signed in as").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    assert brightness(page) in DARK

    page.get_by_role("button", name="As the system").click()
    assert brightness(page) in LIGHT
