"""Prices of calls in the admin: their terms, their rates by pages, a deck as a file."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import CallRate, Price, PriceVersion
from catalog.operations import change_call_rates
from tests import factories as make
from tests.admin_forms import errors_of, form_of, rows, save_form, send_form
from usage.models import Meter

pytestmark = pytest.mark.django_db

TOO_MANY = (
    "deck.csv: has 200,001 rows, at most 200,000 are taken: leave out rows that cost what a "
    "shorter prefix costs, or give each direction a meter of its own, by a filter, and a price"
)
STEPS = [{"from_second": 0, "price": "0.2", "per_seconds": 60, "increment_seconds": 60}]


def voice() -> Price:
    meter = Meter.objects.create(
        legal_entity=make.northwind(), code="CALL", display_name="Calls", event_name="call",
        aggregation="sum", property="duration_seconds", unit="second", calls=True,
    )  # fmt: skip
    return Price.objects.create(
        legal_entity=make.northwind(), code="voice", kind="call", meter=meter
    )


def draft(*prefixes: str, **columns: Any) -> PriceVersion:
    version = PriceVersion.objects.create(
        price=voice(), name="Voice", model="", section="telephony", **columns
    )
    CallRate.objects.bulk_create(
        CallRate(version=version, prefix=prefix, rate_per_minute=Decimal("0.01"), position=place)
        for place, prefix in enumerate(prefixes)
    )
    return version


def page_of(version: PriceVersion, more: str = "") -> str:
    return reverse("admin:catalog_call_rates", args=[version.pk]) + more


def deck(*lines: str, headings: str = "prefix,rate_per_minute") -> SimpleUploadedFile:
    return SimpleUploadedFile("deck.csv", "\n".join([headings, *lines]).encode())


def look(client: Client, version: PriceVersion, file: SimpleUploadedFile) -> Any:
    return client.post(
        reverse("admin:catalog_call_rates_import", args=[version.pk]), {"file": file}
    )


def take(client: Client, version: PriceVersion, looked_at: Any) -> Any:
    url = reverse("admin:catalog_call_rates_import", args=[version.pk])
    return client.post(url, {"kept": looked_at.context["kept"]}, follow=True)


def stored(version: PriceVersion) -> dict[str, Decimal | None]:
    return {row.prefix: row.rate_per_minute for row in version.call_rates.all()}


def test_bands_and_bundles_are_rows(staff_client: Client) -> None:
    save_form(
        staff_client,
        f"{reverse('admin:catalog_priceversion_add')}?price={voice().pk}",
        name="Voice", decimals="6", call_rounding="up", duration_basis="setup",
        min_billable_seconds="3", band_policy="call_start", default_band="off",
        lines_by="direction, prefix",
        **rows(
            "bands",
            {"name": "peak", "days": ["mon", "fri"], "from": "08:00", "to": "18:00",
             "priority": "10"},
            {"name": "holiday", "dates": "2026-12-25, 2026-12-26", "priority": "20"},
        ),
        **rows(
            "bundles",
            {"code": "free", "seconds": "30000", "directions": "inbound", "prefixes": "1, 44",
             "rollover__periods": "1", "rollover__maximum": "600"},
        ),
    )  # fmt: skip

    made = PriceVersion.objects.get()
    assert made.terms_keys == {
        "decimals": 6, "call_rounding": "up", "duration_basis": "setup",
        "min_billable_seconds": 3, "band_policy": "call_start", "default_band": "off",
        "bands": [
            {"name": "peak", "days": ["mon", "fri"], "from": "08:00", "to": "18:00",
             "priority": 10},
            {"name": "holiday", "dates": ["2026-12-25", "2026-12-26"], "priority": 20},
        ],
        "bundles": [
            {"code": "free", "seconds": 30000, "directions": ["inbound"],
             "prefixes": ["1", "44"], "rollover": {"periods": 1, "maximum": "600"}},
        ],
        "lines_by": ["direction", "prefix"],
    }  # fmt: skip


def test_a_form_of_calls_shows_what_it_stored(staff_client: Client) -> None:
    keys = {
        "bands": [{"name": "peak", "days": ["mon", "tue"], "from": "08:00", "to": "18:00"}],
        "bundles": [{"code": "b", "seconds": 60, "effective_from": "2026-01-01"}],
    }
    version = draft("1", terms_keys=keys)

    save_form(staff_client, reverse("admin:catalog_priceversion_change", args=[version.pk]))

    version.refresh_from_db()
    assert version.terms_keys == keys


def test_a_wrong_time_stands_at_its_box(staff_client: Client) -> None:
    url = f"{reverse('admin:catalog_priceversion_add')}?price={voice().pk}"

    page = send_form(
        staff_client, url, name="V", **rows("bands", {"name": "peak", "from": "8 o'clock"})
    )

    assert page.context["adminform"].form.errors["bands"] == [
        "Band 1, from: must be a time of day such as 18:00"
    ]


def test_calls_without_rates_are_not_published(staff_client: Client) -> None:
    url = reverse("admin:catalog_priceversion_publish", args=[draft().pk])

    page = staff_client.post(url, follow=True)

    assert errors_of(page) == ["rates: needs at least one row"]
    assert not PriceVersion.objects.exclude(published_at=None).exists()


def test_rates_are_rows_of_a_page(staff_client: Client) -> None:
    version = draft("1", terms_keys={"default_band": "day"})

    save_form(
        staff_client,
        page_of(version),
        **rows(
            "rates",
            {"prefix": "1", "rate_per_minute": "0.014", "initial_seconds": "30",
             "increment_seconds": "6", "connect_fee": "0.01", "band": "day"},
            {"prefix": "44", "steps": "0: 0.2 per 60 by 60; 60: 0.1 per 60 by 1"},
            {"direction": "outbound", "match": "model=fast", "rate_per_minute": "1"},
        ),
    )  # fmt: skip

    first, second, third = version.call_rates.order_by("position")
    assert (first.prefix, first.initial_seconds, first.increment_seconds) == ("1", 30, 6)
    assert (first.connect_fee, first.band) == (Decimal("0.01"), "day")
    assert [step["from_second"] for step in second.steps] == [0, 60]
    assert (third.direction, third.match) == ("outbound", {"model": "fast"})


def test_a_page_shows_what_it_stored(staff_client: Client) -> None:
    version = draft("1")
    row = {
        "prefix": "44", "rate_per_minute": "", "initial_seconds": "", "increment_seconds": "",
        "steps": "0: 0.2 per 60 by 60; 60: 0.1 per 60 by 1",
    }  # fmt: skip
    save_form(staff_client, page_of(version), **rows("rates", row))

    save_form(staff_client, page_of(version))

    assert len(version.call_rates.get().steps) == 2


def test_rows_of_other_pages_stay(staff_client: Client) -> None:
    version = draft(*(str(number) for number in range(100, 170)))

    save_form(staff_client, page_of(version, "?page=2"), **{"rates-0-rate_per_minute": "5"})

    assert version.call_rates.count() == 70
    assert stored(version)["150"] == Decimal(5)
    assert stored(version)["100"] == Decimal("0.01")


def test_a_row_left_empty_goes_away(staff_client: Client) -> None:
    version = draft("1", "44")
    emptied = {name: "" for name in form_of(staff_client, page_of(version)) if "-0-" in name}

    save_form(staff_client, page_of(version), **emptied)

    assert set(stored(version)) == {"44"}


def test_prefixes_are_searched(staff_client: Client) -> None:
    version = draft("1", "44", "4420")

    page = staff_client.get(page_of(version, "?prefix=44"))

    assert [row[0][0] for row in page.context["rows"]] == ["44", "4420"]


def test_a_wrong_rate_stands_at_its_box(staff_client: Client) -> None:
    version = draft("1")

    page = send_form(staff_client, page_of(version), **{"rates-0-rate_per_minute": "cheap"})

    assert page.context["form"].errors["rates"] == [
        "Rate 1, per minute: 'cheap' is not a number such as 12 or 0.25"
    ]
    assert stored(version) == {"1": Decimal("0.01")}


def test_a_rate_that_ties_with_another_page_is_refused(staff_client: Client) -> None:
    version = draft(*(str(number) for number in range(100, 160)))
    more = {"rates-10-prefix": "100", "rates-10-rate_per_minute": "1"}

    page = send_form(staff_client, page_of(version, "?page=2"), **more)

    assert "ties with" in page.context["form"].errors["rates"][0]
    assert version.call_rates.count() == 60


def test_a_deck_is_looked_at_before_anything_changes(staff_client: Client) -> None:
    version = draft("1", "44", "49")

    page = look(staff_client, version, deck("1,0.01", "44,0.05", "33,0.02"))

    assert page.context["counts"] == {"new": 1, "changed": 1, "goes away": 1}
    assert page.context["same"] == 1
    assert "0.05 per minute, 60/60" in page.content.decode()
    assert set(stored(version)) == {"1", "44", "49"}


def test_a_deck_is_imported_after_it_was_looked_at(staff_client: Client) -> None:
    version = draft("1", "44")

    page = take(staff_client, version, look(staff_client, version, deck("44,0.05", "33,0.02")))

    assert errors_of(page) == []
    assert stored(version) == {"44": Decimal("0.05"), "33": Decimal("0.02")}


def test_rows_with_steps_stay_when_a_deck_is_imported(staff_client: Client) -> None:
    version = draft("1")
    CallRate.objects.create(version=version, prefix="88", steps=STEPS)

    take(staff_client, version, look(staff_client, version, deck("44,0.05")))

    assert set(stored(version)) == {"88", "44"}


def test_problems_of_a_deck_are_named_by_line(staff_client: Client) -> None:
    version = draft("1")

    page = look(staff_client, version, deck("44,cheap", "x,1"))

    assert page.context["form"].errors["file"] == [
        "deck.csv line 2.rate_per_minute: 'cheap' is not a number such as 12 or 0.25",
        "deck.csv line 3.prefix: must be digits, without +",
    ]


def test_rates_of_a_deck_that_tie_are_named_by_line(staff_client: Client) -> None:
    version = draft("1")
    CallRate.objects.create(version=version, prefix="88", steps=STEPS)

    page = look(staff_client, version, deck("44,0.1", "", "44,0.2"))

    assert page.context["form"].errors["file"] == [
        (
            "deck.csv line 4: (prefix: 44) ties with deck.csv line 2 (prefix: 44): "
            "one call can match both at the same rank"
        )
    ]


def test_a_rate_of_a_deck_that_ties_with_one_that_stays_is_named_by_line(
    staff_client: Client,
) -> None:
    version = draft("1")
    CallRate.objects.create(version=version, prefix="44", steps=STEPS)

    page = look(staff_client, version, deck("33,0.1", "44,0.2"))

    assert page.context["form"].errors["file"] == [
        (
            "deck.csv line 3: (prefix: 44) ties with a rate that stands in no file and stays "
            "(prefix: 44): one call can match both at the same rank"
        )
    ]


def test_a_band_that_is_gone_is_told_of_the_deck_and_of_what_stays(staff_client: Client) -> None:
    version = draft("1")
    CallRate.objects.create(version=version, prefix="88", band="night", steps=STEPS)

    page = look(staff_client, version, deck("44,0.2,day", headings="prefix,rate_per_minute,band"))

    assert page.context["form"].errors["file"] == [
        "a rate that stands in no file and stays.band: unknown band 'night'",
        "deck.csv line 2.band: unknown band 'day'",
    ]


def test_a_cell_without_room_is_named_by_line(staff_client: Client) -> None:
    file = deck("1,0.1,in", f"44,0.1,{'x' * 41}", headings="prefix,rate_per_minute,direction")

    page = look(staff_client, draft(), file)

    assert page.context["form"].errors["file"] == [
        "deck.csv line 3.direction: has more than 40 characters"
    ]


def test_a_deck_of_too_many_rows_is_refused_with_what_can_be_done(staff_client: Client) -> None:
    version = draft("1")

    page = look(staff_client, version, deck(*["1,0.1"] * 200_001))

    assert page.context["form"].errors["file"] == [TOO_MANY]


def test_a_full_deck_takes_no_more_rows_by_hand(
    staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_call_rates, "MOST_ROWS", 2)
    version = draft("1", "44")
    more = {"rates-2-prefix": "49", "rates-2-rate_per_minute": "1"}

    page = send_form(staff_client, page_of(version), **more)

    (said,) = errors_of(page)
    assert said.startswith("the deck has 3 rows, at most")
    assert set(stored(version)) == {"1", "44"}


def test_what_changed_since_a_deck_was_looked_at_is_told_by_line(staff_client: Client) -> None:
    version = draft("1")
    looked_at = look(staff_client, version, deck("33,0.1", "44,0.2"))
    CallRate.objects.create(version=version, prefix="44", steps=STEPS)

    page = take(staff_client, version, looked_at)

    (said,) = errors_of(page)
    assert said.startswith(
        "Nothing was imported: deck.csv line 3: (prefix: 44) ties with a rate that"
    )


def test_what_is_exported_comes_back(staff_client: Client) -> None:
    version = draft("1", "44")
    CallRate.objects.create(
        version=version, prefix="7", match={"model": "fast"}, rate_per_minute=Decimal("0.5"),
        position=9, tax_code="VOIP",
    )  # fmt: skip
    url = reverse("admin:catalog_call_rates_export", args=[version.pk])
    answer = staff_client.get(url)
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.splitlines()[0].startswith("direction,number_type,prefix")
    assert "match.model" in text

    page = look(staff_client, version, SimpleUploadedFile("deck.csv", text.encode()))

    assert page.context["counts"] == {"new": 0, "changed": 0, "goes away": 0}
    assert page.context["same"] == 3


def test_a_published_deck_is_shown_to_read_only(staff_client: Client) -> None:
    version = draft("1")
    PriceVersion.objects.update(published_at=make.NOW)

    page = staff_client.get(page_of(version)).content.decode()

    assert 'name="rates-0-prefix"' not in page
    assert staff_client.post(page_of(version), {}).status_code == 403
    assert look(staff_client, version, deck("1,1")).status_code == 403


def test_a_price_that_is_no_price_of_calls_has_no_deck(staff_client: Client) -> None:
    version = make.ai_call_price().versions.get()

    assert staff_client.get(page_of(version)).status_code == 404


def test_a_clerk_may_look_and_not_import(clerk_client: Client) -> None:
    version = draft("1")

    assert clerk_client.get(page_of(version)).status_code == 200
    assert look(clerk_client, version, deck("1,1")).status_code == 403


def test_a_page_of_a_large_deck_costs_as_many_queries_as_a_small_one(
    staff_client: Client,
) -> None:
    version = draft("1")
    with CaptureQueriesContext(connection) as few:
        staff_client.get(page_of(version))
    CallRate.objects.bulk_create(
        CallRate(version=version, prefix=str(number), rate_per_minute=Decimal(1))
        for number in range(1000, 1200)
    )
    with CaptureQueriesContext(connection) as many:
        staff_client.get(page_of(version))

    assert len(many) <= len(few) <= 15


def test_a_copy_has_the_deck_too(staff_client: Client) -> None:
    version = draft("1", "44")

    staff_client.post(reverse("admin:catalog_priceversion_copy", args=[version.pk]))

    copy = PriceVersion.objects.exclude(pk=version.pk).get()
    assert stored(copy) == stored(version)


@pytest.mark.parametrize(
    "heading,cell,said",
    [
        ("direction", "x" * 41, "has more than 40 characters"),
        ("tax_code", "x" * 65, "has more than 64 characters"),
        ("connect_fee", "1000000000000", "must be under 1,000,000,000,000"),
    ],
)
def test_a_deck_with_more_than_a_column_holds_is_refused_at_the_look(
    staff_client: Client, heading: str, cell: str, said: str
) -> None:
    version = draft()
    file = deck(f"1,0.1,{cell}", headings=f"prefix,rate_per_minute,{heading}")

    assert said in look(staff_client, version, file).content.decode()


@pytest.mark.parametrize("kept", ["\x00", "a\x00b", "../../etc/passwd", ""])
def test_a_deck_that_was_never_looked_at_is_not_imported(staff_client: Client, kept: str) -> None:
    version = draft("1")

    staff_client.post(reverse("admin:catalog_call_rates_import", args=[version.pk]), {"kept": kept})

    assert stored(version) == {"1": Decimal("0.01")}


def test_several_wrong_cells_of_one_row_are_all_told(staff_client: Client) -> None:
    version = draft("1")

    page = send_form(
        staff_client,
        page_of(version),
        seen="²",
        **{"rates-0-rate_per_minute": "cheap", "rates-0-connect_fee": "y"},
    )

    assert page.context["form"].errors["rates"] == [
        "Rate 1, per minute: 'cheap' is not a number such as 12 or 0.25",
        "Rate 1, connect fee: 'y' is not a number such as 12 or 0.25",
    ]
