"""Nothing of what a source does not keep is stored anywhere, whatever way an event takes."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import Customer
from tests import factories as make
from tests.usage.uploads import csv_bytes, imported, mapped
from usage.intake.kept_properties import Keeping
from usage.intake.sent_event import read_event
from usage.models import (
    Event,
    EventKey,
    EventVoid,
    FileError,
    QuarantinedEvent,
    Reading,
    Source,
    StagedEvent,
)
from usage.operations.accept_events import Outcome
from usage.operations.amend_event import amend_event
from usage.operations.backfills.close_backfill import close_next, start_closing
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from usage.operations.change_property_rules import change_property_rules
from usage.operations.replay_quarantined import replay_quarantined
from values.period import Period

pytestmark = pytest.mark.django_db

NUMBER = "+14155550123"


@pytest.fixture
def acme() -> Customer:
    """Acme, whose calls are counted."""
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def callwave(acme: Customer) -> Source:
    """A source that masks the caller's number and drops the transcript."""
    source = make.source(make.partner(acme))
    rules = {"from_number": Keeping.MASK, "transcript": Keeping.DROP}
    change_property_rules(source=source, by_path=rules, others=Keeping.KEEP, needed=())
    return source


def body(key: str = "call-1", *, number: str = NUMBER, **fields: Any) -> dict[str, Any]:
    sent = make.call_body(key, **fields)
    properties = {**sent["properties"], "from_number": number, "transcript": "my PIN is 1234"}
    return {**sent, "properties": properties}


def one(source: Source, **fields: Any) -> Outcome:
    (outcome,) = make.accepted(source, [body(**fields)])
    return outcome


def kept(stored: str) -> dict[str, Any]:
    properties: dict[str, Any] = json.loads(stored)["properties"]
    return properties


KEPT = {
    "region": "US", "call_outcome": "resolved", "duration_minutes": 5, "from_number": "****0123",
}  # fmt: skip


def test_an_event_is_measured_by_what_came_and_stored_as_its_source_keeps_it(
    callwave: Source,
) -> None:
    assert one(callwave).status == "accepted"

    event = Event.objects.get()
    assert kept(event.sent) == KEPT
    assert Reading.objects.get().quantity == 5
    assert (event.event_name, event.idempotency_key) == ("ai_call", "call-1")


def test_the_same_body_again_is_a_duplicate_although_less_of_it_is_stored(callwave: Source) -> None:
    first = one(callwave)

    again = one(callwave)

    assert (again.status, again.key) == ("duplicate", first.key)


def test_other_hidden_digits_are_a_conflict_that_shows_what_is_stored(callwave: Source) -> None:
    one(callwave)

    other = one(callwave, number="+14155559123")

    assert other.status == "conflict"
    assert other.stored is not None
    assert kept(other.stored) == KEPT
    assert other.sent == json.dumps(body(number="+14155559123"), separators=(",", ":"))


def test_two_of_one_key_in_a_request_are_told_apart_by_what_came(callwave: Source) -> None:
    outcomes = make.accepted(callwave, [body(), body(), body(number="+14155559123")])

    assert [each.status for each in outcomes] == ["accepted", "duplicate", "conflict"]
    assert outcomes[2].stored is not None
    assert kept(outcomes[2].stored) == KEPT


def test_the_fingerprint_of_a_hidden_number_is_no_plain_hash(callwave: Source) -> None:
    one(callwave)

    assert EventKey.objects.get().fingerprint != read_event(body()).mark


def test_an_event_that_came_before_the_rules_is_still_known(acme: Customer) -> None:
    source = make.source(make.partner(acme))
    one(source)
    rules = {"from_number": Keeping.MASK}
    change_property_rules(source=source, by_path=rules, others=Keeping.KEEP, needed=())

    assert one(source).status == "duplicate"
    assert kept(Event.objects.get().sent)["from_number"] == NUMBER


def test_an_event_that_came_under_rules_is_still_known_without_them(callwave: Source) -> None:
    one(callwave)
    change_property_rules(source=callwave, by_path={}, others=Keeping.KEEP, needed=())

    assert one(callwave).status == "duplicate"


def test_a_secret_that_was_in_use_before_still_tells_the_same_body(callwave: Source) -> None:
    with override_settings(SECRET_KEY="the first one"):
        one(callwave)

    with override_settings(SECRET_KEY="the next one", SECRET_KEY_FALLBACKS=["the first one"]):
        assert one(callwave).status == "duplicate"


def test_quarantine_holds_no_more_than_the_source_keeps_and_replays_it(callwave: Source) -> None:
    waiting = one(callwave, customer_id="later")
    assert waiting.key is not None
    assert kept(QuarantinedEvent.objects.get().sent) == KEPT
    Customer.objects.update(external_id="later")

    assert replay_quarantined(key=waiting.key, now=make.NOW).status == "accepted"

    assert kept(Event.objects.get().sent) == KEPT
    assert one(callwave, customer_id="later").status == "duplicate"


def test_an_amended_event_is_stored_as_its_source_keeps_it(callwave: Source) -> None:
    one(callwave)
    event = Event.objects.get()
    amended = read_event(body(minutes=7))

    outcome = amend_event(event=event, body=amended, reason="longer", now=make.NOW)
    again = amend_event(event=event, body=amended, reason="longer", now=make.NOW)

    assert (outcome.status, again.status) == ("accepted", "duplicate")
    stands = Event.objects.exclude(key=event.key).get()
    assert kept(stands.sent) == {**KEPT, "duration_minutes": 7}


@pytest.mark.parametrize("number", [NUMBER, "****0123"], ids=["as it came", "as it is stored"])
def test_an_amendment_that_changes_nothing_leaves_the_event(callwave: Source, number: str) -> None:
    one(callwave)
    event = Event.objects.get()
    sent = body(number=number)
    if number != NUMBER:
        del sent["properties"]["transcript"]

    outcome = amend_event(event=event, body=read_event(sent), reason="same", now=make.NOW)

    assert outcome.status == "duplicate"
    assert not EventVoid.objects.exists()


def test_a_backfill_stages_and_stores_what_the_source_keeps(callwave: Source) -> None:
    span = Period(make.NOVEMBER_1, make.NOVEMBER_1 + timedelta(days=30))
    backfill = open_backfill(
        source=callwave, customer=None, span=span, event_name="", replaces_existing=False,
        reason="late", now=make.NOW,
    )  # fmt: skip
    items = [read_event(body())]
    staged = [
        *stage_events(backfill_id=backfill.pk, items=items, now=make.NOW),
        *stage_events(backfill_id=backfill.pk, items=items, now=make.NOW),
    ]
    assert [each.status for each in staged] == ["accepted", "duplicate"]
    assert kept(StagedEvent.objects.get().sent) == KEPT

    start_closing(backfill_id=backfill.pk, now=make.NOW)
    while close_next(backfill_id=backfill.pk, now=make.NOW):
        pass

    assert kept(Event.objects.get().sent) == KEPT
    assert one(callwave).status == "duplicate"


def test_a_file_stores_what_the_source_keeps_and_shows_no_cell_in_its_errors(
    callwave: Source,
) -> None:
    change_property_rules(
        source=callwave, by_path={"region": Keeping.MASK}, others=Keeping.KEEP, needed=()
    )
    good = ("acme", "call-1", "2024-11-05T10:00:00Z", "+14155550123", "resolved", "5")
    bad = ("acme", "call-2", "14155550123", "+14155550123", "resolved", "5")

    imported(mapped(callwave, csv_bytes([good, bad])))

    assert kept(Event.objects.get().sent)["region"] == "****0123"
    assert [error.excerpt for error in FileError.objects.filter(run__kind="import")] == [""]
