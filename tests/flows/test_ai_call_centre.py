"""
The AI call centre from end to end: staff in the admin, a partner over HTTP, real processes.

13 × 0.20 + 12 × 0.40 + 6 × 0.25 + 15 × 0.75 + 4 × 0.30 = 21.35, and nothing due after credit.
"""

import email
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from email import policy
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from accounts.models import Customer
from invoicing.models import Invoice
from tests import factories as make
from tests.flows.price_book_by_admin import MadeByAdmin, make_everything, press
from tests.flows.processes import PROJECT, environ, manage, scheduler, wait_for, worker

pytestmark = pytest.mark.django_db(transaction=True)

FIVE_LINES = [
    ("AI Calls - US / resolved", "13", "2.60"),
    ("AI Calls - US / transferred", "12", "4.80"),
    ("AI Calls - EU / resolved", "6", "1.50"),
    ("AI Calls - EU / escalated", "15", "11.25"),
    ("AI Calls - APAC / resolved", "4", "1.20"),
]


@pytest.fixture
def staff() -> Client:
    """A browser of Sam's, signed in to the admin."""
    browser = Client()
    browser.force_login(make.staff())
    return browser


@pytest.fixture
def made(staff: Client) -> MadeByAdmin:
    """Price book, Acme's agreement and the partner's key, made by forms alone."""
    return make_everything(staff)


@pytest.fixture
def background(tmp_path: Path) -> Iterator[Path]:
    """A worker and a scheduler that ticks every second; yields where their mail goes."""
    mail = tmp_path / "mail"
    variables = environ(EMAIL_URL=f"filemail:///{mail}")
    second, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
    for task in ("invoicing.refresh_upcoming", "invoicing.bill_due", "invoicing.finish_issued"):
        PeriodicTask.objects.update_or_create(
            task=task, defaults={"name": task, "interval": second}
        )
    assert manage("install_broker", variables=variables).returncode == 0
    with (
        worker(variables=variables, log=tmp_path / "worker.log"),
        scheduler(variables=variables, log=tmp_path / "beat.log"),
    ):
        yield mail


def test_from_the_price_book_to_the_issued_invoice(
    made: MadeByAdmin, staff: Client, background: Path, live_server: LiveServer, tmp_path: Path
) -> None:
    partner = httpx.Client(
        base_url=f"{live_server.url}/api/v1",
        headers={"Authorization": f"Bearer {made.key_text}"},
        timeout=30,
    )
    log = tmp_path / "worker.log"

    _send_six_calls_twice(partner)
    upcoming = wait_for(lambda: _november(partner, total="21.35"), what="no amounts", log=log)
    _assert_bill(partner, upcoming)
    _bill_a_second_customer_at_the_fallback(staff, partner, log)

    press(staff, made.acme.test_clock, "advance", to_0="2024-12-02", to_1="00:00:00")
    issued = wait_for(lambda: _november(partner, state="issued"), what="not issued", log=log)

    _assert_bill(partner, issued)
    assert issued["number"] == "TEST-INV-2024-000001"
    assert (issued["issue_date"], issued["due_date"]) == ("2024-12-01", "2025-01-15")
    message = wait_for(lambda: _mail(background), what="no e-mail", log=log)
    _assert_documents(partner, staff, issued, message)
    wallet = staff.get(reverse("admin:accounts_customer_change", args=[made.acme.pk]))
    assert "9,978.65" in wallet.content.decode()
    assert manage("verify_books", variables=environ()).returncode == 0


def test_simulate_prints_the_same_lines_with_no_database() -> None:
    variables = {name: value for name, value in environ().items() if name != "DATABASE_URL"}

    simulated = subprocess.run(
        [sys.executable, "manage.py", "simulate", "plan_file/examples/ai-call-center.yaml"],
        cwd=PROJECT,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )

    acme = json.loads(simulated.stdout)["invoices"][0]
    assert [
        (line["description"], line["quantity"], line["amount"]) for line in acme["lines"]
    ] == FIVE_LINES
    assert (acme["total"], acme["amount_due"]) == ("21.35", "0.00")


def _send_six_calls_twice(partner: httpx.Client) -> None:
    bodies = make.six_bodies()
    for body in bodies:
        assert partner.post("/events", json=body).status_code == 201
    batch = partner.post("/events/batch", json={"events": bodies}).json()
    assert (batch["duplicates"], batch["accepted"], batch["rejected"]) == (6, 0, 0)
    changed = {**bodies[0], "properties": {**bodies[0]["properties"], "duration_minutes": 6}}
    conflict = partner.post("/events", json=changed)
    assert conflict.status_code == 409
    assert conflict.json()["stored"]["properties"]["duration_minutes"] == 5
    assert conflict.json()["sent"]["properties"]["duration_minutes"] == 6


def _november(partner: httpx.Client, **wanted: str) -> dict[str, Any] | None:
    """Return Acme's invoice of November once it is as wanted."""
    query = {"customer": "acme", "period_start[lt]": "2024-11-15T00:00:00Z"}
    (listed,) = partner.get("/invoices", params=query).json()["data"]
    if any(listed[name] != value for name, value in wanted.items()):
        return None
    return dict(partner.get(f"/invoices/{listed['id']}").json())


def _assert_bill(partner: httpx.Client, invoice: dict[str, Any]) -> None:
    lines = invoice["lines"]
    assert [(line["description"], line["quantity"], line["amount"]) for line in lines] == FIVE_LINES
    assert (invoice["total"], invoice["amount_due"]) == ("21.35", "0.00")
    (applied,) = invoice["credits"]
    assert (applied["amount"], applied["left"]) == ("21.35", "9978.65")
    behind = [
        [event["idempotency_key"] for event in _events(partner, invoice, line)] for line in lines
    ]
    assert behind == [["call-1", "call-2"], ["call-3"], ["call-4"], ["call-5"], ["call-6"]]


def _events(
    partner: httpx.Client, invoice: dict[str, Any], line: dict[str, Any]
) -> list[dict[str, Any]]:
    answer = partner.get(f"/invoices/{invoice['id']}/lines/{line['id']}/events")
    return list(answer.json()["data"])


def _bill_a_second_customer_at_the_fallback(
    staff: Client, partner: httpx.Client, log: Path
) -> None:
    acme = Customer.objects.get(external_id="acme")
    basil = make.basil(is_sandbox=True, test_clock=acme.test_clock)
    acme.partners.get().customers.add(basil)
    make.contract(basil, end=None)
    sent = partner.post(
        "/events", json=make.call_body("odd", customer_id="basil", region="us", minutes=2)
    ).json()

    def judged() -> dict[str, Any] | None:
        event = partner.get(f"/events/{sent['id']}").json()
        return dict(event) if event["meters"][0]["verdict"] == "fallback" else None

    reading = wait_for(judged, what="no verdict", log=log)["meters"][0]
    assert reading["hint"] == {"region": "US"}
    (line,) = Invoice.objects.filter(customer=basil).order_by("period_start")[0].lines.all()
    assert str(line.amount.amount) == "0.8000"
    verdicts = staff.get(reverse("admin:usage_ratingverdict_changelist"), {"verdict": "fallback"})
    assert "region: US" in verdicts.content.decode()


def _mail(folder: Path) -> email.message.EmailMessage | None:
    """Return the message to Acme once it is in the folder, whole."""
    for path in folder.glob("*") if folder.exists() else ():
        text = path.read_text(errors="replace")
        if "billing@acme.example" in text and text.rstrip().endswith("-" * 79):
            return email.message_from_string(text.rsplit("-" * 79, 1)[0], policy=policy.default)
    return None


def _assert_documents(
    partner: httpx.Client,
    staff: Client,
    invoice: dict[str, Any],
    message: email.message.EmailMessage,
) -> None:
    pdf = partner.get(f"/invoices/{invoice['id']}/pdf").content
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for description, quantity, amount in FIVE_LINES:
        assert description.removeprefix("AI Calls - ") in text
        assert amount in text
        assert quantity in text
    for printed in ("TEST-INV-2024-000001", "21.35", "9,978.65"):
        assert printed in text
    (attached,) = message.iter_attachments()
    assert attached.get_content() == pdf
    row = Invoice.objects.get(number="TEST-INV-2024-000001")
    for name in ("pdf", "email"):
        preview = staff.get(reverse(f"admin:invoicing_invoice_{name}", args=[row.pk]))
        assert preview.status_code == 200
