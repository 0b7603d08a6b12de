"""Workers that are real processes, on each broker that this machine has."""

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from invoicing.models import Invoice
from tests import factories as make
from tests.flows.processes import environ, manage, process, redis_server, wait_for, worker
from usage.models import UsageArrival

pytestmark = pytest.mark.django_db(transaction=True)

BROKERS = ["pgmq", pytest.param("redis", marks=pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="no Redis server is installed"))]  # fmt: skip


@pytest.fixture(params=BROKERS)
def variables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables of a worker: the default broker, then Redis where there is one."""
    short = {"BROKER_VISIBILITY_SECONDS": "3"}
    if request.param == "redis":
        with redis_server(tmp_path) as url:
            yield environ(broker_url=url, **short)
        return
    made = environ(**short)
    installed = manage("install_broker", variables=made)
    assert installed.returncode == 0, installed.stderr
    yield made


def send(task: str, *arguments: object, variables: dict[str, str]) -> None:
    code = f"import billing_portal.celery as c; c.app.send_task({task!r}, args={list(arguments)!r})"
    with process("timeit", "-n1", "-r1", code, variables=variables, log=Path(os.devnull)) as sent:
        assert sent.wait(timeout=60) == 0


def november_total() -> str:
    return str(Invoice.objects.order_by("period_start").values_list("total", flat=True)[0])


def test_a_worker_refreshes_what_arrived(variables: dict[str, str], tmp_path: Path) -> None:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    send("invoicing.refresh_upcoming", variables=variables)
    log = tmp_path / "worker.log"

    with worker(variables=variables, log=log):
        wait_for(lambda: not UsageArrival.objects.exists(), what="no refresh", log=log)

    assert november_total() == "21.3500"


def test_a_task_that_arrives_twice_bills_once(variables: dict[str, str], tmp_path: Path) -> None:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    assert acme.test_clock is not None
    acme.test_clock.now_at = datetime(2024, 12, 2, tzinfo=UTC)
    acme.test_clock.save()
    for _ in range(3):
        send("invoicing.bill_due", variables=variables)
    log = tmp_path / "worker.log"

    with worker(variables=variables, log=log):
        wait_for(lambda: Invoice.objects.filter(document__isnull=False), what="no PDF", log=log)

    assert list(Invoice.objects.exclude(number=None).values_list("number", flat=True)) == [
        "TEST-INV-2024-000001"
    ]


def test_a_killed_workers_task_goes_to_the_next_one(
    variables: dict[str, str], tmp_path: Path
) -> None:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    log = tmp_path / "worker.log"
    # The invoices are held here, so the first worker is in the middle when it is killed.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM invoicing_invoice WHERE customer_id = %s FOR UPDATE", [acme.pk]
        )
        send("invoicing.refresh_customers", [acme.pk], variables=variables)
        with worker(variables=variables, log=log) as first:
            wait_for(_somebody_waits, what="the task is not taken", log=log)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()

    with worker(variables=variables, log=tmp_path / "second.log"):
        wait_for(
            lambda: not UsageArrival.objects.exists(),
            what="not redelivered",
            log=tmp_path / "second.log",
        )

    assert november_total() == "21.3500"


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
