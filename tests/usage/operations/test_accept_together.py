"""Single events that come at the same time: one transaction, to each its own answer."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.models import ApiKey, KeyMode
from tests import factories as make
from tests.at_once import elsewhere, uncommitted, until, until_another_waits
from usage.intake.sent_event import read_event
from usage.models import Event, EventKey, QuarantinedEvent, Source, UsageReceipt
from usage.operations import accept_together as module
from usage.operations.accept_together import accept_together
from usage.operations.accepting.outcome import Outcome

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def key(committed: None) -> ApiKey:
    """A key that sends Acme's calls."""
    make.ai_call_meter()
    return make.api_key(make.partner(make.acme()))[0]


@pytest.fixture
def source(key: ApiKey) -> Source:
    """Where the key's events come from."""
    return make.source(key.partner, mode=key.mode)


def brought(key: ApiKey, name: str, **fields: Any) -> Outcome:
    """Return what became of one call, brought on a connection of its own."""
    try:
        item = read_event(make.call_body(name, **fields))
        return accept_together(key=key, items=[item], now=make.NOW)[0]
    finally:
        connection.close()


def waiting() -> int:
    return sum(map(len, module._queues._waiting.values()))


Bring = Callable[..., Future[Outcome]]
Behind = Callable[[], AbstractContextManager[Bring]]


@contextmanager
def _behind(key: ApiKey, source: Source) -> Iterator[Bring]:
    """
    While `first` is being stored, call what is yielded to bring another behind it.

    When the block ends, all of them go on.
    """
    # Nobody's, so that it makes nothing else that others could wait for.
    body = make.call_body("first", customer_id="nobody")
    with ThreadPoolExecutor(8) as threads:
        with uncommitted(lambda: make.accepted(source, [body])):
            first = threads.submit(brought, key, "first", customer_id="nobody")
            until_another_waits()

            def bring(name: str, **fields: Any) -> Future[Outcome]:
                count = waiting()
                come = threads.submit(brought, key, name, **fields)
                until(lambda: waiting() == count + 1)
                return come

            yield bring
            assert not first.done()
        assert first.result().status == "duplicate"


@pytest.fixture
def behind(key: ApiKey, source: Source, monkeypatch: pytest.MonkeyPatch) -> Behind:
    """Return the block in which events are brought behind another."""
    # Longer than opening all connections can take, shorter than what the other one holds its key.
    monkeypatch.setattr(module, "_SHORT_WAIT", "25s")
    return partial(_behind, key, source)


def received() -> list[int]:
    return list(UsageReceipt.objects.order_by("pk").values_list("received", flat=True))


def test_events_that_come_while_another_is_stored_share_a_transaction(
    key: ApiKey, behind: Behind
) -> None:
    with behind() as bring:
        come = [bring(f"call-{number}") for number in range(5)]

    outcomes = [each.result() for each in come]

    assert [each.idempotency_key for each in outcomes] == [f"call-{number}" for number in range(5)]
    assert {each.status for each in outcomes} == {"accepted"}
    assert {each.key for each in outcomes} <= set(EventKey.objects.values_list("key", flat=True))
    # Of who held the key, of who waited for it, and of all who waited for that.
    assert received() == [1, 1, 5]
    assert waiting() == 0


def test_each_is_told_of_its_own_event_alone(key: ApiKey, behind: Behind) -> None:
    with behind() as bring:
        new, same, other = bring("call"), bring("call"), bring("call", minutes=9)
        nobodys = bring("nobodys", customer_id="nobody")
        late = bring("late", occurred_at="2999-01-01T00:00:00Z")

    assert [each.result().status for each in (new, same, other, nobodys, late)] == [
        "accepted", "duplicate", "conflict", "quarantined", "rejected",
    ]  # fmt: skip
    assert other.result().stored == Event.objects.get(idempotency_key="call").sent
    receipt = UsageReceipt.objects.latest("pk")
    assert (receipt.received, receipt.accepted, receipt.duplicates) == (5, 1, 1)
    assert (receipt.conflicts, receipt.quarantined, receipt.rejected) == (1, 1, 1)


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Have the database refuse an event of this key, and all that is stored with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'refused'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse_it BEFORE INSERT ON usage_record FOR EACH ROW"
            f" WHEN (NEW.idempotency_key = '{name}') EXECUTE FUNCTION refuse_it()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse_it CASCADE")


@pytest.mark.parametrize("broken", [0, 1, 2])
def test_what_goes_wrong_with_one_keeps_none_beside_it(
    key: ApiKey, behind: Behind, broken: int
) -> None:
    names = [f"call-{number}" for number in range(3)]
    with refusing(names[broken]), behind() as bring:
        come = [bring(name) for name in names]

    for place, each in enumerate(come):
        error = each.exception()
        assert str(error).startswith("refused") if place == broken else error is None
    kept = set(Event.objects.values_list("idempotency_key", flat=True))
    assert kept == set(names) - {names[broken]}
    assert received() == [1, 1, 1, 1]
    assert brought(key, "after").status == "accepted"


def test_other_senders_do_not_wait(key: ApiKey, behind: Behind) -> None:
    live = make.api_key(key.partner, mode=KeyMode.LIVE)[0]

    with behind():
        outcome = elsewhere(lambda: brought(live, "call", customer_id="nobody"))

    assert outcome.status == "quarantined"


def test_many_items_are_a_transaction_of_their_own(key: ApiKey, behind: Behind) -> None:
    items = [read_event(make.call_body(f"call-{number}")) for number in range(2)]

    with behind():
        outcomes = elsewhere(lambda: accept_together(key=key, items=items, now=make.NOW))

    assert [each.status for each in outcomes] == ["accepted", "accepted"]
    assert sorted(received()) == [1, 1, 2]


def test_what_is_kept_follows_the_rules_of_when_it_is_stored(
    source: Source, behind: Behind
) -> None:
    with behind() as bring:
        come = bring("call")
        source.property_rules = {"region": "drop"}
        elsewhere(source.save)

    assert come.result().status == "accepted"
    assert "region" not in Event.objects.get(idempotency_key="call").sent


def test_an_event_without_a_time_has_that_of_its_coming(key: ApiKey, behind: Behind) -> None:
    with behind():
        elsewhere(lambda: brought(key, "call", customer_id="nobody", occurred_at=None))

    assert QuarantinedEvent.objects.get(idempotency_key="call").occurred_at == make.NOW


def test_what_waits_for_a_lock_keeps_none_behind_it(key: ApiKey, source: Source) -> None:
    held = make.call_body("held", customer_id="nobody")
    with ThreadPoolExecutor(1) as threads:
        with uncommitted(lambda: make.accepted(source, [held])):
            stuck = threads.submit(brought, key, "held", customer_id="nobody")
            until_another_waits()

            assert elsewhere(lambda: brought(key, "call")).status == "accepted"
            assert not stuck.done()
        assert stuck.result().status == "duplicate"
