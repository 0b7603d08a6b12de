"""A void event counts nowhere, and is shown as void."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Customer
from invoicing.models import Invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from usage.metering.meter import Aggregation
from usage.models import Event, Meter
from usage.queries.daily_usage import daily_usage
from usage.queries.event_browser import EventSearch, browsed_events, browsed_total
from usage.queries.events import counted_events, reading_fates
from usage.queries.judged_readings import judged_readings
from usage.queries.recent_usage import recent_usage
from usage.queries.used_meters import used_meters
from usage.store import store
from usage.store.interface import NewVoid
from values.calendar import local_midnight
from values.period import Period

pytestmark = pytest.mark.django_db

NEW_YORK = "America/New_York"
START = local_midnight(date(2024, 11, 1), NEW_YORK)
END = local_midnight(date(2024, 11, 8), NEW_YORK)
NOON = datetime(2024, 11, 5, 17, tzinfo=UTC)


@pytest.fixture
def acme() -> Customer:
    """Acme with the meter of minutes, of whose three calls the one in the middle is void."""
    acme = make.acme()
    make.ai_call_meter()
    send_three(acme)
    return acme


def send_three(customer: Customer) -> None:
    """Send calls of 5, 9 and 3 minutes on November 5; the one of 9 is void."""
    outcomes = make.accepted(
        make.source(make.partner(customer)),
        [
            make.call_body(
                f"call-{number}",
                minutes=minutes,
                occurred_at=(NOON + timedelta(hours=number)).isoformat(),
            )
            for number, minutes in enumerate([5, 9, 3])
        ],
    )
    key = outcomes[1].key
    assert key
    store.void([NewVoid(key, "sent by mistake")], voided_at=make.NOW)


@pytest.mark.parametrize(
    "aggregation,quantity",
    [
        (Aggregation.SUM, Decimal(8)),
        (Aggregation.MAX, Decimal(5)),
        (Aggregation.LATEST, Decimal(3)),
        (Aggregation.UNIQUE_COUNT, Decimal(2)),
        # 5 for 12 hours and 3 for 10, of the 169 hours of a week with a change of clocks.
        (Aggregation.WEIGHTED_SUM, Decimal("0.532544")),
    ],
)
def test_a_day_is_what_is_left(aggregation: Aggregation, quantity: Decimal) -> None:
    acme = make.acme()
    meter = Meter.objects.create(
        legal_entity=make.northwind(), code="CALLS", display_name="Calls", event_name="ai_call",
        aggregation=aggregation.value, property="duration_minutes",
    )  # fmt: skip
    send_three(acme)

    days = daily_usage(customer_id=acme.pk, meter_id=meter.pk, start=START, end=END, zone=NEW_YORK)

    assert next((day.day, day.quantity, day.events) for day in days) == (
        date(2024, 11, 5), quantity, 2,
    )  # fmt: skip


def test_recent_days_are_what_is_left(acme: Customer) -> None:
    days = [date(2024, 11, 5)]
    (recent,) = recent_usage(
        customer_id=acme.pk,
        days=days,
        end=local_midnight(date(2024, 11, 6), NEW_YORK),
        zone=NEW_YORK,
        most=4,
    )

    assert dict(recent.days) == {days[0]: Decimal(8)}
    assert recent.latest_at == NOON + timedelta(hours=2)


def test_a_meter_whose_only_event_is_void_is_not_used() -> None:
    carla = make.carla()
    make.ai_call_meter()
    (outcome,) = make.accepted(
        make.source(make.partner(carla), mode="live"), [make.call_body("1", customer_id="carla")]
    )
    assert [used.code for used in used_meters(customer_id=carla.pk)] == ["AI_CALL"]
    assert outcome.key

    store.void([NewVoid(outcome.key, "sent by mistake")], voided_at=make.NOW)

    assert used_meters(customer_id=carla.pk) == []


def test_lists_behind_a_line_leave_it_out(acme: Customer) -> None:
    meter, snapshot = make.ai_call_meter(), store.snapshot()

    events = counted_events(
        customer_id=acme.pk, meter_id=meter.pk, dimensions_id=None, start=START, end=END,
        snapshot=snapshot,
    )  # fmt: skip
    readings = judged_readings(
        customer_id=acme.pk, meter_id=meter.pk, span=Period(START, END),
        idempotency_keys=["call-0", "call-1", "call-2"], snapshot=snapshot,
    )  # fmt: skip

    assert [event.idempotency_key for event in events] == ["call-0", "call-2"]
    assert [reading.quantity for reading in readings] == [Decimal(5), Decimal(3)]


def test_the_browser_shows_it_as_void_and_does_not_count_it(acme: Customer) -> None:
    search = EventSearch(
        customer_id=acme.pk, meter_id=make.ai_call_meter().pk, start=START, end=END
    )

    events = browsed_events(search=search, before=None, limit=10)
    fates = reading_fates(keys=[event.key for event in events])

    assert [(event.idempotency_key, fates[event.key][0].verdict) for event in events] == [
        ("call-2", "awaiting"), ("call-1", "void"), ("call-0", "awaiting"),
    ]  # fmt: skip
    assert browsed_total(search=search) == (2, Decimal(8))


def test_the_browser_behind_a_line_that_saw_the_void_leaves_it_out(acme: Customer) -> None:
    search = EventSearch(
        customer_id=acme.pk, meter_id=make.ai_call_meter().pk, start=START, end=END,
        snapshot=store.snapshot(),
    )  # fmt: skip

    events = browsed_events(search=search, before=None, limit=10)

    assert [event.idempotency_key for event in events] == ["call-2", "call-0"]
    assert browsed_total(search=search) == (2, Decimal(8))


@pytest.mark.usefixtures("committed")
def test_a_void_event_is_billed_by_an_invoice_that_counted_it_and_by_no_other() -> None:
    acme = make.acme()
    make.contract(acme)
    send_three(acme)
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    key_of = dict(Event.objects.values_list("idempotency_key", "key"))
    store.void([NewVoid(key_of["call-0"], "taken back later")], voided_at=make.NOW)

    fates = reading_fates(keys=list(key_of.values()))

    told = {name: (fates[key][0].verdict, fates[key][0].invoice) for name, key in key_of.items()}
    invoice = Invoice.objects.order_by("period_start")[0].public_id
    assert told == {
        "call-0": ("void", invoice), "call-1": ("void", ""), "call-2": ("rated", invoice),
    }  # fmt: skip
