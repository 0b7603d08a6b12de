"""
Rows for tests, as the operations would make them.

The cast is fixed: Acme Support Co pays (a sandbox with a test clock), Basil's
Bakery owes, Carla's Clinic may see neither. Northwind Voice sells.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import (
    ApiKey,
    Brand,
    Customer,
    KeyMode,
    LegalEntity,
    Membership,
    Partner,
    PartnerCustomer,
    PartnerMembership,
    PartnerRole,
    Role,
    Scope,
    TaxRegistration,
    TestClock,
    User,
)
from accounts.operations.make_api_key import make_api_key
from catalog.models import (
    Plan,
    PlanPrice,
    Price,
    PriceVersion,
    RateCard,
    RateCardVersion,
    RateEntry,
)
from contracts.models import Contract, ContractOverride, OverrideEntry
from invoicing.models import Grant
from invoicing.operations.activate_contract import activate_contract
from invoicing.operations.grant_credit import grant_credit
from usage.intake.sent_event import SentEvent, read_event
from usage.models import Meter, Source
from usage.operations.accept_events import Outcome, accept_events
from usage.operations.accepting.conflicts import with_bodies
from usage.store import store
from values.calendar import local_midnight

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOVEMBER_1 = datetime(2024, 11, 1, tzinfo=UTC)
NOVEMBER_20 = datetime(2024, 11, 20, tzinfo=UTC)

PASSWORD = "correct horse battery staple"

NINE_RATES = {
    "US": {"resolved": "0.20", "transferred": "0.40", "escalated": "0.60"},
    "EU": {"resolved": "0.25", "transferred": "0.50", "escalated": "0.75"},
    "APAC": {"resolved": "0.30", "transferred": "0.60", "escalated": "0.90"},
}
SIX_CALLS = (
    ("US", "resolved", 5),
    ("US", "resolved", 8),
    ("US", "transferred", 12),
    ("EU", "resolved", 6),
    ("EU", "escalated", 15),
    ("APAC", "resolved", 4),
)


def staff(**fields: Any) -> User:
    """Return somebody who may do everything in the admin."""
    return User.objects.create_superuser(**{"email": "sam@northwind.example", **fields})


def person(email: str, **fields: Any) -> User:
    """Return somebody of a customer, who may not enter the admin."""
    return User.objects.create_user(email, PASSWORD, **fields)


def member(buyer: Customer, email: str = "", *, role: Role = Role.OWNER) -> User:
    """Return a new person of this customer; without an address it is role@customer.example."""
    someone = person(email or f"{role.value}@{buyer.external_id}.example")
    Membership.objects.create(customer=buyer, user=someone, role=role)
    return someone


def northwind(**fields: Any) -> LegalEntity:
    """Return the seller, which is registered for no tax; the same one when asked again."""
    wanted = {
        "code": "northwind",
        "name": "Northwind Voice",
        "country": "US",
        "state": "IL",
        "tax_registration": TaxRegistration.NONE,
        **fields,
    }
    found = LegalEntity.objects.filter(code=wanted["code"]).first()
    return found or LegalEntity.objects.create(**wanted)


def brand(legal_entity: LegalEntity | None = None) -> Brand:
    """Return the seller's brand."""
    seller = legal_entity or northwind()
    return Brand.objects.get_or_create(
        code=seller.code, defaults={"legal_entity": seller, "name": seller.name}
    )[0]


def customer(external_id: str, name: str, **fields: Any) -> Customer:
    """Return a live customer of Northwind."""
    seller = fields.pop("legal_entity", None) or northwind()
    return Customer.objects.create(
        external_id=external_id,
        name=name,
        **{
            "email": f"billing@{external_id}.example",
            "legal_entity": seller,
            "brand": brand(seller),
            **fields,
        },
    )


def acme(*, clock_at: datetime = NOVEMBER_20, **fields: Any) -> Customer:
    """Return Acme Support Co, a sandbox customer with a clock of its own."""
    clock = TestClock.objects.create(name="Acme's clock", now_at=clock_at)
    return customer(
        "acme",
        "Acme Support Co",
        **{"is_sandbox": True, "test_clock": clock, "timezone": "America/New_York", **fields},
    )


def basil(**fields: Any) -> Customer:
    """Return Basil's Bakery, a live customer."""
    return customer("basil", "Basil's Bakery", **fields)


def carla(**fields: Any) -> Customer:
    """Return Carla's Clinic, of whom the others must learn nothing."""
    return customer("carla", "Carla's Clinic", **fields)


def ai_call_meter() -> Meter:
    """Return the meter of the worked example."""
    return Meter.objects.get_or_create(
        legal_entity=northwind(),
        code="AI_CALL",
        defaults={
            "display_name": "AI Calls",
            "event_name": "ai_call",
            "aggregation": "sum",
            "property": "duration_minutes",
            "group_keys": ["region", "call_outcome"],
            "unit": "minute",
        },
    )[0]


def ai_call_rates(*, published: bool = True) -> RateCard:
    """Return the rate card of nine combinations, in force from November 2024."""
    card = RateCard.objects.create(
        legal_entity=northwind(), code="ai-call-rates", meter=ai_call_meter()
    )
    version = RateCardVersion.objects.create(rate_card=card, effective_from=NOVEMBER_1)
    combinations = [
        (region, outcome, rate)
        for region, outcomes in NINE_RATES.items()
        for outcome, rate in outcomes.items()
    ]
    RateEntry.objects.bulk_create(
        RateEntry(
            version=version,
            position=position,
            match={"region": region, "call_outcome": outcome},
            rate=Decimal(rate),
        )
        for position, (region, outcome, rate) in enumerate(combinations)
    )
    if published:
        version.published_at = NOW
        version.save()
    return card


def ai_call_price() -> Price:
    """Return the price per minute by rate card, with the fallback 0.40."""
    price = Price.objects.create(legal_entity=northwind(), code="ai-call", meter=ai_call_meter())
    PriceVersion.objects.create(
        price=price,
        name="AI Calls",
        rate_card=ai_call_rates(),
        fallback_rate=Decimal("0.40"),
        published_at=NOW,
    )
    return price


def ai_call_center(**fields: Any) -> Plan:
    """Return the plan of the worked example, with its whole price book; one per test."""
    found = Plan.objects.filter(code="ai-call-center").first()
    if found:
        return found
    plan = Plan.objects.create(
        **{
            "legal_entity": northwind(),
            "code": "ai-call-center",
            "name": "AI Call Center",
            "currency": "USD",
            "autopay": True,
            **fields,
        }
    )
    PlanPrice.objects.create(plan=plan, price=ai_call_price())
    return plan


def contract(
    buyer: Customer,
    *,
    plan: Plan | None = None,
    start: date = date(2024, 11, 1),
    end: date | None = date(2026, 11, 1),
    activated: bool = True,
    **fields: Any,
) -> Contract:
    """Return a contract between local midnights of the customer, activated unless told not."""
    made = Contract.objects.create(
        customer=buyer,
        plan=plan or ai_call_center(),
        starts_at=local_midnight(start, buyer.timezone),
        ends_at=None if end is None else local_midnight(end, buyer.timezone),
        **fields,
    )
    return activate_contract(contract=made, now=NOW) if activated else made


def acme_contract(buyer: Customer) -> Contract:
    """Return Acme's agreement: two years, net 45 days, US escalated at 0.75, $10,000 prepaid."""
    made = contract(buyer, activated=False, net_terms_days=45)
    override = ContractOverride.objects.create(contract=made, price=made.plan.items.get().price)
    OverrideEntry.objects.create(
        override=override,
        match={"region": "US", "call_outcome": "escalated"},
        rate=Decimal("0.75"),
    )
    grant(buyer, contract=made, effective_from=made.starts_at, expires_at=made.ends_at)
    return activate_contract(contract=made, now=NOW)


def grant(buyer: Customer, *, amount: str = "10000.00", **fields: Any) -> Grant:
    """Return a grant of prepaid dollars."""
    return grant_credit(
        customer=buyer,
        amount=Decimal(amount),
        **{
            "code": "grant-1",
            "currency": "USD",
            "effective_from": NOVEMBER_1,
            "now": NOW,
            **fields,
        },
    )


def partner(*customers: Customer, name: str = "Callwave", **fields: Any) -> Partner:
    """Return a partner that may send usage of these customers."""
    made = Partner.objects.create(name=name, **fields)
    for each in customers:
        PartnerCustomer.objects.create(partner=made, customer=each)
    return made


def partner_person(
    holder: Partner, email: str = "", *, role: PartnerRole = PartnerRole.OWNER
) -> User:
    """Return a new person of this partner; without an address it is role@partner.example."""
    someone = person(email or f"{role.value}@{holder.name.split()[0].lower()}.example")
    PartnerMembership.objects.create(partner=holder, user=someone, role=role)
    return someone


def api_key(
    holder: Partner,
    *,
    mode: str = KeyMode.TEST,
    scopes: Sequence[str] = tuple(Scope.values),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Return a key of a partner, by default a test key that may do everything, and its text."""
    return make_api_key(
        partner=holder,
        name="their server",
        mode=mode,
        scopes=scopes,
        expires_at=expires_at,
        now=NOW,
    )


def source(sender: Partner, mode: str = KeyMode.TEST) -> Source:
    """Return where a partner's keys of one mode are unique."""
    return Source.objects.get_or_create(partner=sender, mode=mode)[0]


def call_body(
    key: str,
    *,
    customer_id: str = "acme",
    region: str | None = "US",
    outcome: str | None = "resolved",
    minutes: Any = 5,
    occurred_at: str | None = "2024-11-05T10:00:00Z",
    **fields: Any,
) -> dict[str, Any]:
    """Return the body of a call as a partner sends it; None leaves a property out."""
    properties = {"region": region, "call_outcome": outcome, "duration_minutes": minutes}
    return {
        "customer_id": customer_id,
        "event_name": "ai_call",
        "idempotency_key": key,
        **({} if occurred_at is None else {"occurred_at": occurred_at}),
        "properties": {name: value for name, value in properties.items() if value is not None},
        **fields,
    }


def six_bodies(**fields: Any) -> list[dict[str, Any]]:
    """Return the six calls of the worked example, on six days of November 2024."""
    return [
        call_body(
            f"call-{number}",
            region=region,
            outcome=outcome,
            minutes=minutes,
            occurred_at=f"2024-11-{number + 4:02}T15:00:00Z",
            **fields,
        )
        for number, (region, outcome, minutes) in enumerate(SIX_CALLS, start=1)
    ]


def accepted(
    sender: Source, bodies: Sequence[Mapping[str, Any]], *, now: datetime = NOW
) -> list[Outcome]:
    """Return what became of these bodies when they were sent, as their sender is told."""
    items: list[SentEvent] = [read_event(dict(body)) for body in bodies]
    return with_bodies(accept_events(source=sender, items=items, now=now), kept=store)
