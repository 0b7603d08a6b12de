"""Who signs in to the demo, and what they ask."""

from datetime import datetime, timedelta

from django.contrib.auth.models import Group

from accounts.models import (
    Customer,
    Membership,
    Partner,
    PartnerMembership,
    PartnerRole,
    Role,
    User,
)
from accounts.operations.vouch_for_address import vouch_for_address
from billing_portal.demo.logins import AUDITOR, CUSTOMER, PARTNER, PASSWORD, READER, STAFF
from invoicing.models import InvoiceState
from invoicing.operations.answer_question import answer_question
from invoicing.operations.ask_question import ask_question
from values.identifiers import uuid7

_STAFF_BY_ROLE = {
    "Support": ("sue@northwind.example", "Sue"),
    "Billing": ("bill@northwind.example", "Bill"),
    "Pricing": ("pia@northwind.example", "Pia"),
    "Auditor": (AUDITOR, "Aud"),
}
_PEOPLE = (
    (CUSTOMER, "Harriet Harbor", (("harbor", Role.OWNER), ("basil", Role.BILLING))),
    ("basil@basil.example", "Basil Baker", (("basil", Role.OWNER),)),
    (READER, "Rita Reader", (("basil", Role.READ_ONLY),)),
    ("carla@carla.example", "Carla Clinic", (("carla", Role.OWNER),)),
    ("ann@acme.example", "Ann Acme", (("acme", Role.OWNER),)),
)


def add_staff() -> None:
    """Sam, who may do everything, and one person for each role but the admin's."""
    sam = User.objects.create_superuser(STAFF, PASSWORD, first_name="Sam", last_name="Staff")
    vouch_for_address(user=sam)
    for role, (email, name) in _STAFF_BY_ROLE.items():
        person = User.objects.create_user(email, PASSWORD, first_name=name, is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        vouch_for_address(user=person)


def add_people() -> None:
    """The people of the customers; one of them looks after two."""
    for email, name, places in _PEOPLE:
        first_name, last_name = name.split()
        person = User.objects.create_user(
            email, PASSWORD, first_name=first_name, last_name=last_name
        )
        vouch_for_address(user=person)
        for external_id, role in places:
            customer = Customer.objects.get(external_id=external_id)
            Membership.objects.create(customer=customer, user=person, role=role)


def add_partner_people(partner: Partner) -> None:
    """Pat, who owns the partner's pages, and Vic, who may look at them."""
    for email, name, role in (
        (PARTNER, "Pat Partner", PartnerRole.OWNER),
        ("vic@callwave.example", "Vic Viewer", PartnerRole.VIEWER),
    ):
        first_name, last_name = name.split()
        person = User.objects.create_user(
            email, PASSWORD, first_name=first_name, last_name=last_name
        )
        vouch_for_address(user=person)
        PartnerMembership.objects.create(partner=partner, user=person, role=role)


def ask_questions(*, now: datetime) -> None:
    """Harriet asks about two lines of her last invoice; one question is answered."""
    harriet, sam = User.objects.get(email=CUSTOMER), User.objects.get(email=STAFF)
    harbor = Customer.objects.get(external_id="harbor")
    invoice = harbor.invoices.filter(state=InvoiceState.ISSUED).first()
    if invoice is None:
        return
    lines = list(invoice.lines.all()[:2])
    asked = [
        ask_question(uid=uuid7(), invoice=invoice, line=line, text=text, asked_by=harriet, now=at)
        for line, text, at in zip(
            lines,
            (
                "These are more minutes than in the month before. Which day was it?",
                "Can we have these calls split by location from next month on?",
            ),
            (now - timedelta(days=2), now - timedelta(hours=3)),
            strict=False,
        )
    ]
    if asked:
        answer_question(
            question_id=asked[0].pk,
            answer="Most came on one Monday, when your front desk was closed: open the line's "
            "events, they are listed by time.",
            answered_by=sam,
            now=now - timedelta(days=1),
        )
