"""What closing a backfill would do is tried for a short time alone, and leaves nothing behind."""

from collections.abc import Callable, Iterator
from itertools import chain, count, repeat

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError

from accounts.models import Customer
from invoicing.operations.brief_hold import BriefHold, HeldTooLong
from invoicing.operations.effect_of_backfill import effect_of_backfill
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.usage.backfills import replacing
from usage.models import Backfill, BackfillState, Event, EventVoid

pytestmark = pytest.mark.django_db
TOO_LARGE = (
    "It is too large to be priced ahead without holding up others; events staged: 2, of its time "
    "there already: 1."
)


def stands_still() -> float:
    return 0.0


def clock(ticks: Iterator[float]) -> Callable[[], float]:
    return lambda: next(ticks)


@pytest.fixture
def acme() -> Customer:
    """A customer with a contract and a call of five minutes, at 0.20 each."""
    customer = make.acme(timezone="UTC")
    make.contract(customer)
    make.accepted(make.source(make.partner(customer)), [make.call_body("old")])
    refresh_customer(customer_id=customer.pk, now=make.NOW)
    return customer


@pytest.fixture
def backfill(acme: Customer) -> Backfill:
    """One that changes the call to ten minutes, and adds one of five."""
    return replacing(make.call_body("old", minutes=10), make.call_body("new"))


def assert_nothing_is_left() -> None:
    assert Backfill.objects.get().state == BackfillState.OPEN
    assert Event.objects.count() == 1
    assert not EventVoid.objects.exists()


def test_it_tells_counts_and_money(backfill: Backfill) -> None:
    effect = effect_of_backfill(backfill=backfill, now=make.NOW, clock=stands_still)

    assert effect.closed is not None
    assert (effect.closed.accepted, effect.closed.replaced) == (1, 1)
    assert effect.money is not None
    assert [str(total) for total in effect.money.totals] == ["$2.00"]
    assert_nothing_is_left()


def test_where_trying_it_takes_too_long_it_says_how_large_it_is(backfill: Backfill) -> None:
    effect = effect_of_backfill(backfill=backfill, now=make.NOW, clock=clock(count(0.0, 1.5)))

    assert (effect.closed, effect.money, effect.why_not) == (None, None, TOO_LARGE)
    assert_nothing_is_left()


def test_where_pricing_takes_too_long_it_tells_the_counts(backfill: Backfill) -> None:
    # What is looked up once and for all is known when the looks at the clock are counted.
    effect_of_backfill(backfill=backfill, now=make.NOW, clock=stands_still)
    looks = count()
    effect_of_backfill(backfill=backfill, now=make.NOW, clock=lambda: 0.0 * next(looks))
    late_at_the_last = chain(repeat(0.0, next(looks) - 1), repeat(10.0))

    effect = effect_of_backfill(backfill=backfill, now=make.NOW, clock=clock(late_at_the_last))

    assert effect.closed is not None
    assert (effect.closed.accepted, effect.closed.replaced) == (1, 1)
    assert (effect.money, effect.why_not) == (None, TOO_LARGE)
    assert_nothing_is_left()


def kept(hold: BriefHold, *statements: str, begins_anew_at: int = -1) -> None:
    """Run the statements in a transaction that is taken back."""
    with transaction.atomic(), hold.kept(), connection.cursor() as cursor:
        for place, statement in enumerate(statements):
            if place == begins_anew_at:
                hold.begin()
            cursor.execute(statement)
        transaction.set_rollback(True)


def test_what_was_let_go_counts_no_more() -> None:
    seconds = [0.0, 3.0, 3.0, 6.0, 6.0, 6.1]

    kept(BriefHold(clock=iter(seconds).__next__), "SELECT 1", "SELECT 2", begins_anew_at=1)
    with pytest.raises(HeldTooLong):
        kept(BriefHold(clock=iter([0.0, 3.0, 3.1]).__next__), "SELECT 1", "SELECT 2")

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_long_statement_is_stopped() -> None:
    shorter = "SELECT set_config('statement_timeout', '1ms', true)"

    with pytest.raises(HeldTooLong):
        kept(BriefHold(clock=stands_still), shorter, "SELECT pg_sleep(60)")


def test_what_the_database_says_otherwise_is_passed_on() -> None:
    failing = "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '55P03'; END $$"

    with pytest.raises(OperationalError):
        kept(BriefHold(clock=stands_still), failing)
