"""What holds between customers, clocks and subjects, whoever writes."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Customer, Subject, TestClock
from tests import factories as make
from tests.refusals import refused, sql

pytestmark = pytest.mark.django_db

JANUARY = datetime(2024, 1, 1, tzinfo=UTC)
JUNE = datetime(2024, 6, 1, tzinfo=UTC)


def number(holder: Customer, since: datetime, until: datetime | None = None) -> Subject:
    return Subject(
        customer=holder, kind="number", identifier="+13125550100", held_from=since, held_to=until
    )


def test_a_number_has_one_holder_at_a_time() -> None:
    number(make.acme(), JANUARY).save()
    other = number(make.basil(is_sandbox=True), JUNE)

    with pytest.raises(ValidationError, match="holds this identifier"):
        other.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_what_a_sandbox_holds_leaves_the_number_of_a_live_customer_alone() -> None:
    acme = make.acme()
    sandbox = number(acme, JANUARY)
    sandbox.full_clean()
    sandbox.save()
    live = number(make.customer("live", "Live Ltd"), JANUARY)

    live.full_clean()
    live.save()

    assert list(Subject.objects.order_by("pk").values_list("is_sandbox", flat=True)) == [
        True, False,
    ]  # fmt: skip
    Subject.objects.update(is_sandbox=True)
    live.refresh_from_db()
    assert not live.is_sandbox


def test_a_form_that_does_not_show_the_mode_asks_about_it_all_the_same() -> None:
    acme = make.acme()
    number(acme, JANUARY).save()
    other = number(acme, JUNE)
    other.clean()

    with pytest.raises(ValidationError, match="holds this identifier"):
        other.validate_constraints(exclude={"is_sandbox"})


def test_a_number_moves_at_an_instant() -> None:
    number(make.acme(), JANUARY, JUNE).save()

    number(make.basil(is_sandbox=True), JUNE).save()

    assert Subject.objects.count() == 2


def test_a_holding_ends_after_it_begins() -> None:
    backwards = number(make.acme(), JUNE, JANUARY)

    with pytest.raises(ValidationError, match="held to a time after"):
        backwards.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        backwards.save()


def test_a_clock_never_goes_back() -> None:
    make.acme()

    with refused():
        sql("UPDATE accounts_testclock SET now_at = now_at - interval '1 second'")

    assert TestClock.objects.get().now_at == make.NOVEMBER_20


def test_only_a_sandbox_has_a_clock_and_it_stays_a_sandbox() -> None:
    acme, basil = make.acme(), make.basil()

    with refused():
        sql(
            "UPDATE accounts_customer SET test_clock_id = %s WHERE id = %s",
            acme.test_clock_id,
            basil.pk,
        )
    with refused():
        sql("UPDATE accounts_customer SET is_sandbox = true WHERE id = %s", basil.pk)
    with refused():
        sql(
            "UPDATE accounts_customer SET is_sandbox = false, test_clock_id = NULL WHERE id = %s",
            acme.pk,
        )


def test_a_customer_is_kept() -> None:
    make.basil()

    with refused():
        sql("DELETE FROM accounts_customer")


def test_an_external_id_is_never_taken_for_one_of_ours() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.customer("cus_1", "Confusing Ltd")
