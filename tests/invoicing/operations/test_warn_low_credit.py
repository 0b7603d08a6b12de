"""The warning that credit runs low: once for each newest grant, to those who want it."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import Customer, Membership, Message, Role
from invoicing.credits.purse import Purse
from invoicing.models import CreditWarning, Grant
from invoicing.operations.warn_low_credit import warn_low_credit
from invoicing.queries.credit_level import CreditLevel, credit_levels
from invoicing.tasks import refresh_customers
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


def left_after(drawn: str, *, granted: str = "100.00") -> Customer:
    """Return Basil's Bakery, whose draft will draw this much of its grant."""
    basil = invoices.basil_with_address()
    draw(make.grant(basil, amount=granted), drawn)
    return basil


def draw(grant: Grant, drawn: str) -> None:
    draft = invoices.draft_of([Row(drawn)], buyer=grant.customer)
    draft.credit_applications.create(
        grant=grant, position=1, amount=Decimal(drawn), currency=grant.currency
    )


def warned(customer: Customer) -> list[Decimal]:
    found = warn_low_credit(customer_id=customer.pk, now=make.NOW)
    return [warning.left.amount for warning in found]


@pytest.mark.parametrize(
    "drawn,left", [("79.99", []), ("80.00", []), ("80.01", [Decimal("19.99")])]
)
def test_the_warning_comes_below_a_fifth_and_not_at_it(drawn: str, left: list[Decimal]) -> None:
    assert warned(left_after(drawn)) == left


def test_the_share_is_the_customers_own_and_none_means_no_warning() -> None:
    basil = left_after("100.00")
    Customer.objects.update(credit_low_percent=0)
    assert warned(basil) == []

    Customer.objects.update(credit_low_percent=1)

    assert warned(basil) == [Decimal(0)]


def test_the_share_is_of_all_grants_in_force_together() -> None:
    basil = left_after("100.00")
    make.grant(basil, code="second", amount="25.00")
    assert warned(basil) == []

    assert credit_levels(customer=basil, now=make.NOW) == [
        CreditLevel(Purse("USD"), Decimal(125), Decimal(25), Grant.objects.get(code="second").pk)
    ]


def test_grants_that_ended_or_did_not_begin_do_not_count() -> None:
    basil = left_after("90.00")
    make.grant(basil, code="past", effective_from=make.NOVEMBER_1, expires_at=make.NOW)
    make.grant(basil, code="future", effective_from=make.NOW + timedelta(seconds=1))

    assert warned(basil) == [Decimal(10)]


def test_a_customer_with_a_clock_of_its_own_has_the_grants_of_its_time() -> None:
    acme = make.acme()
    make.grant(acme, effective_from=make.NOVEMBER_1, expires_at=make.NOW)

    (level,) = credit_levels(customer=acme, now=make.NOW)

    assert level.granted == Decimal(10_000)


def test_currencies_are_apart() -> None:
    basil = left_after("90.00")
    make.grant(basil, code="euros", currency="EUR")

    assert warned(basil) == [Decimal(10)]


def test_one_is_warned_once_until_there_is_a_new_grant() -> None:
    basil = left_after("90.00")
    assert len(warned(basil)) == 1
    assert warned(basil) == []

    draw_all = make.grant(basil, code="top-up", amount="1.00")

    assert warned(basil) == [Decimal(11)]
    assert set(CreditWarning.objects.values_list("newest_grant__code", flat=True)) == {
        "grant-1",
        draw_all.code,
    }


def test_the_people_who_want_it_are_told() -> None:
    basil = left_after("90.00")
    make.member(basil, "olive@basil.example")
    make.member(basil, "bob@basil.example", role=Role.BILLING)
    silent = make.member(basil, "silent@basil.example")
    gone = make.member(basil, "gone@basil.example")
    Membership.objects.filter(user=silent).update(wants_credit_alerts=False)
    gone.is_active = False
    gone.save()

    warned(basil)

    written = list(Message.objects.order_by("to").values_list("to", "kind", "subject"))
    subject = "Credit of Basil's Bakery runs low: $10.00 left"
    assert written == [
        ("bob@basil.example", "credit_low", subject),
        ("olive@basil.example", "credit_low", subject),
    ]
    text = Message.objects.all()[0].text
    assert text.startswith("Credit of Basil's Bakery runs low: $10.00 left of $100.00\n")
    assert "less than 20%" in text
    assert f"http://localhost:8000/portal/{basil.public_id}/credits/" in text


def test_without_such_people_the_invoice_address_is_told() -> None:
    basil = left_after("90.00")

    warned(basil)

    assert Message.objects.get().to == "billing@basil.example"


def test_without_anybody_to_tell_it_is_noted_all_the_same() -> None:
    basil = left_after("90.00")
    Customer.objects.update(email="")

    assert warned(basil) == [Decimal(10)]
    assert not Message.objects.exists()


def test_who_refreshes_a_customer_with_news_warns_it() -> None:
    acme = make.acme(clock_at=make.NOVEMBER_20, credit_low_percent=100)
    make.acme_contract(acme)
    refresh_customers([acme.pk])
    assert not CreditWarning.objects.exists()

    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refresh_customers([acme.pk])

    assert CreditWarning.objects.get().left.amount == Decimal("9978.65")


@pytest.mark.django_db(transaction=True)
def test_two_who_notice_at_once_warn_once() -> None:
    basil = left_after("90.00")
    found: list[int] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        found.append(len(warn_low_credit(customer_id=basil.pk, now=make.NOW)))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(found) == [0, 1]
    assert Message.objects.count() == 1
