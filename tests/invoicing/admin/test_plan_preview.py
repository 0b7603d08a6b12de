"""The preview of a plan in the admin."""

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Plan
from invoicing.admin.usage_rows import Typing, read_rows
from invoicing.queries.plan_preview import plan_to_preview, preview_terms
from tests.admin_forms import form_of
from tests.factories import NOW, ai_call_center


@pytest.fixture
def plan(db: None) -> Plan:
    return plan_to_preview(plan_id=ai_call_center().pk)


def _typing(plan: Plan) -> Typing:
    return Typing(preview_terms(plan=plan, currency="USD", now=NOW), date(2024, 11, 5))


def _url(plan: Plan) -> str:
    return reverse("admin:catalog_plan_preview", args=[plan.pk])


def _send(client: Client, plan: Plan, **values: Any) -> str:
    fields = {**form_of(client, _url(plan)), "day": "2024-11-05", **values}
    return unescape(client.post(_url(plan), fields).content.decode())


def test_quantities_and_pasted_lines_become_an_invoice_with_its_reasons(
    clerk_client: Client, plan: Plan
) -> None:
    assert (
        _url(plan)
        in clerk_client.get(reverse("admin:catalog_plan_change", args=[plan.pk])).content.decode()
    )

    page = _send(
        clerk_client, plan, quantity=["13", *[""] * 8],
        lines="AI_CALL region=EU call_outcome=escalated 15\n\n",
    )  # fmt: skip

    assert "13 minutes × $0.20 = $2.60, at the rate of US / resolved" in page
    assert "15 minutes × $0.75 = $11.25" in page
    assert "13.85 USD" in page
    assert "Nov 1, 2024 to Nov 30, 2024" in page


def test_bad_rows_get_words_where_they_stand_and_keep_what_was_typed(
    clerk_client: Client, plan: Plan
) -> None:
    page = _send(
        clerk_client, plan, quantity=["many", "7", *[""] * 7],
        lines="AI_CALL region=US 5\nAI_CALL planet=Mars 5",
    )  # fmt: skip

    assert "'many' is not a number such as 12 or 0.25" in page
    assert "Line 2" in page
    assert "'planet' is no property that AI_CALL is priced by" in page
    assert 'value="7"' in page
    assert 'id="preview"' not in page


def test_a_fallback_is_said(clerk_client: Client, plan: Plan) -> None:
    page = _send(clerk_client, plan, lines="AI_CALL region=us call_outcome=resolved 5")

    assert "no entry matches, the fallback rate is used, did you mean region: US?" in page


@pytest.mark.parametrize(
    "values, words",
    [
        ({"day": "soon"}, "Write a date such as 2024-11-01"),
        ({"currency": "XXX"}, "Select a valid choice"),
        ({"lines": ""}, "nothing was used, and the plan has no fees"),
        ({"calls": "number\n1"}, "the first line names the columns, seconds among them"),
        ({"lines": "5 calls of 60 seconds to +44"}, "this plan has no price of calls"),
        ({"lines": "event"}, "write the event's name and its properties"),
        ({"lines": "event solved x 99999"}, "write 1 to 10,000 events"),
        ({"lines": "AI_CALL 1\n" * 501}, "At most 500 lines are read."),
    ],
)
def test_what_cannot_be_previewed_is_answered_with_words(
    clerk_client: Client, plan: Plan, values: dict[str, str], words: str
) -> None:
    assert words in _send(clerk_client, plan, **values)


@pytest.mark.parametrize(
    "text, words",
    [
        ("AI_CALL", "write a meter, its properties and a quantity, or an event, or calls"),
        ("AI_CALL region 5", "'region' is not a property such as region=US"),
        ("AI_CALL region=US region=EU 5", "'region' stands twice"),
        ('AI_CALL region="US 5', "a quotation mark is not closed"),
        ("AI_CALL region=US 1e5", "'1e5' is not a number such as 12 or 0.25"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(plan: Plan, text: str, words: str) -> None:
    [row] = read_rows([text], typing=_typing(plan))

    assert (row.usage, row.problem) == (None, words)


def test_a_quoted_value_may_hold_blanks(plan: Plan) -> None:
    [row] = read_rows(['AI_CALL region="North America" 1_000'], typing=_typing(plan))

    assert row.usage is not None
    assert row.usage.dimensions == {"region": "North America"}
    assert row.usage.quantity == 1000


def test_the_preview_asks_a_fixed_number_of_queries(
    clerk_client: Client, plan: Plan, django_assert_max_num_queries: Any
) -> None:
    fields = {"currency": "USD", "day": "2024-11-05", "lines": "AI_CALL region=US 5\n" * 400}

    with django_assert_max_num_queries(15):
        assert clerk_client.post(_url(plan), fields).status_code == 200


def test_a_plan_that_is_not_there_is_not_found(clerk_client: Client) -> None:
    assert clerk_client.get("/admin/catalog/plan/999/preview/").status_code == 404
