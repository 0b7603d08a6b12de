"""Staff say what a source keeps, and are told what bills need."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer
from tests import factories as make
from usage.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    buyer: Customer = make.acme()
    make.acme_contract(buyer)
    return make.source(make.partner(buyer))


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make.staff())
    return client


def rules(*named: tuple[str, str], others: str = "keep") -> dict[str, str]:
    """Return the form as it is sent with these rows."""
    rows = {
        f"rule-{number}-{field}": value
        for number, pair in enumerate(named)
        for field, value in zip(("path", "keeping"), pair, strict=True)
    }
    counts = {"rule-TOTAL_FORMS": str(len(named)), "rule-INITIAL_FORMS": "0"}
    return {**counts, **rows, "others": others, "_reason": "the contract says so"}


def page(source: Source) -> str:
    return reverse("admin:usage_source_rules", args=[source.pk])


def test_rules_are_saved_and_their_reason_stands_in_the_history(
    source: Source, staff: Client
) -> None:
    answer = staff.post(
        page(source), rules(("from_number", "mask"), ("", "mask"), ("transcript", "drop"))
    )

    assert answer.status_code == 302
    assert Source.objects.get().property_rules == {"from_number": "mask", "transcript": "drop"}
    history = staff.get(reverse("admin:usage_source_history", args=[source.pk])).content.decode()
    assert "the contract says so" in history
    shown = staff.get(reverse("admin:usage_source_change", args=[source.pk])).content.decode()
    assert "transcript" in shown


def test_a_rule_against_a_meter_is_refused_and_keeps_what_was_entered(
    source: Source, staff: Client
) -> None:
    answer = staff.post(page(source), rules(("region", "drop"), ("name", "mask")))

    told = answer.content.decode()
    assert answer.status_code == 200
    assert "region cannot be dropped: meter" in told
    assert 'value="name"' in told
    assert Source.objects.get().keeps_all


def test_a_property_stands_once(source: Source, staff: Client) -> None:
    answer = staff.post(page(source), rules(("name", "drop"), ("name", "mask")))

    assert "stands twice" in answer.content.decode()


def test_an_emptied_row_takes_its_rule_away(source: Source, staff: Client) -> None:
    Source.objects.update(property_rules={"name": "mask"})

    staff.post(page(source), rules(("", "mask")) | {"rule-INITIAL_FORMS": "1"})

    assert Source.objects.get().keeps_all


def test_the_page_lists_what_bills_are_computed_by(source: Source, staff: Client) -> None:
    shown = staff.get(page(source)).content.decode()

    assert "duration_minutes" in shown
    assert "groups by it" in shown
