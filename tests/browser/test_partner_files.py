"""A partner brings a file of calls from the upload to its events, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from accounts.models import Partner
from tests import factories as make
from tests.browser.axe import overflow, violations
from tests.browser.scenes import room
from tests.browser.test_accessibility import LOOKS, Scheme
from tests.usage.kept import kept_in
from tests.usage.uploads import call_row, checked, csv_bytes, mapped, uploaded
from usage.models import Event, UsageFile
from usage.tasks import check_file, import_file

# The page asks every two seconds.
SOON = 10_000


@pytest.fixture
def callwave(committed: None, settings: Settings, tmp_path: Path) -> Partner:
    """Callwave sends calls of Acme's sandbox, which one meter counts."""
    kept_in(tmp_path / "usage-files", settings)
    make.ai_call_meter()
    return make.partner(make.acme())


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Three good calls, one of nobody, and one whose minutes are a word."""
    path = tmp_path / "november.csv"
    rows = [call_row(number) for number in range(3)]
    rows += [call_row(3, account="nobody"), call_row(4, minutes="five")]
    path.write_bytes(csv_bytes(rows))
    return path


def say_what_columns_mean(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name="What its columns mean")).to_be_visible()
    page.get_by_label("Event name", exact=True).select_option(label="the same for every row:")
    page.get_by_label("Always this name").fill("ai_call")
    page.get_by_label("name of outcome").fill("call_outcome")
    page.get_by_label("name of minutes").fill("duration_minutes")
    page.get_by_label("type of minutes").select_option(label="number")
    page.get_by_role("button", name="Show the rows anew").click()
    preview = page.get_by_role("region", name="The first rows as events")
    expect(preview.get_by_role("row").nth(1)).to_contain_text("duration_minutes: 5")
    expect(preview).to_contain_text("'five' is no number")
    page.get_by_role("button", name="This is right: save it").click()


def count(page: Page, region: str, label: str) -> str:
    counts = page.get_by_role("region", name=region, exact=True).locator("dl")
    return counts.locator(f"dt:text-is('{label}') + dd").inner_text().split()[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_file_goes_from_the_upload_to_its_counts(
    callwave: Partner, calls: Path, new_page: Callable[..., Page], scripts: bool
) -> None:
    page = new_page(make.partner_person(callwave), java_script_enabled=scripts)
    page.goto(reverse("partner:overview", args=[callwave.public_id]))
    room(page, "Files")
    page.get_by_role("link", name="Upload a test file").click()
    page.get_by_label("File", exact=True).set_input_files(calls)
    page.get_by_role("button", name="Upload").click()
    say_what_columns_mean(page)
    expect(page.get_by_text("Saved, and remembered")).to_be_visible()
    file = UsageFile.objects.get()

    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("being checked").first).to_be_visible()
    check_file(file.pk)
    if not scripts:
        page.reload()
    check = "Check: what an import would do"
    expect(page.get_by_text("Look at the counts, then import it.")).to_be_visible(timeout=SOON)
    assert [count(page, check, label) for label in ("Accepted", "Quarantined", "Rejected")] == [
        "3", "1", "1",
    ]  # fmt: skip
    assert Event.objects.count() == 0

    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    import_file(file.pk)
    if not scripts:
        page.reload()
    expect(page.get_by_text("All of it is imported.")).to_be_visible(timeout=SOON)
    assert [count(page, "Import", label) for label in ("Accepted", "Quarantined", "Rejected")] == [
        "3", "1", "1",
    ]  # fmt: skip
    assert Event.objects.count() == 3
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == 3


@pytest.mark.parametrize("scheme,width", LOOKS)
def test_pages_of_files_keep_the_rules_of_accessibility(
    callwave: Partner, new_page: Callable[..., Page], scheme: Scheme, width: int
) -> None:
    source = make.source(callwave)
    rows = [call_row(number, minutes="five") for number in range(2)]
    done = mapped(source, csv_bytes(rows), name="a rather long name of a file of calls.csv")
    checked(done)
    guessed = uploaded(source, csv_bytes([call_row(1)], ("a", "b", "c", "d", "e", "f")))
    page = new_page(
        make.partner_person(callwave),
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    uid = callwave.public_id
    addresses = [reverse(f"partner:{name}", args=[uid]) for name in ("files", "upload")]
    addresses += [
        reverse(f"partner:{name}", args=[uid, file.public_id])
        for file in (done, guessed)
        for name in ("file", "file_mapping", "file_forget")
    ]

    wrong = []
    for address in addresses:
        page.goto(address)
        wrong += [f"{address}: {each}" for each in violations(page)]
        if overflow(page) > 0:
            wrong.append(f"{address}: {overflow(page)} px wider than a window of {width}")

    assert wrong == []
