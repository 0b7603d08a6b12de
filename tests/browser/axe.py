"""The accessibility rules of axe-core on the page as it stands."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Page) -> list[str]:
    """Return what breaks WCAG 2.2 AA on this page: the rule, the element and what is wrong."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        # Without preloading: it would add styles to the page, which the page's policy refuses.
        "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'],"
        " preload: false})",
        WCAG_2_2_AA,
    )["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]}: {' '.join(node['failureSummary'].split())[:240]}"
        for rule in found
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window; 0 where it fits."""
    width: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width
