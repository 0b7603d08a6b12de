"""The price tester: each kind and model has its questions, an amount and its reasons."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import CallRate, Price, PriceVersion, RateEntry
from tests import factories as make
from tests.factories import NOW
from usage.models import Meter

pytestmark = pytest.mark.django_db


def _url(price: Price) -> str:
    return reverse("admin:catalog_price_tester", args=[price.pk])


def _ask(client: Client, price: Price, **query: str) -> str:
    answer = client.get(_url(price), {"at": "2024-11-05", **query})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def _work() -> Meter:
    return Meter.objects.create(
        legal_entity=make.northwind(), code="WORK", display_name="Work", event_name="work",
        aggregation="sum", property="units", unit="task",
    )  # fmt: skip


def _price(kind: str = "usage", model: str = "", meter: Meter | None = None, **keys: Any) -> Price:
    price = Price.objects.create(
        legal_entity=make.northwind(), code="tested", kind=kind,
        meter=meter or (_work() if kind in {"usage", "call"} else None),
    )  # fmt: skip
    columns = {key: keys.pop(key) for key in ("unit_price",) if key in keys}
    version = PriceVersion.objects.create(
        price=price, name="Tested", model=model, terms_keys=keys, **columns
    )
    if kind == "call":
        for position, (prefix, rate) in enumerate((("44", "0.0140"), ("4420", "0.0100"))):
            CallRate.objects.create(
                version=version, position=position, direction="outbound", prefix=prefix,
                rate_per_minute=rate,
            )  # fmt: skip
    version.published_at = NOW
    version.save()
    return price


TIERS = [{"up_to": "1000", "unit_price": "0.20"}, {"up_to": None, "unit_price": "0.15"}]
PERCENT_TIERS = [{"up_to": "1000", "percent": "3"}, {"up_to": None, "percent": "2"}]


@pytest.mark.parametrize(
    "model, keys, quantity, shown",
    [
        ("per_unit", {"unit_price": "0.035"}, "13", ["0.46 USD", "13 tasks × $0.035 = $0.455"]),
        ("graduated", {"tiers": TIERS}, "1284", ["242.60 USD", "200.00 USD", "42.60 USD"]),
        ("volume", {"tiers": TIERS}, "1284", ["192.60 USD"]),
        (
            "package",
            {"package_size": "100", "package_price": "5", "free_units": "50"},
            "1284",
            ["65.00 USD"],
        ),
        ("percentage", {"percent": "2.9", "fixed_fee": "0.30"}, "100 20", ["4.08 USD"]),
        ("graduated_percentage", {"tiers": PERCENT_TIERS}, "1500", ["40.00 USD"]),
        (
            "passthrough",
            {"amount_property": "cost", "markup_percent": "20"},
            "1.50 0.35",
            ["2.22 USD"],
        ),
        (
            "per_unit",
            {"unit_price": "0.20", "included": {"quantity": "1000"}},
            "1284",
            ["56.80 USD", "1,284 tasks − 1,000 included = 284 × $0.20 = $56.80"],
        ),
        (
            "per_unit",
            {
                "unit_price": "0.99",
                "outcome": {
                    "success_event": "solved", "reversal_event": "reopened",
                    "correlation_property": "ticket", "window_hours": 72,
                },
            },
            "3",
            ["2.97 USD", "Each is an outcome whose window has passed."],
        ),
    ],
)  # fmt: skip
def test_each_model_of_usage_is_priced(
    clerk_client: Client, model: str, keys: dict[str, Any], quantity: str, shown: list[str]
) -> None:
    page = _ask(clerk_client, _price(model=model, **keys), quantity=quantity)

    for words in shown:
        assert words in page, words


def test_cases_stand_side_by_side(clerk_client: Client) -> None:
    page = _ask(clerk_client, _price(model="graduated", tiers=TIERS), quantity="1000\n2000\n")

    table = page[page.index('id="cases"') : page.index('id="case-1"')]
    assert "200.00 USD" in table
    assert "350.00 USD" in table


def test_the_steps_are_those_of_the_invoice_line(clerk_client: Client) -> None:
    page = _ask(
        clerk_client, make.ai_call_price(), quantity="13", property_0="US", property_1="resolved"
    )

    assert "<strong>2.60 USD</strong>" in page
    assert "13 minutes × $0.20 = $2.60, at the rate of US / resolved" in page
    assert "A line is rounded once, to the nearest $0.01." in page


def test_entries_are_ranked_and_those_passed_over_are_named(clerk_client: Client) -> None:
    price = make.ai_call_price()
    version = price.versions.get()
    draft_of = version.rate_card
    assert draft_of is not None
    held = draft_of.versions.get()
    held.effective_to = held.effective_from.replace(year=2030)
    held.save()
    second = draft_of.versions.create(effective_from=held.effective_to)
    for position, (match, rate) in enumerate(
        (
            ({"region": "US", "call_outcome": "*"}, "0.30"),
            ({"region": "US", "call_outcome": "x"}, "0.10"),
        )
    ):
        RateEntry.objects.create(version=second, position=position, match=match, rate=rate)
    second.published_at = NOW
    second.save()

    page = _ask(clerk_client, price, at="2031-01-01", quantity="1", property_0="US", property_1="x")

    assert "Entries that match, the highest rank first" in page
    assert page.index(">used<") < page.index(">passed over<")
    assert "matches too, but it is less specific" in page


def test_the_tester_names_the_value_that_was_nearly_meant(clerk_client: Client) -> None:
    page = _ask(
        clerk_client, make.ai_call_price(), quantity="2", property_0="us", property_1="resolved"
    )

    assert "0.80 USD" in page
    assert "fallback rate" in page
    assert "did you mean region: US?" in page


def test_calls_are_rated_by_the_one_function(clerk_client: Client) -> None:
    meter = Meter.objects.create(
        legal_entity=make.northwind(), code="CALL", display_name="Calls", event_name="call",
        aggregation="count", calls=True,
    )  # fmt: skip
    price = _price(
        "call", meter=meter, decimals=4, on_unmatched="quarantine",
    )  # fmt: skip

    page = _ask(
        clerk_client, price, quantity="78 60", property_0="outbound", property_2="+442079460000"
    )

    assert "2 calls, 180 seconds" in page or "180 seconds" in page
    assert "0.0200 USD" in page
    assert "4420" in page
    missed = _ask(clerk_client, price, quantity="78", property_0="outbound", property_2="+331234")
    assert "no rate matches, and the price says not to bill it" in missed
    unanswered = _ask(clerk_client, price, quantity="78", unanswered="on", property_2="+4420")
    assert "not billable" in unanswered


def test_seats_are_prorated_by_days(clerk_client: Client) -> None:
    page = _ask(clerk_client, _price("seat", "per_unit", unit_price="30"), quantity="5", days="10")

    assert "<strong>50.00 USD</strong>" in page
    assert "10 of 30 days" in page


def test_fees_have_nothing_to_count(clerk_client: Client) -> None:
    page = _ask(clerk_client, _price("recurring", amount="90"), days="10")

    assert "<strong>30.00 USD</strong>" in page
    assert "id_quantity" not in page


def test_a_one_time_fee_is_due_in_full(clerk_client: Client) -> None:
    assert "<strong>150.00 USD</strong>" in _ask(clerk_client, _price("one_time", amount="150"))


def test_performance_asks_for_its_measure_and_the_lines_it_looks_at(clerk_client: Client) -> None:
    _work()
    price = _price(
        "performance", measure="WORK", of=["minutes"],
        bands=[{"up_to": "80"}, {"up_to": None, "percent": "10"}],
    )  # fmt: skip

    page = _ask(clerk_client, price, measure_0="85", amount_0="200")

    assert "<strong>20.00 USD</strong>" in page
    assert "Lines of minutes" in page


def test_a_draft_is_tried_before_it_is_published(clerk_client: Client) -> None:
    price = _price(model="per_unit", unit_price="0.10")
    draft = PriceVersion.objects.create(
        price=price, name="Dearer", unit_price="0.25",
        effective_from="2030-01-01T00:00:00Z",
    )  # fmt: skip

    assert "1.00 USD" in _ask(clerk_client, price, quantity="10")
    assert "2.50 USD" in _ask(clerk_client, price, quantity="10", draft=str(draft.pk))


@pytest.mark.parametrize(
    "query, words",
    [
        ({"quantity": "NaN"}, "is not a number such as 12 or 0.25"),
        ({"quantity": "1 2"}, "Write one number a line"),
        ({"quantity": "1\n" * 21}, "At most 20 cases are priced at once."),
        ({"quantity": ""}, "This field is required."),
        ({"quantity": "1", "at": "soon"}, "Write a date such as 2024-11-01"),
        ({"quantity": "-1"}, "is negative, and WORK allows no corrections"),
        ({"quantity": "9999999999999"}, "is more than 1,000,000,000,000"),
    ],
)
def test_what_cannot_be_priced_is_answered_in_words(
    clerk_client: Client, query: dict[str, str], words: str
) -> None:
    assert words in _ask(clerk_client, _price(model="per_unit", unit_price="1"), **query)


def test_a_price_without_a_version_in_force_says_so(clerk_client: Client) -> None:
    price = Price.objects.create(legal_entity=make.northwind(), code="empty", meter=_work())

    page = _ask(clerk_client, price, quantity="1")

    assert "No published version of this price is in force at that time." in page


def test_many_cases_cost_no_more_queries(
    clerk_client: Client, django_assert_max_num_queries: Any
) -> None:
    price = make.ai_call_price()
    query = {"at": "2024-11-05", "property_0": "US", "property_1": "resolved"}

    with django_assert_max_num_queries(12):
        clerk_client.get(_url(price), {**query, "quantity": "1\n" * 20})


def test_a_price_that_is_not_there_is_not_found(clerk_client: Client) -> None:
    assert clerk_client.get("/admin/catalog/price/999/tester/").status_code == 404
