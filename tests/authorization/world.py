"""One of everything, all of it Acme's or Northwind's, and the people who knock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import (
    Customer,
    Invitation,
    KeyMode,
    LegalEntity,
    Partner,
    PartnerInvitation,
    PartnerRole,
    RecordLook,
    Role,
    StaffVisit,
    Subject,
    User,
)
from accounts.operations.advance_test_clock import advance_test_clock
from accounts.operations.invite_person import invite_person
from billing_portal.models import SavedFilter, TaskFailure
from billing_portal.staff_roles import STAFF_ROLES
from catalog.models import CallRate, Price, PriceVersion, Product
from invoicing.models import Invoice, InvoiceLine, IssueJob, Question
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.queue_email import queue_invoice_email
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.operations.render_document import render_document
from tests import factories as make
from tests.authorization.routes import Route
from tests.invitations import token_sent
from tests.partner_portal.invitations import invited
from tests.partner_portal.invitations import token_sent as partner_token_sent
from tests.usage.uploads import calls_csv, uploaded
from usage.models import (
    Backfill,
    Erasure,
    Event,
    KeyLimit,
    Meter,
    ReplayJob,
    Source,
    SourceMinute,
    SubjectMove,
    UsageAlarm,
    UsageArchive,
    UsageFile,
)
from usage.operations.count_source_day import count_source_day

DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)
ACTORS = (
    "anonymous", "stranger", "read_only", "billing", "owner",
    *(f"staff:{role.name.lower()}" for role in STAFF_ROLES),
    "visitor", "key:other", "key:own", "partner:other", "partner:viewer", "partner:owner",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """Acme with an issued invoice, and the values that addresses are made of."""

    customer: Customer
    invoice: Invoice
    line: InvoiceLine
    event: Event
    visit: StaffVisit
    invitation: Invitation
    token: str
    partner: Partner
    partner_invitation: PartnerInvitation
    partner_token: str
    file: UsageFile
    clients: dict[str, Client]

    def address(self, route: Route) -> str:
        """Return an address of this route that leads to something of Acme's where it can."""
        address = route.pattern
        for parameter in route.parameters:
            address = address.replace(f"<{parameter}>", self._value(route, parameter), 1)
        return "/" + address

    def _value(self, route: Route, parameter: str) -> str:
        if route.pattern.startswith("admin/"):
            return _of_admin(route, parameter)
        if route.pattern.startswith(("partner/", "invitations/partners/")):
            found = self._of_partner(parameter)
            if found:
                return found
        return {
            "customer": self.customer.public_id,
            "event": self.event.public_id,
            "invoice": self.invoice.public_id,
            "line": self.line.public_id,
            "customer_id": self.customer.public_id,
            "invoice_id": self.invoice.public_id,
            "line_id": self.line.public_id,
            "event_id": self.event.public_id,
            "code": self.customer.brand.code,
            "visit_id": self.visit.public_id,
            "invitation_id": self.invitation.public_id,
            "token": self.token,
            "file": self.file.public_id,
            "identifier": "agent-7",
            "person_id": str(self.customer.memberships.get(role=Role.READ_ONLY).pk),
        }.get(parameter, "0")

    def _of_partner(self, parameter: str) -> str:
        """Return what an address of a partner's pages means by a name, empty for all others."""
        viewers = self.partner.memberships.filter(role=PartnerRole.VIEWER)
        return {
            "partner_id": self.partner.public_id,
            "key_id": str(self.partner.api_keys.all()[0].pk),
            "person_id": str(viewers[0].pk),
            "invitation_id": self.partner_invitation.public_id,
            "token": self.partner_token,
            "file_id": self.file.public_id,
            "mode": KeyMode.TEST,
        }.get(parameter, "")


def build_world() -> World:
    """Return the world, made by the operations that make it in earnest."""
    acme, carla = make.acme(), make.carla()
    make.acme_contract(acme)
    sender = make.partner(acme)
    source = make.source(sender)
    make.accepted(source, [*make.six_bodies(), make.call_body("lost", customer_id="nobody")])
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    assert acme.test_clock is not None
    advance_test_clock(clock=acme.test_clock, to=DECEMBER_2)
    bill_customer(customer_id=acme.pk, as_of=make.NOW)
    invoice = acme.invoices.get(state="issued")
    render_document(invoice_id=invoice.pk, now=make.NOW)
    queue_invoice_email(invoice_id=invoice.pk, now=make.NOW)
    clients = _clients(acme, carla)
    owner = acme.memberships.get(role=Role.OWNER).user
    invitation = invite_person(
        customer=acme,
        email="nora@acme.example",
        role=Role.BILLING,
        by=owner,
        now=datetime.now(UTC),
    )
    _rows_for_staff(acme, invoice, owner)
    _rates_of_calls(acme.legal_entity)
    partner_invitation = invited(sender, by=sender.memberships.get(role=PartnerRole.OWNER).user)
    return World(
        customer=acme,
        invoice=invoice,
        line=invoice.lines.all()[0],
        event=Event.objects.all()[0],
        visit=StaffVisit.objects.get(),
        invitation=invitation,
        token=token_sent(invitation),
        partner=sender,
        partner_invitation=partner_invitation,
        partner_token=partner_token_sent(partner_invitation),
        file=_usage_of_staff(source, owner),
        clients=clients,
    )


def _rows_for_staff(acme: Customer, invoice: Invoice, owner: User) -> None:
    """One row for every list that the worked example leaves empty."""
    Subject.objects.create(
        customer=acme, kind="agent", identifier="agent-7", held_from=make.NOVEMBER_1
    )
    Product.objects.create(legal_entity=acme.legal_entity, code="calls", name="Calls")
    Question.objects.create(invoice=invoice, text="Why?", asked_by=owner, asked_at=make.NOW)
    job = IssueJob.objects.create(requested_by=owner, requested_at=make.NOW)
    job.items.create(invoice=invoice)
    TaskFailure.objects.create(task="t", error="E", first_at=make.NOW, last_at=make.NOW)
    SavedFilter.objects.create(
        user=User.objects.get(email="support@northwind.example"),
        model="accounts.customer",
        name="Ours",
        query="q=a",
    )


def _usage_of_staff(source: Source, owner: User) -> UsageFile:
    """A file, and one row for every list of usage that nothing else fills."""
    ReplayJob.objects.create(
        source=source, reason="unknown_customer", named="nobody", events=1,
        requested_by=owner, requested_at=make.NOW,
    )  # fmt: skip
    SubjectMove.objects.create(
        identifier="agent-7", starts_at=make.NOVEMBER_1, ends_at=make.NOW, requested_at=make.NOW,
        events=1,
    )  # fmt: skip
    RecordLook.objects.create(
        at=make.NOW, looked_as="customer", user=owner, page="portal:line_events", rows=1
    )
    Erasure.objects.create(
        customer=source.partner.customers.all()[0], value_hash="0" * 64, reason="asked",
        requested_by=owner, erased_at=make.NOW, events=0, waiting=0, staged=0, file_errors=0,
    )  # fmt: skip
    KeyLimit.objects.create(api_key=source.partner.api_keys.all()[0], requests_per_minute=60)
    count_source_day(source_id=source.pk, day=make.NOW.date(), now=make.NOW)
    UsageArchive.objects.create(
        month=date(2001, 1, 1), state="archived", sha256="0" * 64, stored_as="2001-01.gz",
        starts_at=datetime(2001, 1, 1, tzinfo=UTC), ends_at=datetime(2001, 2, 1, tzinfo=UTC),
        begun_at=make.NOW,
    )  # fmt: skip
    Backfill.objects.create(
        source=source, starts_at=make.NOVEMBER_1, ends_at=make.NOVEMBER_20, reason="a lost log",
        opened_at=make.NOW, changed_at=make.NOW, opened_by=owner,
    )  # fmt: skip
    SourceMinute.objects.create(source=source, minute=make.NOW)
    UsageAlarm.objects.create(
        source=source, kind="source_silent", found=120, usual=30, since=make.NOW,
        opened_at=make.NOW,
    )  # fmt: skip
    return uploaded(source, calls_csv(1), by=owner)


def _rates_of_calls(seller: LegalEntity) -> None:
    """A draft of a price of calls: a published one's rates are closed to every role."""
    meter = Meter.objects.create(
        legal_entity=seller, code="CALL", display_name="Calls", event_name="call",
        aggregation="sum", property="duration_seconds", unit="second", calls=True,
    )  # fmt: skip
    price = Price.objects.create(legal_entity=seller, code="voice", kind="call", meter=meter)
    draft = PriceVersion.objects.create(price=price, name="Voice", model="", section="telephony")
    CallRate.objects.create(version=draft, prefix="1", rate_per_minute=Decimal("0.01"))


def _clients(acme: Customer, carla: Customer) -> dict[str, Client]:
    people = {
        "stranger": make.member(carla),
        **{role.value: make.member(acme, role=role) for role in Role},
        **{f"staff:{role.name.lower()}": _staff(role.name) for role in STAFF_ROLES},
    }
    people["visitor"] = _staff("Support", "visitor")
    StaffVisit.objects.create(staff=people["visitor"], customer=acme, started_at=datetime.now(UTC))
    clients = {"anonymous": Client()}
    for name, person in people.items():
        clients[name] = Client()
        clients[name].force_login(person)
    own, other = acme.partners.get(), make.partner(carla, name="Elsewhere AI")
    for name, person in (
        ("partner:other", make.partner_person(other)),
        ("partner:viewer", make.partner_person(own, role=PartnerRole.VIEWER)),
        ("partner:owner", make.partner_person(own)),
    ):
        clients[name] = Client()
        clients[name].force_login(person)
    for name, holder in (("key:other", other), ("key:own", own)):
        _, text = make.api_key(holder, mode=KeyMode.TEST)
        clients[name] = Client(headers={"Authorization": f"Bearer {text}"})
    return clients


def _staff(role: str, name: str = "") -> User:
    person = User.objects.create_user(f"{name or role.lower()}@northwind.example", is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    return person


_NUMBERS_OF_A_DAY = {"state": "awaiting", "came": "received"}


def _of_admin(route: Route, parameter: str) -> str:
    """Return a row of the model that an address of the admin is about; 0 where there is none."""
    if parameter == "app_label":
        return "accounts"
    if route.name == "starter_pack":
        return "ucaas"
    if parameter in _NUMBERS_OF_A_DAY:
        return _NUMBERS_OF_A_DAY[parameter]
    if route.name.startswith("catalog_call_rates"):
        return str(PriceVersion.objects.get(price__kind="call").pk)
    owners = [
        model
        for model in apps.get_models()
        if route.name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_")
    ]
    row = owners[0]._default_manager.order_by("pk").first() if owners else None
    return "0" if row is None else str(row.pk)
