"""Staging tells of conflicts as sending does: with the bodies, as far as one answer holds them."""

from datetime import timedelta

import pytest

from accounts.models import Customer
from tests import factories as make
from usage.intake.sent_event import read_event
from usage.operations.accepting.conflicts import MOST_BYTES
from usage.operations.backfills.open_backfill import open_backfill
from usage.operations.backfills.stage_events import stage_events
from values.period import Period


@pytest.fixture
def acme(db: None) -> Customer:
    """A customer with a meter of its calls."""
    make.ai_call_meter()
    return make.acme()


def test_conflicts_with_what_is_staged_show_what_fits_into_an_answer(acme: Customer) -> None:
    backfill = open_backfill(
        source=make.source(make.partner(acme)), customer=None, event_name="",
        span=Period(make.NOVEMBER_1, make.NOVEMBER_1 + timedelta(days=30)), replaces_existing=False,
        reason="lost log", now=make.NOW,
    )  # fmt: skip
    long = make.call_body("long")
    long["properties"]["note"] = "€" * (MOST_BYTES // 4)

    def staged(*bodies: dict[str, object]) -> list[tuple[str, str | None, str | None]]:
        items = [read_event(body) for body in bodies]
        outcomes = stage_events(backfill_id=backfill.pk, items=items, now=make.NOW)
        return [(each.status, each.sent, each.stored) for each in outcomes]

    def text(body: dict[str, object]) -> str:
        return read_event(body).sent_text()

    short, again = make.call_body("long", minutes=6), make.call_body("long", minutes=7)
    other, changed = make.call_body("other"), make.call_body("other", minutes=6)
    staged(long, other)

    assert staged(short, again, changed) == [
        ("conflict", text(short), text(long)),
        ("conflict", None, None),
        ("conflict", text(changed), text(other)),
    ]
    assert staged(again) == [("conflict", text(again), text(long))]
