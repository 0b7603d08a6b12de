"""Rates of a card from a file and into one."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog.models import RateCard, RateCardVersion, RateEntry
from tests.factories import ai_call_rates

HEADINGS = "effective_from,region,call_outcome,rate,priority"
JANUARY_1 = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def card(db: None) -> RateCard:
    return ai_call_rates()


def _url(name: str, card: RateCard) -> str:
    return reverse(f"admin:catalog_rates_{name}", args=[card.pk])


def _send(client: Client, card: RateCard, data: bytes, name: str = "rates.csv") -> Any:
    return client.post(
        _url("import", card), {"import_file": SimpleUploadedFile(name, data), "format": ""}
    )


def _upload(client: Client, card: RateCard, *rows: str, headings: str = HEADINGS) -> Any:
    return _send(client, card, "\n".join([headings, *rows]).encode())


def _confirm(client: Client, card: RateCard, page: Any) -> Any:
    return client.post(
        _url("process_import", card), dict(page.context["confirm_form"].initial), follow=True
    )


def _draft(card: RateCard) -> RateCardVersion:
    return card.versions.get(published_at=None)


def test_a_file_makes_a_draft_of_its_day_exact_to_the_last_digit(
    staff_client: Client, card: RateCard
) -> None:
    page = _upload(
        staff_client, card,
        "2025-01-01,US,resolved,0.000000000001,",
        '2025-01-01,"[""EU"", ""UK""]",*,0.30,5',
        "2025-01-01,null,,1,",
    )  # fmt: skip
    assert not card.versions.filter(published_at=None).exists()

    done = _confirm(staff_client, card, page)

    draft = _draft(card)
    assert draft.effective_from == JANUARY_1
    assert [(entry.match, entry.rate, entry.priority) for entry in draft.entries.all()] == [
        ({"region": "US", "call_outcome": "resolved"}, Decimal("0.000000000001"), 0),
        ({"region": ["EU", "UK"], "call_outcome": "*"}, Decimal("0.30"), 5),
        ({"region": None}, Decimal(1), 0),
    ]
    assert done.redirect_chain[-1][0] == reverse(
        "admin:catalog_ratecardversion_change", args=[draft.pk]
    )


def test_a_draft_of_that_day_is_extended_and_its_other_rates_stay(
    staff_client: Client, card: RateCard
) -> None:
    draft = RateCardVersion.objects.create(rate_card=card, effective_from=JANUARY_1)
    for region, rate in (("US", "0.20"), ("EU", "0.25"), ("APAC", "0.30")):
        match = {"region": region, "call_outcome": "resolved"}
        RateEntry.objects.create(version=draft, match=match, rate=Decimal(rate))

    page = _upload(
        staff_client, card,
        "2025-01-01,US,resolved,0.22,0", "2025-01-01,EU,resolved,0.250,0",
        "2025-01-01,LATAM,resolved,0.10,0",
    )  # fmt: skip
    totals = dict(page.context["result"].totals)
    assert (totals["new"], totals["update"], totals["skip"]) == (1, 1, 1)
    _confirm(staff_client, card, page)

    rates = {entry.match["region"]: str(entry.rate.normalize()) for entry in draft.entries.all()}
    assert rates == {"US": "0.22", "EU": "0.25", "APAC": "0.3", "LATAM": "0.1"}


def test_numbers_of_a_spreadsheet_are_read_as_they_were_typed(
    staff_client: Client, card: RateCard
) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADINGS.split(","))
    book.active.append([date(2025, 1, 1), "US", "resolved", 0.1, 0])
    written = BytesIO()
    book.save(written)

    page = _send(staff_client, card, written.getvalue(), "rates.xlsx")
    _confirm(staff_client, card, page)

    assert _draft(card).entries.get().rate == Decimal("0.1")


@pytest.mark.parametrize(
    "row, field, words",
    [
        ("2024-11-01,US,resolved,1,", "effective_from", "a published version starts then"),
        ("soon,US,resolved,1,", "effective_from", "Write a date such as 2024-11-01"),
        (",US,resolved,1,", "effective_from", "This field is required."),
        ("2025-01-01,US,resolved,,", "rate", "a number is missing"),
        ("2025-01-01,US,resolved,1e5,", "rate", "'1e5' is not a number such as 12 or 0.25"),
        ('2025-01-01,US,resolved,"0,5",', "rate", "'0,5' is not a number such as 12 or 0.25"),
        ("2025-01-01,US,resolved,1,x", "priority", "'x' is not a priority such as 0 or 10"),
        ("2025-01-01,[US,resolved,1,", "region", "begins like JSON and is none"),
        (f"2025-01-01,{'[' * 99_999},resolved,1,", "region", "too many brackets inside brackets"),
        ("2025-01-01,[],resolved,1,", "region", "must not be empty"),
        ("2025-01-01,US,resolved,-1,", "__all__", "rate: a rate must not be negative"),
        ("2025-01-01,US,resolved,0.0000000000001,", "__all__", "at most 12 digits"),
        ("2025-01-01,US,resolved,9999999999999,", "rate", "no more than 12 digits before"),
    ],
)
def test_a_row_that_is_refused_names_column_and_reason(
    staff_client: Client, card: RateCard, row: str, field: str, words: str
) -> None:
    page = _upload(staff_client, card, row)

    [invalid] = page.context["result"].invalid_rows
    assert list(invalid.error.message_dict) == [field]
    assert words in invalid.error.message_dict[field][0]
    assert page.context.get("confirm_form") is None
    assert card.versions.count() == 1


@pytest.mark.parametrize(
    "rows, words",
    [
        (["2025-01-01,US,,1,", "2025-01-01,,resolved,2,"], "ties with entries[0] (region: US)"),
        (["2025-01-01,US,,1,", '2025-01-01,"[""US""]",,2,'], "stands twice in the file"),
    ],
)
def test_rates_that_contradict_each_other_are_refused(
    staff_client: Client, card: RateCard, rows: list[str], words: str
) -> None:
    page = _upload(staff_client, card, *rows)

    assert words in page.content.decode()
    assert page.context.get("confirm_form") is None


@pytest.mark.parametrize(
    "headings, words",
    [
        ("effective_from,region,call_outcome", "The column &#x27;rate&#x27; is missing."),
        ("region,call_outcome,rate", "effective_from"),
        ("effective_from,colour,rate", "There is no column &#x27;colour&#x27;"),
    ],
)
def test_columns_that_are_missing_or_unknown_are_named(
    staff_client: Client, card: RateCard, headings: str, words: str
) -> None:
    page = _upload(staff_client, card, "2025-01-01,US,1", headings=headings)

    assert words in page.content.decode()


def test_a_version_published_between_look_and_yes_is_not_touched(
    staff_client: Client, card: RateCard
) -> None:
    draft = RateCardVersion.objects.create(rate_card=card, effective_from=JANUARY_1)
    page = _upload(staff_client, card, "2025-01-01,US,resolved,1,")
    card.versions.exclude(pk=draft.pk).update(effective_to=JANUARY_1)
    draft.published_at = JANUARY_1
    draft.save()

    done = _confirm(staff_client, card, page)

    assert "Nothing was imported" in str(next(iter(done.context["messages"])))
    assert draft.entries.count() == 0


def test_what_is_exported_can_be_imported_under_another_day(
    staff_client: Client, clerk_client: Client, card: RateCard
) -> None:
    answer = clerk_client.get(_url("export", card))

    text = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="ai-call-rates-2024-11-01.csv"'
    assert text.splitlines()[:2] == [HEADINGS, "2024-11-01,US,resolved,0.2,0"]

    page = _send(staff_client, card, text.replace("2024-11-01", "2025-01-01").encode())
    _confirm(staff_client, card, page)

    published = card.versions.exclude(published_at=None).get()
    assert [entry.terms() for entry in _draft(card).entries.all()] == [
        entry.terms() for entry in published.entries.all()
    ]


def test_a_workbook_is_exported_with_rates_as_text(clerk_client: Client, card: RateCard) -> None:
    answer = clerk_client.get(_url("export", card), {"format": "xlsx"})

    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    assert sheet["D2"].value == "0.2"


def test_who_may_only_look_may_not_import(clerk_client: Client, card: RateCard) -> None:
    assert clerk_client.get(_url("import", card)).status_code == 403
    assert clerk_client.post(_url("process_import", card)).status_code == 403


def test_a_card_that_is_not_there_is_not_found(staff_client: Client) -> None:
    for name in ("import", "export"):
        url = reverse(f"admin:catalog_rates_{name}", args=[999])
        assert staff_client.get(url).status_code == 404
