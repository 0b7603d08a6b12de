"""The calls of a line: as many as are asked for, whatever bundles gave."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from invoicing.models import InvoiceLine
from invoicing.queries.line_calls import CallRating, call_rating, calls_of_line
from tests.flows.billed_book import billed_to, stored_book
from tests.plan_file.law_books import CALLS, VOICE, Tree, book, call

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 3, 21, 12, 0, tzinfo=UTC)
AT_ONE_TIME = [call(6, f"same-{number}", 60) for number in range(4)]
EVENTS = [*(call(day, f"call-{day}", 40 * day) for day in range(2, 9)), *AT_ONE_TIME]
NO_BUNDLES = {**VOICE, "bundles": []}


def lines(price: Tree, folder: Path) -> list[CallRating]:
    customer = stored_book(book(price, meters=[CALLS], events=EVENTS), folder, now=NOW)
    billed_to(customer, now=NOW)
    rows = InvoiceLine.objects.filter(events__gt=0).select_related("invoice__customer")
    ratings = [call_rating(line=row) for row in rows.order_by("position")]
    return [rating for rating in ratings if rating is not None]


def test_of_a_line_with_bundles_no_more_calls_are_rated_than_are_asked_for(tmp_path: Path) -> None:
    ratings = lines(VOICE, tmp_path)

    assert [rating.line.section for rating in ratings] == ["included", "telephony"]
    for rating in ratings:
        whole = list(calls_of_line(rating=rating))
        for most in range(1, len(whole) + 2):
            assert list(calls_of_line(rating=rating, at_most=most)) == whole[:most]


@pytest.mark.parametrize("price", [VOICE, NO_BUNDLES], ids=["bundles", "no bundles"])
def test_page_after_page_lists_each_call_once(price: Tree, tmp_path: Path) -> None:
    for rating in lines(price, tmp_path):
        whole = list(calls_of_line(rating=rating))
        found, after = [], None
        while page := list(calls_of_line(rating=rating, after=after, at_most=2))[:2]:
            found += page
            after = page[-1].event.occurred_at, page[-1].event.key
        assert found == whole
