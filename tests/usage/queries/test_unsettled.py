"""Whose usage is amid a change, so that no invoice is issued over it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, Partner
from tests import factories as make
from usage.intake.sent_event import read_event
from usage.models import Backfill, SubjectMove
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from usage.queries.unsettled import unsettled_by, unsettled_words
from values.period import Period

pytestmark = pytest.mark.django_db

DECEMBER_1 = make.NOVEMBER_1.replace(month=12)
NUMBER = "+15550100"


@pytest.fixture
def everybody() -> dict[str, Customer]:
    """Acme and Basil of one partner, who called; Carla whom it bills live; Dora of another one."""
    make.ai_call_meter()
    acme = make.acme()
    found = {
        "acme": acme,
        "basil": make.basil(is_sandbox=True),
        "carla": make.carla(),
        "dora": make.customer("dora", "Dora's Deli", is_sandbox=True),
    }
    sender = make.partner(found["acme"], found["basil"], found["carla"])
    make.partner(found["dora"], name="Dial")
    bodies = [make.call_body("one"), make.call_body("two", customer_id="basil")]
    make.accepted(make.source(sender), bodies)
    return found


def closing(*bodies: dict[str, Any], **fields: Any) -> Backfill:
    wanted = {
        "source": make.source(Partner.objects.get(name="Callwave")), "customer": None,
        "span": Period(make.NOVEMBER_1, DECEMBER_1), "event_name": "", "replaces_existing": True,
        "reason": "lost log", "now": make.NOW, **fields,
    }  # fmt: skip
    backfill = open_backfill(**wanted)
    stage_events(backfill_id=backfill.pk, items=list(map(read_event, bodies)), now=make.NOW)
    start_closing(backfill_id=backfill.pk, now=make.NOW)
    return Backfill.objects.get(pk=backfill.pk)


def moving(identifier: str, **fields: Any) -> SubjectMove:
    wanted = {
        "identifier": identifier, "starts_at": make.NOVEMBER_1, "ends_at": DECEMBER_1,
        "requested_at": make.NOW, "events": 2_000, **fields,
    }  # fmt: skip
    return SubjectMove.objects.create(**wanted)


def waiting(everybody: dict[str, Customer]) -> list[str]:
    return [
        name
        for name, customer in everybody.items()
        if unsettled_by(customer=customer, before=DECEMBER_1)
    ]


def test_all_of_a_source_wait_for_one_that_replaces_usage_of_all(
    everybody: dict[str, Customer],
) -> None:
    backfill = closing()

    assert waiting(everybody) == ["acme", "basil"]

    while close_next(backfill_id=backfill.pk, now=make.NOW):
        pass
    assert waiting(everybody) == []


def test_one_customer_waits_for_one_that_replaces_its_usage(everybody: dict[str, Customer]) -> None:
    closing(customer=everybody["basil"])

    assert waiting(everybody) == ["basil"]


def test_nobody_waits_for_one_that_only_adds_events(everybody: dict[str, Customer]) -> None:
    closing(replaces_existing=False)

    assert waiting(everybody) == []


def test_who_lost_an_event_that_is_said_to_be_of_another_waits_too(
    everybody: dict[str, Customer],
) -> None:
    backfill = closing(make.call_body("one", customer_id="basil"), customer=everybody["basil"])
    assert waiting(everybody) == ["basil"]

    close_next(backfill_id=backfill.pk, now=make.NOW)

    assert waiting(everybody) == ["acme", "basil"]


def test_who_is_no_customer_of_the_partner_any_more_waits_once_an_event_is_void(
    everybody: dict[str, Customer],
) -> None:
    backfill = closing()
    everybody["acme"].partners.clear()

    close_next(backfill_id=backfill.pk, now=make.NOW)

    assert waiting(everybody) == ["acme", "basil"]


def test_all_who_ever_held_a_number_wait_for_the_end_of_its_move(
    everybody: dict[str, Customer],
) -> None:
    number = everybody["acme"].subjects.create(
        kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1
    )
    everybody["dora"].subjects.create(
        kind="number", identifier="+15550101", held_from=make.NOVEMBER_1
    )
    number.customer = everybody["basil"]
    number.save()
    job = moving(NUMBER)

    assert waiting(everybody) == ["acme", "basil"]

    number.delete()
    assert waiting(everybody) == ["acme", "basil"]
    job.finished_at = make.NOW
    job.save()
    assert waiting(everybody) == []


@pytest.mark.parametrize("days, waits", [(-1, True), (0, False), (1, False)])
def test_a_move_of_later_events_is_not_waited_for(
    everybody: dict[str, Customer], days: int, waits: bool
) -> None:
    acme = everybody["acme"]
    acme.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    start = DECEMBER_1 + timedelta(days=days)
    moving(NUMBER, starts_at=start, ends_at=start + timedelta(days=30))

    assert (unsettled_by(customer=acme, before=DECEMBER_1) is not None) is waits


def test_asking_costs_the_same_for_few_and_many(everybody: dict[str, Customer]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            unsettled_by(customer=everybody["dora"], before=DECEMBER_1)
        return len(captured)

    assert queries() == 2
    closing(event_name="first")
    moving(NUMBER)
    few = queries()
    for name in ("second", "third"):
        closing(event_name=name)
        moving(name)

    assert (few, queries()) == (4, 4)


def the_closing(everybody: dict[str, Customer]) -> Backfill:
    return closing()


def the_undoing(everybody: dict[str, Customer]) -> Backfill:
    backfill = closing()
    Backfill.objects.update(state="undoing")
    backfill.refresh_from_db()
    return backfill


def the_move(everybody: dict[str, Customer]) -> SubjectMove:
    return moving(NUMBER)


@pytest.mark.parametrize(
    "begun, words",
    [
        (the_closing, "backfill {id}, which replaces usage of the customer, is being closed"),
        (the_undoing, "backfill {id} of the customer's usage is being undone"),
        (the_move, "usage of +15550100 is being moved to who holds it ({id})"),
    ],
    ids=["closing", "undoing", "move"],
)
def test_what_is_under_way_is_said_in_words(
    everybody: dict[str, Customer],
    begun: Callable[[dict[str, Customer]], Backfill | SubjectMove],
    words: str,
) -> None:
    change = begun(everybody)

    assert unsettled_words(change) == words.format(id=change.public_id)
