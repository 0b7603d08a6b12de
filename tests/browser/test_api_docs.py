from playwright.sync_api import Page, expect


def test_the_api_docs_show_every_kind_of_operation(page: Page) -> None:
    page.goto("/api/docs/")

    expect(page.get_by_text("/api/v1/events/batch", exact=True)).to_be_visible()
    page.get_by_text("/api/v1/events/batch", exact=True).click()
    expect(page.get_by_role("button", name="Try it out")).to_be_visible()

    page.get_by_role("link", name="the catalogue").click()
    expect(page.locator("h1")).to_be_visible()
