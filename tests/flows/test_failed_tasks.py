"""Failed background work of a real worker stands in the list, and leaves it by itself."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from billing_portal.models import TaskFailure
from invoicing.models import Invoice
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.issue_invoice import issue_invoice
from tests import factories as make
from tests.flows.processes import environ, manage, wait_for, worker
from tests.flows.test_workers import send

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_failed_task_is_listed_until_it_succeeds(tmp_path: Path) -> None:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    invoice = Invoice.objects.earliest("period_start")
    variables = environ(EMAIL_URL="memorymail://")
    assert manage("install_broker", variables=variables).returncode == 0
    log = tmp_path / "worker.log"

    with worker(variables=variables, log=log):
        for _ in range(2):
            send("invoicing.finish_invoice", invoice.pk, variables=variables)
        failure = wait_for(
            lambda: TaskFailure.objects.filter(times=2).first(), what="not listed", log=log
        )
        issued(invoice)
        send("invoicing.finish_invoice", invoice.pk, variables=variables)
        wait_for(
            lambda: TaskFailure.objects.filter(settled_at__isnull=False).exists(),
            what="not settled",
            log=log,
        )

    assert (failure.task, failure.arguments) == ("invoicing.finish_invoice", f"[{invoice.pk}]")
    assert failure.error.startswith(f"NotIssued: invoice {invoice.public_id} is upcoming (")
    assert TaskFailure.objects.count() == 1


def issued(invoice: Invoice) -> None:
    clock = invoice.customer.test_clock
    assert clock is not None
    clock.now_at = datetime(2024, 12, 10, tzinfo=UTC)
    clock.save()
    close_invoice(invoice_id=invoice.pk, now=make.NOW)
    issue_invoice(invoice_id=invoice.pk, now=make.NOW)
