"""That the style sheets hold together, and what pages may count on."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from tests.design.sheets import DESIGN, OURS

PHYSICAL = re.compile(
    r"(?<![a-z-])(margin|padding|border|inset)-(left|right)(?![a-z])|text-align: (left|right)|"
    r"(?<![a-z-])(left|right):"
)
PROMISED = re.findall(
    r"[a-z0-9-]+",
    """
    stack cluster grid grid-2 sidebar-layout card card-head card-body card-foot stat stat-label
    stat-value stat-note table-wrap table table-cards subtotal total badge badge-good badge-waiting
    badge-bad badge-quiet button button-primary button-quiet button-danger button-small form field
    field-help field-error error-summary toolbar choice notice notice-info notice-good
    notice-waiting notice-bad empty quiet nowrap number visually-hidden mono pager tabs facts steps
    timeline progress meter-bar chart live menu
    """,
)


# The stock admin brings sheets of its own for pages from right to left.
TURNED = [sheet for sheet in OURS if sheet.parent.name != "admin"]
COLOURLESS = [sheet for sheet in OURS if sheet.name not in {"tokens.css", "print.css"}]


def text_of(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)


def linked() -> list[str]:
    html = render_to_string("design/stylesheets.html")
    return re.findall(r'href="/static/([^"]+)"', html)


def test_every_sheet_of_the_design_is_linked_once_and_is_there() -> None:
    found = [path for path in linked() if finders.find(path)]

    assert found == linked()
    assert sorted(path for path in found if path.startswith("design/")) == sorted(
        f"design/{sheet.relative_to(DESIGN)}" for sheet in DESIGN.rglob("*.css")
    )


@pytest.mark.parametrize("sheet", TURNED, ids=lambda sheet: sheet.name)
def test_a_sheet_can_be_turned_from_right_to_left(sheet: Path) -> None:
    assert PHYSICAL.search(text_of(sheet)) is None


@pytest.mark.parametrize("sheet", OURS, ids=lambda sheet: sheet.name)
def test_a_sheet_uses_only_variables_that_there_are(sheet: Path) -> None:
    known = set(re.findall(r"--[a-z0-9-]+(?=:)", "".join(text_of(each) for each in OURS)))
    known |= {"--hairline-color", "--border-color", "--body-bg", "--body-fg"}

    assert set(re.findall(r"var\((--[a-z0-9-]+)", text_of(sheet))) - known == set()


@pytest.mark.parametrize("sheet", COLOURLESS, ids=lambda sheet: sheet.name)
def test_a_sheet_names_colours_by_their_variables_alone(sheet: Path) -> None:
    # White paper stays white: the ground of logos and letters.
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", text_of(sheet))) <= {"#ffffff"}


def test_every_class_that_pages_may_count_on_has_a_style() -> None:
    styles = "".join(text_of(sheet) for sheet in OURS)
    without = {name for name in PROMISED if not re.search(rf"\.{name}(?![a-z0-9-])", styles)}

    # No dot in another shape or colour: a plain badge is the quiet one.
    assert without == {"badge-quiet"}


def test_braces_are_closed() -> None:
    for sheet in OURS:
        text = text_of(sheet)
        assert text.count("{") == text.count("}"), sheet.name
