"""The command that goes on with a backfill says whether it came to its end."""

from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import factories as make
from tests.at_once import uncommitted
from usage.intake.sent_event import read_event
from usage.models import Backfill
from usage.operations.backfills.close_backfill import start_closing
from usage.operations.backfills.open_backfill import locked, open_backfill
from usage.operations.backfills.stage_events import stage_events
from values.period import Period

WHOLE = Period(make.NOVEMBER_1, make.NOVEMBER_1.replace(month=12))


@pytest.fixture
def backfill(committed: None) -> Backfill:
    """A backfill of one call, open."""
    make.ai_call_meter()
    opened = open_backfill(
        source=make.source(make.partner(make.acme())), customer=None, span=WHOLE, event_name="",
        replaces_existing=True, reason="late", now=make.NOW,
    )  # fmt: skip
    stage_events(backfill_id=opened.pk, items=[read_event(make.call_body("call-1"))], now=make.NOW)
    return opened


def walked(backfill: Backfill) -> str:
    out = StringIO()
    call_command("usage_backfill", "walk", backfill.public_id, stdout=out)
    return out.getvalue()


def test_one_that_is_being_closed_comes_to_its_end(backfill: Backfill) -> None:
    start_closing(backfill_id=backfill.pk, now=make.NOW)

    assert walked(backfill) == f"{backfill} is closed.\n"
    assert walked(backfill) == f"{backfill} is closed.\n"


def test_one_that_is_open_does_not_go_on(backfill: Backfill) -> None:
    with pytest.raises(CommandError, match="is open: only one that is being closed or undone"):
        walked(backfill)


def test_one_that_another_worker_has_in_hand_is_not_at_its_end(backfill: Backfill) -> None:
    start_closing(backfill_id=backfill.pk, now=make.NOW)

    with (
        uncommitted(partial(locked, backfill.pk)),
        pytest.raises(CommandError, match="is still closing: another worker has it in hand"),
    ):
        walked(backfill)

    assert walked(backfill) == f"{backfill} is closed.\n"
