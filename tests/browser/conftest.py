"""A real browser, the system's own, on a server of the tests."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

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
def page(browser: Browser, committed: None, live_server: LiveServer) -> Iterator[Page]:
    """A new window; the test fails if the browser complained of anything that it showed."""
    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(10_000)
    made = context.new_page()
    complaints: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{made.url}: {message.text}")

    made.on("console", said)
    made.on("pageerror", lambda error: complaints.append(f"{made.url}: {error}"))
    yield made
    context.close()
    assert complaints == []
