"""Whatever came, there is a receipt of it that adds up."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests import factories as make
from usage.intake.sent_event import Fault, Rejected
from usage.models import Channel, Event, Source, UsageReceipt
from usage.operations.accept_events import accept_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender() -> Source:
    make.ai_call_meter()
    return make.source(make.partner(make.acme()))


def counts() -> list[dict[str, Any]]:
    names = ("received", "accepted", "duplicates", "conflicts", "quarantined", "rejected")
    return list(UsageReceipt.objects.order_by("pk").values(*names))


def test_a_receipt_counts_every_kind_of_outcome(sender: Source) -> None:
    make.accepted(
        sender,
        [
            make.call_body("a"),
            make.call_body("b"),
            make.call_body("a"),
            make.call_body("b", minutes=9),
            make.call_body("c", customer_id="nobody"),
            make.call_body("d", minutes="many"),
        ],
    )

    assert counts() == [
        {"received": 6, "accepted": 2, "duplicates": 1, "conflicts": 1, "quarantined": 1,
         "rejected": 1}
    ]  # fmt: skip
    receipt = UsageReceipt.objects.get()
    assert (receipt.source, receipt.received_at, receipt.channel) == (sender, make.NOW, "api")


def test_there_is_a_receipt_where_nothing_was_new(sender: Source) -> None:
    make.accepted(sender, [make.call_body("a")])
    make.accepted(sender, [make.call_body("a")])
    accept_events(source=sender, items=[Rejected(Fault("", "not_json", "no JSON"))], now=make.NOW)

    assert [(row["received"], row["accepted"]) for row in counts()] == [(1, 1), (1, 0), (1, 0)]
    assert [(row["duplicates"], row["rejected"]) for row in counts()] == [(0, 0), (1, 0), (0, 1)]


def test_the_receipt_says_by_which_way_it_came(sender: Source) -> None:
    accept_events(source=sender, items=[], now=make.NOW, channel=Channel.FILE)

    assert UsageReceipt.objects.get().channel == "file"


def test_events_and_receipt_come_and_go_together(sender: Source) -> None:
    with transaction.atomic():
        make.accepted(sender, [make.call_body("a")])
        transaction.set_rollback(True)

    assert (Event.objects.count(), UsageReceipt.objects.count()) == (0, 0)


def test_a_receipt_never_changes(sender: Source) -> None:
    make.accepted(sender, [make.call_body("a")])

    for change in (
        lambda: UsageReceipt.objects.update(accepted=2, received=2),
        lambda: UsageReceipt.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_receipt_that_does_not_add_up_is_none(sender: Source) -> None:
    with pytest.raises(IntegrityError, match="receipt_adds_up"):
        UsageReceipt.objects.create(
            source=sender, received_at=make.NOW, channel="api", received=2,
            accepted=1, duplicates=0, conflicts=0, quarantined=0, rejected=0,
        )  # fmt: skip
