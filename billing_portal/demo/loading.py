"""Putting the sample reseller into an empty database, through the product's own doors."""

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from string import Template
from typing import Any

from PIL import Image, ImageDraw

from accounts.models import (
    Brand,
    Customer,
    KeyMode,
    LegalEntity,
    Partner,
    PartnerCustomer,
    Scope,
    TaxRegistration,
    TestClock,
)
from accounts.operations.make_api_key import make_api_key
from billing_portal.demo.calls import months_of_usage, odd_ones, worked_example
from billing_portal.demo.logins import logins
from billing_portal.demo.next_rates import draft_next_rates
from billing_portal.demo.packs import load_packs
from billing_portal.demo.people import (
    add_partner_people,
    add_people,
    add_staff,
    ask_questions,
)
from invoicing.operations.queue_email import queue_invoice_email
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.operations.render_document import render_document
from invoicing.operations.run_bills import bill_chunk, start_bill_run
from invoicing.operations.send_email import send_invoice_email
from invoicing.operations.warn_low_credit import warn_low_credit
from plan_file.format.reading import parse_document
from plan_file.operations.apply_plan_file import apply_plan_file
from usage.intake.sent_event import read_event
from usage.models import Source
from usage.operations.accept_events import accept_events
from values.calendar import local_date, local_midnight

SELLER_ZONE = "America/Chicago"
LIVE = ("basil", "harbor", "carla")
DAILY = {"basil": (9, 14), "harbor": (22, 30), "carla": (4, 0)}


def load_sample(*, now: datetime) -> dict[str, Any]:
    """Return what the demo shows of it: logins, a test key, an event to send, addresses."""
    add_staff()
    months = _months(now)
    _seller_and_acme(now)
    text = (Path(__file__).parent / "reseller.yaml").read_text()
    document = parse_document(
        Template(text).substitute({name: day.isoformat() for name, day in months.items()}),
        name="reseller.yaml",
    )
    apply_plan_file(document=document, now=now)
    _mail_addresses()
    add_people()
    partner = _partner()
    add_partner_people(partner)
    _send_usage(partner, months, now)
    load_packs(now=now)
    _bill(now)
    ask_questions(now=now)
    draft_next_rates(effective_from=local_midnight(months["next_month"], SELLER_ZONE))
    make_api_key(
        partner=partner,
        name="Production server",
        mode=KeyMode.LIVE,
        scopes=partner.scopes_to_give,
        expires_at=now + timedelta(days=9),
        now=now,
    )
    _, api_key = make_api_key(
        partner=partner,
        name="Demo",
        mode=KeyMode.TEST,
        scopes=list(Scope.values),
        expires_at=None,
        now=now,
    )
    return {
        "addresses": {
            "Portal": "/",
            "Back office": "/admin/",
            "API documentation": "/api/docs/",
            "Mail that was sent": "/demo/mail/",
        },
        "logins": logins(),
        "api_key": api_key,
        "event": {
            "customer_id": "acme",
            "event_name": "AI_CALL",
            "idempotency_key": "my-first-call",
            "properties": {"region": "US", "call_outcome": "resolved", "duration_minutes": 3},
        },
    }


def _months(now: datetime) -> dict[str, date]:
    today = local_date(now, "America/New_York")
    this_month = today.replace(day=1)
    since = this_month
    for _ in range(3):
        since = (since - timedelta(days=1)).replace(day=1)
    return {
        "since": since,
        "this_month": this_month,
        "next_month": (this_month + timedelta(days=31)).replace(day=1),
        "in_two_years": this_month.replace(year=this_month.year + 2),
    }


def _seller_and_acme(now: datetime) -> None:
    """The seller with its brand, and Acme, whose clock staff can move: a sandbox."""
    seller = LegalEntity.objects.create(
        code="northwind",
        name="Northwind Voice",
        address_line_1="233 South Wacker Drive",
        city="Chicago",
        state="IL",
        postal_code="60606",
        country="US",
        timezone=SELLER_ZONE,
        tax_registration=TaxRegistration.NONE,
        invoice_prefix="NW",
    )
    brand = Brand.objects.create(
        legal_entity=seller,
        code="northwind",
        name="Northwind Voice",
        primary_colour="#173f5f",
        accent_colour="#2a9d8f",
        logo=_logo(),
        legal_text="Northwind Voice is a sample company. Questions: billing@northwind.example",
        sender_name="Northwind Voice Billing",
        sender_email="billing@northwind.example",
        support_email="help@northwind.example",
    )
    Customer.objects.create(
        external_id="acme",
        name="Acme Support Co",
        email="accounts@acme.example",
        legal_entity=seller,
        brand=brand,
        timezone="America/New_York",
        is_sandbox=True,
        test_clock=TestClock.objects.create(name="Acme's clock", now_at=now),
    )


def _logo() -> bytes:
    """Return a mark of three waves, as a PNG."""
    image = Image.new("RGBA", (240, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, 239, 239), radius=52, fill="#173f5f")
    for radius, colour in ((92, "#2a9d8f"), (62, "#8ecae6"), (32, "#ffffff")):
        box = (120 - radius, 150 - radius, 120 + radius, 150 + radius)
        draw.arc(box, start=200, end=340, fill=colour, width=18)
    draw.ellipse((108, 150, 132, 174), fill="#ffffff")
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _mail_addresses() -> None:
    for external_id in LIVE:
        Customer.objects.filter(external_id=external_id).update(
            email=f"accounts@{external_id}.example"
        )


def _partner() -> Partner:
    partner = Partner.objects.create(name="Callwave AI")
    for customer in Customer.objects.order_by("external_id"):
        PartnerCustomer.objects.create(partner=partner, customer=customer)
    return partner


def _send_usage(partner: Partner, months: dict[str, date], now: datetime) -> None:
    live = Source.objects.create(partner=partner, mode=KeyMode.LIVE)
    test = Source.objects.create(partner=partner, mode=KeyMode.TEST)
    start = local_midnight(months["since"], SELLER_ZONE) + timedelta(days=1)
    bodies = chain.from_iterable(
        months_of_usage(customer, start=start, end=now, calls_a_day=calls, chats_a_day=chats)
        for customer, (calls, chats) in DAILY.items()
    )
    for received_at, together in _as_they_came(bodies, now):
        _accept(live, together, received_at)
    _accept(live, odd_ones(at=now - timedelta(hours=1)), now)
    first = local_midnight(months["this_month"], "America/New_York")
    _accept(test, worked_example("acme", start=first), now)


def _as_they_came(
    bodies: Iterable[dict[str, Any]], now: datetime
) -> Iterator[tuple[datetime, list[dict[str, Any]]]]:
    """Yield what was sent together, and when: lately by the hour, before that by the day."""
    lately = now - timedelta(days=2)

    def sent_with(body: dict[str, Any]) -> str:
        at = body["occurred_at"]
        return str(at[: len("2024-11-05T10")] if at >= lately.isoformat() else at[:10])

    for _, group in groupby(sorted(bodies, key=itemgetter("occurred_at")), key=sent_with):
        together = list(group)
        yield datetime.fromisoformat(together[-1]["occurred_at"]), together


def _accept(source: Source, bodies: Iterable[dict[str, Any]], now: datetime) -> None:
    accept_events(source=source, items=[read_event(body) for body in bodies], now=now)


def _bill(now: datetime) -> None:
    for customer in Customer.objects.all():
        refresh_customer(customer_id=customer.pk, now=now)
        warn_low_credit(customer_id=customer.pk, now=now)
    started = start_bill_run(as_of=now, now=now)
    if started is None:
        return
    run, chunks = started
    for chunk in chunks:
        for invoice_id in bill_chunk(run_id=run.pk, customer_ids=chunk, now=now):
            render_document(invoice_id=invoice_id, now=now)
            queue_invoice_email(invoice_id=invoice_id, now=now)
            send_invoice_email(invoice_id=invoice_id, now=now)
