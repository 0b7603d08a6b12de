"""Sums are not made anew while a month goes into a file, nor does one go while they are made."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.models import Customer
from tests import factories as make
from tests.at_once import elsewhere, errors_at_once, uncommitted
from tests.flows.failing_processes import waiting
from tests.flows.processes import wait_for
from tests.usage.archives import NOVEMBER, archived, keep_in
from usage.operations.archives.archive_month import archive_month
from usage.operations.archives.one_at_a_time import the_only_archiver
from usage.store import store
from usage.store.archives.archivers import AnotherArchives
from usage.store.archives.needs import Needs
from usage.store.rollups import differences, rebuild
from values.period import Period

WHOLE = Period(make.NOVEMBER_1, make.NOVEMBER_1.replace(month=12))


@pytest.fixture
def acme(committed: None, settings: Settings, tmp_path: Path) -> Customer:
    """Acme with two calls of November, rolled up."""
    keep_in(tmp_path, settings)
    make.ai_call_meter()
    acme = make.acme()
    bodies = [make.call_body(name, minutes=7) for name in ("call-1", "call-2")]
    make.accepted(make.source(make.partner(acme)), bodies)
    store.roll()
    return acme


def minutes(customer: Customer) -> list[Decimal]:
    found = store.aggregate(
        customer_id=customer.pk,
        meter_ids=[make.ai_call_meter().pk],
        slices=[WHOLE],
        snapshot=store.snapshot(),
    )
    return [part.quantity for part in found]


def hold_the_mark() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM usage_mark FOR UPDATE")


def test_a_month_does_not_go_while_its_sums_wait_to_be_made_anew(acme: Customer) -> None:
    with ThreadPoolExecutor(1) as threads:
        with uncommitted(hold_the_mark):
            made = threads.submit(partial(elsewhere, partial(rebuild, 2024, 11)))
            wait_for(lambda: waiting() == 1, what="nobody waited for the mark")
            with pytest.raises(AnotherArchives):
                archive_month(month=NOVEMBER, needs=Needs(), now=make.NOW)
        made.result()

    assert minutes(acme) == [Decimal(14)]
    assert list(differences()) == []
    assert archived() is not None
    assert minutes(acme) == [Decimal(14)]


def test_no_sums_are_made_anew_while_an_archiver_is_at_work(acme: Customer) -> None:
    with the_only_archiver():
        (error,) = errors_at_once(partial(rebuild, 2024, 11))

    assert isinstance(error, AnotherArchives)
    assert minutes(acme) == [Decimal(14)]
