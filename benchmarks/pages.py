"""
How long the main pages take with 10,000 invoices and 100,000 events of one customer.

`python3 run.py benchmark pages` prints the median, the 95th percentile (aim: 100 ms, warm, two
cores), the queries, and the ratio to the sign-in page, the cheapest page there is, measured in
the same run on the same machine. The requests go through every middleware, without a network.
"""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, get_runner
from django.urls import reverse

from accounts.models import Customer
from invoicing.models import Invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.many import many_events, many_invoices

INVOICES = 10_000
EVENTS = 100_000
WARM_UP = 5
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Measured:
    """What one page took, in milliseconds."""

    name: str
    median: float
    p95: float
    queries: int
    size: int


def main() -> None:
    """Measure every page and print a table."""
    with _database():
        customer, client, staff = _world()
        pages = [("sign-in (the ratio's 1)", Client(), "/accounts/login/")]
        pages += [(f"portal: {name}", client, url) for name, url in _portal(customer)]
        pages += [(f"admin: {name}", staff, url) for name, url in _admin(customer)]
        measured = [_measure(name, who, url) for name, who, url in pages]
    _print(measured)


@contextmanager
def _database() -> Iterator[None]:
    """An empty database, dropped at the end."""
    settings.SECURE_SSL_REDIRECT = False
    settings.STAFF_SECOND_FACTOR = False
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    # Without Django's test environment, which keeps a copy of every template's context.
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(databases)


def _world() -> tuple[Customer, Client, Client]:
    acme = make.acme()
    make.acme_contract(acme)
    many_invoices(acme, INVOICES)
    many_events(acme, make.ai_call_meter(), EVENTS, span=timedelta(days=18))
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    client, staff = Client(), Client()
    client.force_login(make.member(acme))
    staff.force_login(make.staff())
    return acme, client, staff


def _portal(customer: Customer) -> Iterator[tuple[str, str]]:
    uid = customer.public_id
    for room in ("overview", "invoices", "usage", "credits", "questions", "account", "team"):
        yield room, reverse(f"portal:{room}", args=[uid])
    upcoming = _running(customer)
    issued = customer.invoices.filter(state="issued")[0]
    yield "upcoming invoice", reverse("portal:invoice", args=[uid, upcoming.public_id])
    yield "issued invoice", reverse("portal:invoice", args=[uid, issued.public_id])
    line = upcoming.lines.order_by("-events")[0]
    for name in ("line", "line_events"):
        parts = [uid, upcoming.public_id, line.public_id]
        yield name, reverse(f"portal:{name}", args=parts)


def _admin(customer: Customer) -> Iterator[tuple[str, str]]:
    yield "start page", reverse("admin:index")
    yield "customers", reverse("admin:accounts_customer_changelist")
    yield "customer", reverse("admin:accounts_customer_change", args=[customer.pk])
    yield "invoices", reverse("admin:invoicing_invoice_changelist")
    upcoming = _running(customer)
    yield "invoice", reverse("admin:invoicing_invoice_change", args=[upcoming.pk])
    yield "events", reverse("admin:usage_event_changelist")


def _running(customer: Customer) -> Invoice:
    return customer.invoices.filter(state="upcoming").order_by("period_start")[0]


def _measure(name: str, client: Client, url: str) -> Measured:
    taken: list[float] = []
    for _ in range(WARM_UP + ROUNDS):
        started_at = time.perf_counter()
        answer = client.get(url)
        taken.append((time.perf_counter() - started_at) * 1000)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    warm = taken[WARM_UP:]
    return Measured(
        name,
        statistics.median(warm),
        statistics.quantiles(warm, n=20)[-1],
        len(queries),
        len(answer.content),
    )


def _print(measured: Sequence[Measured]) -> None:
    least = measured[0].median
    print(f"{INVOICES:,} invoices and {EVENTS:,} events of one customer, {ROUNDS} rounds")
    print(f"{'page':<28}{'median':>10}{'p95':>10}{'ratio':>8}{'queries':>9}{'kB':>7}")
    for each in measured:
        ratio = each.median / least
        print(
            f"{each.name:<28}{each.median:>7.1f} ms{each.p95:>7.1f} ms{ratio:>8.1f}"
            f"{each.queries:>9}{each.size / 1000:>7.1f}"
        )


if __name__ == "__main__":
    main()
