"""The command that proves that all that came stands somewhere."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests import factories as make
from usage.intake.sent_event import read_event
from usage.models import Event, SourceDay
from usage.operations.amend_event import amend_event

pytestmark = pytest.mark.django_db

DAY = str(make.NOW.date())
BEFORE = str(make.NOW.replace(day=1).date())


@pytest.fixture(autouse=True)
def callwave() -> None:
    """A partner of Acme that sent two calls."""
    make.ai_call_meter()
    bodies = [make.call_body("call-1"), make.call_body("call-2")]
    make.accepted(make.source(make.partner(make.acme())), bodies)


def test_it_says_of_which_days_it_tells() -> None:
    out = StringIO()

    call_command("usage_balance", "--from", BEFORE, "--to", DAY, stdout=out)

    told, sentence = out.getvalue().splitlines()
    assert told.startswith(f"{DAY}  Callwave (test): 2 received = 2 accepted + 0 quarantined")
    assert sentence == f"All that came from {BEFORE} to {DAY} (UTC) stands somewhere."
    assert SourceDay.objects.get().received == 2


def test_a_day_that_does_not_balance_is_an_error() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE usage_record DISABLE TRIGGER usage_record_is_kept")
        cursor.execute("DELETE FROM usage_record")
    out = StringIO()

    with pytest.raises(CommandError, match="1 days of sources do not balance"):
        call_command("usage_balance", "--from", BEFORE, "--to", DAY, stdout=out)

    assert "BROKEN: 2 were stored, but there are 0" in out.getvalue()


def test_what_corrections_store_is_told_beside_what_came() -> None:
    event = Event.objects.get(idempotency_key="call-1")
    body = read_event(make.call_body("call-1", minutes=9))
    amend_event(event=event, body=body, reason="wrong", now=make.NOW)
    out = StringIO()

    call_command("usage_balance", "--from", DAY, "--to", DAY, stdout=out)

    assert "2 received + 1 by corrections and backfills = 3 accepted + 0" in out.getvalue()
