"""A real browser, the system's own, on a server of the tests."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from launch.system_packages import CHROMIUM, chromium, to_type

# Nothing but the pages under test is asked for: the machine may have no network.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
REFUSAL = re.compile(r"server responded with a status of 40[134]")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    program = chromium()
    if program is None:
        pytest.skip(f"there is no Chromium here; to have one, type: {to_type(CHROMIUM)}")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; the tests' queries are no part of it.
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(
            executable_path=program, args=[*FLAGS, *as_root], headless=True
        )
        yield started
        started.close()


@pytest.fixture
def new_page(
    browser: Browser, committed: None, live_server: LiveServer
) -> Iterator[Callable[..., Page]]:
    """
    Opens windows, each of a browser of its own, in which `who` has signed in before.

    It takes what `Browser.new_context` takes. The test fails if the browser complained of
    anything that one of them showed; with `may_be_refused` the note that an address answered
    401, 403 or 404 is no complaint.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(who: User | None = None, *, may_be_refused: bool = False, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if who is not None:
            client = Client()
            client.force_login(who)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

        def said(message: ConsoleMessage) -> None:
            refused = may_be_refused and REFUSAL.search(message.text)
            if message.type in ("error", "warning") and not refused:
                complaints.append(f"{message.location['url']}: {message.text}")

        context.on("console", said)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A new window."""
    return new_page()
