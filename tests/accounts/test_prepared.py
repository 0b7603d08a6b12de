"""Statements that a connection prepares once."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from accounts.models import Customer
from accounts.prepared import run_prepared
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_statement_is_prepared_once_and_sees_what_changes() -> None:
    statement = "SELECT name FROM accounts_customer WHERE id = %s::int8 -- once"
    acme = make.acme()

    before = run_prepared(statement, [acme.pk]).fetchone()
    Customer.objects.update(name="Acme Limited")
    after = run_prepared(statement, [acme.pk]).fetchone()

    assert (before, after) == (("Acme Support Co",), ("Acme Limited",))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%-- once'"
        )
        assert cursor.fetchone() == (1,)


def test_what_the_database_refuses_is_raised_as_djangos_error() -> None:
    partner = make.partner()

    with pytest.raises(IntegrityError), transaction.atomic():
        run_prepared("UPDATE accounts_partner SET name = NULL WHERE id = %s::int8", [partner.pk])


def test_nothing_runs_in_a_transaction_that_is_broken() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            run_prepared("SELECT 1")


def test_each_is_counted_as_a_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        run_prepared("SELECT 1")
        run_prepared("SELECT %(number)s::int4", {"number": 2})
