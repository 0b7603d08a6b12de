"""The table of rates in the admin."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import RateCard, RateCardVersion, RateEntry
from tests.admin_forms import form_of
from tests.factories import NOVEMBER_1, ai_call_meter, ai_call_rates, northwind
from usage.models import Meter


@pytest.fixture
def draft(db: None) -> RateCardVersion:
    return ai_call_rates(published=False).versions.get()


@pytest.fixture
def empty(db: None) -> RateCardVersion:
    card = RateCard.objects.create(legal_entity=northwind(), code="rates", meter=ai_call_meter())
    return RateCardVersion.objects.create(rate_card=card, effective_from=NOVEMBER_1)


def _url(version: RateCardVersion) -> str:
    return reverse("admin:catalog_ratecardversion_table", args=[version.pk])


def _send(client: Client, version: RateCardVersion, **values: Any) -> Any:
    return client.post(_url(version), {**form_of(client, _url(version)), **values}, follow=True)


def _problems(page: Any) -> list[str]:
    form = page.context["form"]
    return [*form.problems, *form.cells.values(), *form.unread.values()]


def _rate(version: RateCardVersion, region: str, outcome: str) -> Decimal:
    return version.entries.get(match={"region": region, "call_outcome": outcome}).rate


def test_the_version_leads_to_the_table_that_shows_every_rate(
    staff_client: Client, draft: RateCardVersion
) -> None:
    page = staff_client.get(reverse("admin:catalog_ratecardversion_change", args=[draft.pk]))
    assert f'<a href="{_url(draft)}">Edit as table</a>' in page.content.decode()

    shown = form_of(staff_client, _url(draft))

    assert shown["row"] == ["US", "EU", "APAC"]
    assert shown["column"] == ["resolved", "transferred", "escalated"]
    assert [shown[f"rate-0-1-{across}"] for across in range(3)] == [["0.25"], ["0.50"], ["0.75"]]


def test_changed_emptied_and_filled_cells_are_saved_to_the_last_digit(
    staff_client: Client, draft: RateCardVersion
) -> None:
    page = _send(staff_client, draft, **{"rate-0-0-0": "0.200000000001", "rate-0-2-2": ""})

    assert [str(message) for message in page.context["messages"]] == [
        "The rates are saved: 0 added, 1 changed, 1 removed."
    ]
    assert _rate(draft, "US", "resolved") == Decimal("0.200000000001")
    assert draft.entries.count() == 8


def test_a_table_is_built_from_nothing_without_javascript(
    staff_client: Client, empty: RateCardVersion
) -> None:
    added = _send(staff_client, empty, new_row="US", new_column="*", _add="1")
    assert added.status_code == 200
    fields = {"seen": added.context["seen"], "row": ["US"], "column": ["*"], "rate-0-0-0": "0.20"}

    again = staff_client.post(_url(empty), {**fields, "new_row": " EU "})
    assert again.context["form"].matrix.rows == ("US", "EU")
    assert again.context["form"].matrix.rates == {("US", "*"): "0.20"}
    assert empty.entries.count() == 0

    staff_client.post(_url(empty), {**fields, "row": ["US", "EU"], "rate-0-1-0": "0.25"})

    assert [(entry.match, entry.rate) for entry in empty.entries.all()] == [
        ({"region": "US", "call_outcome": "*"}, Decimal("0.20")),
        ({"region": "EU", "call_outcome": "*"}, Decimal("0.25")),
    ]


def test_entries_without_a_cell_are_shown_and_stay(
    staff_client: Client, draft: RateCardVersion
) -> None:
    RateEntry.objects.create(
        version=draft, match={"region": ["LATAM", "MEA"]}, rate=Decimal("0.45"), priority=2
    )

    page = _send(staff_client, draft, **{"rate-0-0-0": "9"})

    assert "region: [LATAM, MEA]" in page.content.decode()
    assert draft.entries.get(priority=2).rate == Decimal("0.45")
    assert draft.entries.count() == 10


@pytest.mark.parametrize(
    "typed, words",
    [
        ("-1", "a rate must not be negative"),
        ("0.0000000000001", "a rate has at most 12 digits after the point"),
        ("1,5", "'1,5' is not a number such as 12 or 0.25"),
        ("1e5", "'1e5' is not a number such as 12 or 0.25"),
        ("9" * 13, "Ensure that there are no more than 12 digits before the decimal point."),
    ],
)
def test_what_is_wrong_stands_at_its_cell_and_nothing_is_lost(
    staff_client: Client, draft: RateCardVersion, typed: str, words: str
) -> None:
    page = _send(staff_client, draft, **{"rate-0-0-0": typed, "rate-0-1-1": "0.51"})

    assert page.context["form"].cells == {("US", "resolved"): words}
    sent = page.content.decode()
    assert 'aria-describedby="rate-0-0-0-error"' in sent
    assert 'value="0.51"' in sent
    assert _rate(draft, "EU", "transferred") == Decimal("0.50")


def test_a_cell_that_ties_says_with_which_entry(
    staff_client: Client, empty: RateCardVersion
) -> None:
    RateEntry.objects.create(version=empty, match={"region": "US"}, rate=Decimal(1))
    seen = form_of(staff_client, _url(empty))["seen"]

    page = staff_client.post(
        _url(empty), {"seen": seen, "row": "*", "column": "resolved", "rate-0-0-0": "2"}
    )

    assert _problems(page) == [
        (
            "(region: US) ties with entries[0] (region: *, call_outcome: resolved): "
            "one event can match both at the same rank, give one of them a priority"
        )
    ]
    assert empty.entries.count() == 1


def test_rates_that_somebody_else_changed_meanwhile_are_not_overwritten_unasked(
    staff_client: Client, draft: RateCardVersion
) -> None:
    fields = form_of(staff_client, _url(draft))
    draft.entries.filter(match__region="EU").update(rate=Decimal("0.99"))

    page = staff_client.post(_url(draft), {**fields, "rate-0-0-0": "0.21"})

    assert "Somebody else changed these rates" in _problems(page)[0]
    assert _rate(draft, "EU", "resolved") == Decimal("0.99")
    assert 'value="0.21"' in page.content.decode()


@pytest.mark.parametrize("value", ["a\x00b", "x" * 201])
def test_a_value_that_cannot_be_stored_is_answered_with_words(
    staff_client: Client, draft: RateCardVersion, value: str
) -> None:
    page = _send(staff_client, draft, new_row=value)

    assert page.status_code == 200
    assert len(_problems(page)) == 1
    assert draft.entries.count() == 9


def test_a_published_version_is_shown_and_not_edited(staff_client: Client) -> None:
    version = ai_call_rates().versions.get()

    page = staff_client.get(_url(version)).content.decode()
    assert "0.75" in page
    assert 'name="rate-0-0-0"' not in page

    assert staff_client.post(_url(version), {"row": "US"}).status_code == 403
    assert version.entries.count() == 9


def test_who_may_only_look_sees_the_table_and_may_not_send_it(
    clerk_client: Client, draft: RateCardVersion, client: Client
) -> None:
    assert clerk_client.get(_url(draft)).status_code == 200
    assert clerk_client.post(_url(draft), {}).status_code == 403
    assert client.get(_url(draft)).status_code == 302


def test_a_table_that_is_too_large_for_a_form_is_shown_alone(
    staff_client: Client, draft: RateCardVersion
) -> None:
    RateEntry.objects.bulk_create(
        RateEntry(version=draft, match={"region": f"R{n}", "call_outcome": "resolved"}, rate=1)
        for n in range(300)
    )

    assert "up to 900 cells and headings" in staff_client.get(_url(draft)).content.decode()
    assert staff_client.post(_url(draft), {}).status_code == 403


def test_a_row_too_many_is_refused_and_the_table_can_still_be_sent(
    staff_client: Client, draft: RateCardVersion
) -> None:
    RateEntry.objects.bulk_create(
        RateEntry(version=draft, match={"region": f"R{n}", "call_outcome": "resolved"}, rate=1)
        for n in range(221)
    )

    page = _send(staff_client, draft, new_row="one more")
    assert _problems(page) == [
        "A table has at most 900 cells and headings; import more from a file."
    ]
    page = _send(staff_client, draft, **{"rate-0-0-0": "0.9"})

    assert _rate(draft, "US", "resolved") == Decimal("0.9")


def test_each_combination_of_further_keys_gets_a_table_when_all_of_it_is_typed(
    staff_client: Client,
) -> None:
    meter = Meter.objects.create(
        legal_entity=northwind(), code="CHAT", display_name="Chats", event_name="chat",
        aggregation="count", group_keys=["region", "outcome", "model", "channel"],
    )  # fmt: skip
    card = RateCard.objects.create(legal_entity=northwind(), code="chats", meter=meter)
    version = RateCardVersion.objects.create(rate_card=card, effective_from=NOVEMBER_1)
    sides = {"row": "US", "column": "resolved"}

    page = _send(staff_client, version, **sides, new_layer_0="fast")
    assert _problems(page) == ["A further table needs a value for each of its properties."]

    page = _send(staff_client, version, **sides, new_layer_0="fast", new_layer_1="*")
    assert "model: fast, channel: * (any)" in page.content.decode()

    layer = '["fast", "*"]'
    _send(staff_client, version, **sides, layer=[layer, "nonsense", "[1]"], **{"rate-0-0-0": "2"})

    [entry] = version.entries.all()
    assert entry.match == {"region": "US", "outcome": "resolved", "model": "fast", "channel": "*"}
