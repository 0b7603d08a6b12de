"""Rate cards in the admin: entries, drafts, publishing."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import RateCard, RateCardVersion, RateEntry
from tests.admin_forms import errors_of, form_of, rows, save_form, send_form
from tests.factories import NOVEMBER_1, ai_call_meter, ai_call_rates, northwind

DECEMBER_1 = datetime(2024, 12, 1, tzinfo=UTC)


@pytest.fixture
def card(db: None) -> RateCard:
    return RateCard.objects.create(legal_entity=northwind(), code="rates", meter=ai_call_meter())


def _add(client: Client, card: RateCard, *entries: dict[str, Any], **values: Any) -> Any:
    url = f"{reverse('admin:catalog_ratecardversion_add')}?rate_card={card.pk}"
    return send_form(
        client, url, **{"effective_from": "2024-11-01", **values, **rows("entries", *entries)}
    )


def _publish(client: Client, version: RateCardVersion, **values: Any) -> Any:
    url = reverse("admin:catalog_ratecardversion_publish", args=[version.pk])
    return send_form(client, url, **values)


def test_every_kind_of_value_can_be_typed_and_is_shown_again(
    staff_client: Client, card: RateCard
) -> None:
    page = _add(
        staff_client,
        card,
        {"key_0": "US", "key_1": "*", "rate": "0.20"},
        {"key_0": "null", "key_1": '["resolved", "escalated"]', "rate": "0.000000000001"},
        {"key_0": '"null"', "other": '{"tokens": {"gte": "128000"}}', "rate": "1", "priority": "5"},
    )

    assert errors_of(page) == []
    version = RateCardVersion.objects.get()
    assert [(entry.match, entry.rate, entry.priority) for entry in version.entries.all()] == [
        ({"region": "US", "call_outcome": "*"}, Decimal("0.20"), 0),
        (
            {"region": None, "call_outcome": ["resolved", "escalated"]},
            Decimal("0.000000000001"),
            0,
        ),
        ({"region": "null", "tokens": {"gte": "128000"}}, Decimal(1), 5),
    ]
    shown = form_of(
        staff_client, reverse("admin:catalog_ratecardversion_change", args=[version.pk])
    )
    assert shown["entries-0-key_1"] == ["*"]
    assert shown["entries-1-key_0"] == ["null"]
    assert shown["entries-1-key_1"] == ['["resolved", "escalated"]']
    assert shown["entries-2-key_0"] == ['"null"']
    assert shown["entries-2-other"] == ['{"tokens": {"gte": "128000"}}']


def test_rows_stand_in_the_order_that_was_typed(staff_client: Client, card: RateCard) -> None:
    _add(
        staff_client,
        card,
        {"key_0": "US", "rate": "1", "position": "7"},
        {"key_0": "EU", "rate": "2"},
        {"key_0": "APAC", "rate": "3", "position": "2"},
    )

    entries = RateCardVersion.objects.get().entries.all()
    assert [entry.match["region"] for entry in entries] == ["APAC", "US", "EU"]


def test_two_entries_that_tie_are_refused_naming_both(staff_client: Client, card: RateCard) -> None:
    page = _add(
        staff_client,
        card,
        {"key_0": "US", "rate": "0.20"},
        {"key_1": "resolved", "rate": "0.30"},
    )

    words = (
        "entries[1]: (call_outcome: resolved) ties with entries[0] (region: US): "
        "one event can match both at the same rank, give one of them a priority"
    )
    assert errors_of(page) == [words]
    assert not RateCardVersion.objects.exists()


@pytest.mark.parametrize(
    "entry, words",
    [
        ({"key_0": "[1", "rate": "1"}, "begins like JSON and is none"),
        ({"key_0": "US", "other": "[1]", "rate": "1"}, "Write an object"),
        ({"key_0": "[]", "rate": "1"}, "must not be empty"),
        ({"key_0": '{"gte": "x"}', "rate": "1"}, "is not a number"),
        ({"key_0": "US", "rate": "-1"}, "rate"),
        ({"key_0": "US", "rate": "NaN"}, "number"),
        ({"key_0": "US", "rate": "0.0000000000001"}, "12 decimal places"),
        ({"key_0": '"\\u0000"', "rate": "1"}, "cannot be stored"),
        ({"key_0": "US", "rate": ""}, "required"),
    ],
)
def test_an_entry_that_is_none_is_refused(
    staff_client: Client, card: RateCard, entry: dict[str, str], words: str
) -> None:
    page = _add(staff_client, card, entry)

    assert words in " ".join(errors_of(page))
    assert not RateCardVersion.objects.exists()


def test_overlapping_versions_are_refused_naming_both(staff_client: Client) -> None:
    card = ai_call_rates()

    page = _add(staff_client, card, {"key_0": "US", "rate": "1"}, effective_from="2024-12-01")

    assert errors_of(page) == [
        "versions[1]: (from 2024-12-01 on) overlaps versions[0] (from 2024-11-01 on)"
    ]
    assert card.versions.count() == 1


def test_a_draft_may_end_the_open_version_before_it_when_published(staff_client: Client) -> None:
    card = ai_call_rates()
    page = _add(
        staff_client, card, {"key_0": "US", "rate": "1"},
        effective_from="2024-12-01", ends_previous="on",
    )  # fmt: skip
    assert errors_of(page) == []
    first, second = card.versions.order_by("effective_from")
    assert first.effective_to is None

    asked = staff_client.get(
        reverse("admin:catalog_ratecardversion_publish", args=[second.pk])
    ).content.decode()
    assert "its last day is Nov 30, 2024" in asked
    assert errors_of(_publish(staff_client, second)) == []

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.effective_to == second.effective_from == DECEMBER_1
    assert second.published_at is not None


def test_publishing_over_another_version_is_refused_naming_both(staff_client: Client) -> None:
    card = ai_call_rates()
    draft = RateCardVersion.objects.create(rate_card=card, effective_from=DECEMBER_1)

    page = staff_client.post(
        reverse("admin:catalog_ratecardversion_publish", args=[draft.pk]), follow=True
    )

    assert errors_of(page) == [
        "versions[1]: (from 2024-12-01 on) overlaps versions[0] (from 2024-11-01 on)"
    ]
    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_published_version_is_not_published_again(staff_client: Client) -> None:
    version = ai_call_rates().versions.get()

    page = staff_client.post(
        reverse("admin:catalog_ratecardversion_publish", args=[version.pk]), follow=True
    )

    assert errors_of(page) == ["this version is published already"]


def test_of_a_published_version_only_the_end_can_be_set(staff_client: Client) -> None:
    version = ai_call_rates().versions.get()
    url = reverse("admin:catalog_ratecardversion_change", args=[version.pk])
    assert "entries-0-rate" not in form_of(staff_client, url)

    save_form(
        staff_client, url, effective_to="2024-12-31", effective_from="2020-01-01",
        **{"entries-0-rate": "9"},
    )  # fmt: skip

    version.refresh_from_db()
    assert version.effective_from == NOVEMBER_1
    assert version.effective_to == datetime(2025, 1, 1, tzinfo=UTC)
    assert not version.entries.filter(rate=9).exists()
    assert "effective_to" not in form_of(staff_client, url)


def test_an_end_before_the_start_comes_back_as_words(staff_client: Client) -> None:
    version = ai_call_rates().versions.get()
    url = reverse("admin:catalog_ratecardversion_change", args=[version.pk])

    page = send_form(staff_client, url, effective_to="2024-01-01")

    assert errors_of(page) == ["A version ends after it starts."]


def test_a_published_version_is_not_deleted(staff_client: Client) -> None:
    version = ai_call_rates().versions.get()
    url = reverse("admin:catalog_ratecardversion_delete", args=[version.pk])

    assert staff_client.post(url, {"post": "yes"}).status_code == 403


def test_what_is_published_is_not_deleted_in_bulk(staff_client: Client) -> None:
    version = ai_call_rates().versions.get()

    page = staff_client.post(
        reverse("admin:catalog_ratecardversion_changelist"),
        {"action": "delete_selected", "_selected_action": version.pk, "post": "yes"},
    )

    assert page.status_code == 403
    assert RateCardVersion.objects.count() == 1


def test_a_clerk_may_not_publish(clerk_client: Client) -> None:
    version = ai_call_rates(published=False).versions.get()
    url = reverse("admin:catalog_ratecardversion_publish", args=[version.pk])

    assert clerk_client.get(url).status_code == 403
    assert clerk_client.post(url).status_code == 403
    version.refresh_from_db()
    assert version.published_at is None


def test_more_entries_than_a_form_can_send_are_shown_and_not_edited(staff_client: Client) -> None:
    version = ai_call_rates(published=False).versions.get()
    RateEntry.objects.bulk_create(
        RateEntry(version=version, match={"region": f"R{number}"}, rate=1) for number in range(120)
    )
    url = reverse("admin:catalog_ratecardversion_change", args=[version.pk])

    assert "entries-TOTAL_FORMS" not in form_of(staff_client, url)
    assert "are changed by plan file" in staff_client.get(url).content.decode()
    save_form(staff_client, url, effective_from="2024-11-02")
    assert version.entries.count() == 129
