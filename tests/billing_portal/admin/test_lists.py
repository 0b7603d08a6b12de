"""Every list of the admin: it opens, searches, and costs the same for 3 and for 30 rows."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import (
    ApiKey,
    Brand,
    Customer,
    Message,
    PartnerRole,
    RecordLook,
    Role,
    SignIn,
    StaffVisit,
    Subject,
    TestClock,
    User,
)
from accounts.operations.invite_person import invite_person
from accounts.operations.make_api_key import make_api_key
from accounts.operations.partner_people.invite_person import invite_person as invite_to_partner
from billing_portal.models import SavedFilter, TaskFailure
from catalog.models import Plan, PlanPrice, Price, PriceVersion, Product, RateCard, RateCardVersion
from contracts.models import Contract, ContractOverride
from invoicing.models import (
    BillRun,
    CreditWarning,
    Invoice,
    InvoiceEmail,
    IssueJob,
    NumberSeries,
    Question,
)
from invoicing.operations.refresh_customer import refresh_customer
from tests.factories import (
    NOVEMBER_1,
    NOW,
    accepted,
    ai_call_center,
    ai_call_meter,
    brand,
    call_body,
    contract,
    customer,
    grant,
    member,
    northwind,
    partner,
    partner_person,
    source,
)
from usage.models import (
    Backfill,
    Erasure,
    KeyLimit,
    Meter,
    ReplayJob,
    Source,
    SubjectMove,
    UsageAlarm,
    UsageArchive,
    UsageFile,
)
from usage.operations.count_source_day import count_source_day

OWN_PAGE = {"Event", "SourceMinute"}
LISTED = [model for model in admin.site._registry if model._meta.object_name not in OWN_PAGE]


def _list_url(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


@pytest.mark.parametrize("model", LISTED, ids=lambda model: model._meta.label)
def test_a_list_opens_and_searches(clerk_client: Client, model: type[Model]) -> None:
    options = model._meta
    url = _list_url(f"{options.app_label}_{options.model_name}")

    assert clerk_client.get(url).status_code == 200
    if admin.site._registry[model].search_fields:
        assert clerk_client.get(url, {"q": "acme"}).status_code == 200


def _customer(number: int) -> Customer:
    return customer(f"c{number}", f"Customer {number}")


def _seller(number: int) -> None:
    northwind(code=f"n{number}", name=f"Seller {number}", invoice_prefix=f"N{number}")


def _brand(number: int) -> None:
    Brand.objects.create(legal_entity=northwind(), code=f"b{number}", name=f"Brand {number}")


def _subject(number: int) -> None:
    Subject.objects.create(
        customer=_customer(number), kind="agent", identifier=f"a{number}", held_from=NOVEMBER_1
    )


def _key(number: int) -> None:
    sender = partner(name=f"Partner {number}")
    make_api_key(
        partner=sender, name="Key", mode="live", scopes=["events:write"], expires_at=None, now=NOW
    )


def _meter(number: int) -> Meter:
    return Meter.objects.create(
        legal_entity=northwind(), code=f"M{number}", display_name="Calls", event_name=f"e{number}",
        aggregation="count",
    )  # fmt: skip


def _card_version(number: int) -> None:
    card = RateCard.objects.create(
        legal_entity=northwind(), code=f"c{number}", meter=_meter(number)
    )
    RateCardVersion.objects.create(rate_card=card, effective_from=NOVEMBER_1)


def _price(number: int) -> Price:
    product = Product.objects.create(legal_entity=northwind(), code=f"p{number}", name="Calls")
    price = Price.objects.create(
        legal_entity=northwind(), code=f"p{number}", product=product, meter=_meter(number)
    )
    PriceVersion.objects.create(price=price, name="Calls", unit_price=Decimal(1), published_at=NOW)
    return price


def _plan(number: int) -> Plan:
    plan = Plan.objects.create(legal_entity=northwind(), code=f"p{number}", name="Calls")
    PlanPrice.objects.create(plan=plan, price=_price(number))
    return plan


def _contract(number: int) -> Contract:
    end = NOVEMBER_1.date() + timedelta(days=30)
    return contract(_customer(number), plan=_plan(number), end=end)


def _override(number: int) -> None:
    held = contract(_customer(number), plan=_plan(number), activated=False)
    ContractOverride.objects.create(contract=held, price=held.plan.items.get().price)


def _grant(number: int) -> None:
    grant(_customer(number))


def _email(number: int) -> None:
    _contract(number)
    invoice = Invoice.objects.latest("pk")
    InvoiceEmail.objects.create(
        invoice=invoice, to="a@b.example", subject="Invoice", text="", html="", queued_at=NOW
    )


def _run(number: int) -> None:
    BillRun.objects.create(as_of=NOW, started_at=NOW, customers_due=number)


def _series(number: int) -> None:
    NumberSeries.objects.create(legal_entity=northwind(), year=2000 + number)


def _quarantined(number: int) -> None:
    sender = source(partner(name=f"Partner {number}"))
    accepted(sender, [call_body(f"k{number}")])


def _verdict(number: int) -> None:
    buyer = _customer(number)
    contract(buyer, plan=ai_call_center(), end=NOVEMBER_1.date() + timedelta(days=30))
    sender = source(partner(buyer, name=f"Partner {number}"), "live")
    accepted(sender, [call_body("k", customer_id=buyer.external_id, region="us")])
    refresh_customer(customer_id=buyer.pk, now=NOW)


def _visit(number: int) -> None:
    staff = User.objects.create_user(f"u{number}@b.example")
    StaffVisit.objects.create(staff=staff, customer=_customer(number), started_at=NOW)


def _look(number: int) -> None:
    RecordLook.objects.create(
        at=NOW, looked_as="staff", user=_user(number), customer=_customer(number),
        page="admin:usage_event_change", rows=1,
    )  # fmt: skip


def _filter(number: int) -> None:
    SavedFilter.objects.create(
        user=User.objects.create_user(f"u{number}@b.example"), model="accounts.customer",
        name=f"Filter {number}", query="q=a", is_shared=True,
    )  # fmt: skip


def _message(number: int) -> None:
    buyer = _customer(number)
    Message.objects.create(
        kind="credit_low", key=f"m{number}", brand=buyer.brand, customer=buyer, to="a@b.example",
        subject="Credit", text="", html="", queued_at=NOW,
    )  # fmt: skip


def _membership(number: int) -> None:
    member(_customer(number))


def _invitation(number: int) -> None:
    buyer = _customer(number)
    invite_person(
        customer=buyer, email=f"i{number}@b.example", role=Role.OWNER, by=_user(number), now=NOW
    )


def _partner_membership(number: int) -> None:
    partner_person(partner(name=f"Partner {number}"), f"p{number}@p.example")


def _partner_invitation(number: int) -> None:
    invite_to_partner(
        partner=partner(name=f"Partner {number}"),
        email=f"i{number}@p.example",
        role=PartnerRole.OWNER,
        by=_user(number),
        now=NOW,
    )


def _question(number: int) -> None:
    _contract(number)
    invoice = Invoice.objects.latest("pk")
    Question.objects.create(invoice=invoice, text="Why?", asked_by=_user(number), asked_at=NOW)


def _issue_job(number: int) -> None:
    _contract(number)
    job = IssueJob.objects.create(requested_by=_user(number), requested_at=NOW)
    job.items.create(invoice=Invoice.objects.latest("pk"))


def _failure(number: int) -> None:
    TaskFailure.objects.create(task=f"task-{number}", error="E", first_at=NOW, last_at=NOW)


def _warning(number: int) -> None:
    held = grant(_customer(number))
    CreditWarning.objects.create(
        customer=held.customer, newest_grant=held, currency="USD", left=Decimal(1), warned_at=NOW
    )


def _user(number: int) -> User:
    return User.objects.create_user(f"u{number}@northwind.example")


def _sign_in(number: int) -> None:
    SignIn.objects.create(email=f"u{number}@b.example", outcome="refused", at=NOW)


def _device(number: int) -> None:
    UserSession.objects.create(
        user=User.objects.create_user(f"u{number}@b.example"), ip="127.0.0.1", session_key=number
    )


def _second_factor(number: int) -> None:
    Authenticator.objects.create(
        user=User.objects.create_user(f"u{number}@b.example"), type="totp", data={}
    )


def _clock(number: int) -> None:
    TestClock.objects.create(name=f"Clock {number}", now_at=NOW)


def _source(number: int) -> Source:
    return source(partner(name=f"Partner {number}"))


def _limit(number: int) -> None:
    _key(number)
    KeyLimit.objects.create(api_key=ApiKey.objects.latest("pk"), requests_per_minute=60)


def _replay(number: int) -> None:
    ReplayJob.objects.create(
        source=_source(number), reason="unknown_customer", named="nobody", events=1,
        requested_by=_user(number), requested_at=NOW,
    )  # fmt: skip


def _alarm(number: int) -> None:
    UsageAlarm.objects.create(
        source=_source(number), kind="source_silent", found=120, usual=30, since=NOW,
        opened_at=NOW,
    )  # fmt: skip


def _erasure(number: int) -> None:
    Erasure.objects.create(
        customer=_customer(number), value_hash="0" * 64, reason="asked", erased_at=NOW,
        requested_by=_user(number), events=1, waiting=0, staged=0, file_errors=0,
    )  # fmt: skip


def _source_day(number: int) -> None:
    count_source_day(source_id=_source(number).pk, day=NOW.date(), now=NOW)


def _archive(number: int) -> None:
    UsageArchive.objects.create(
        month=NOVEMBER_1.date(), part=number + 1, state="archived", starts_at=NOVEMBER_1,
        ends_at=NOW, stored_as=f"archive-{number}", sha256="0" * 64, begun_at=NOW,
    )  # fmt: skip


def _file(number: int) -> None:
    UsageFile.objects.create(
        source=_source(number), name="calls.csv", size_bytes=1, sha256="0" * 64,
        stored_as=f"file-{number}", uploaded_at=NOW, uploaded_by=_user(number), format="csv",
    )  # fmt: skip


def _backfill(number: int) -> None:
    Backfill.objects.create(
        source=_source(number), starts_at=NOVEMBER_1, ends_at=NOW, reason="a lost log",
        opened_at=NOW, changed_at=NOW, opened_by=_user(number),
    )  # fmt: skip


def _move(number: int) -> None:
    SubjectMove.objects.create(
        identifier=f"a{number}", starts_at=NOVEMBER_1, ends_at=NOW, requested_by=_user(number),
        requested_at=NOW, events=1,
    )  # fmt: skip


MAKERS: dict[str, Callable[[int], object]] = {
    "accounts_apikey": _key,
    "accounts_brand": _brand,
    "accounts_customer": _contract,
    "accounts_invitation": _invitation,
    "accounts_legalentity": _seller,
    "accounts_membership": _membership,
    "accounts_message": _message,
    "accounts_partner": _key,
    "accounts_partnerinvitation": _partner_invitation,
    "accounts_partnermembership": _partner_membership,
    "accounts_recordlook": _look,
    "accounts_signin": _sign_in,
    "accounts_staffvisit": _visit,
    "accounts_subject": _subject,
    "accounts_testclock": _clock,
    "accounts_user": _user,
    "billing_portal_savedfilter": _filter,
    "billing_portal_taskfailure": _failure,
    "catalog_plan": _plan,
    "catalog_price": _price,
    "catalog_priceversion": _price,
    "catalog_product": _price,
    "catalog_ratecard": _card_version,
    "catalog_ratecardversion": _card_version,
    "contracts_contract": _contract,
    "contracts_contractoverride": _override,
    "invoicing_billrun": _run,
    "invoicing_creditwarning": _warning,
    "invoicing_grant": _grant,
    "invoicing_invoice": _contract,
    "invoicing_invoiceemail": _email,
    "invoicing_issuejob": _issue_job,
    "invoicing_journalentry": _grant,
    "invoicing_numberseries": _series,
    "invoicing_question": _question,
    "mfa_authenticator": _second_factor,
    "pghistory_middlewareevents": _customer,
    "usage_backfill": _backfill,
    "usage_erasure": _erasure,
    "usage_keylimit": _limit,
    "usage_meter": _meter,
    "usage_quarantinedevent": _quarantined,
    "usage_ratingverdict": _verdict,
    "usage_replayjob": _replay,
    "usage_source": _source,
    "usage_sourceday": _source_day,
    "usage_subjectmove": _move,
    "usage_usagealarm": _alarm,
    "usage_usagearchive": _archive,
    "usage_usagefile": _file,
    "usersessions_usersession": _device,
}


def test_every_list_of_ours_is_counted() -> None:
    ours = {"accounts", "usage", "catalog", "contracts", "invoicing", "pghistory"}
    ours |= {"billing_portal", "mfa", "usersessions"}
    names = {
        f"{model._meta.app_label}_{model._meta.model_name}"
        for model in LISTED
        if model._meta.app_label in ours
    }

    assert names == set(MAKERS)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_list_costs_the_same_queries_for_3_and_30_rows(staff_client: Client, name: str) -> None:
    brand()
    ai_call_meter()
    make = MAKERS[name]
    url = _list_url(name)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff_client.get(url).status_code == 200
        return len(captured)

    for number in range(3):
        make(number)
    few = queries()
    for number in range(3, 30):
        make(number)

    assert queries() == few
    assert few <= 15


@pytest.mark.parametrize(
    "query", ["q=%00", "customer_class__exact=%00", "legal_entity__id__exact=x", "p=x", "o=9.9"]
)
def test_an_address_that_asks_for_nonsense_is_no_error(staff_client: Client, query: str) -> None:
    page = staff_client.get(f"{_list_url('accounts_customer')}?{query}", follow=True)

    assert page.status_code == 200


def test_a_customer_is_found_by_its_public_id(clerk_client: Client) -> None:
    wanted = _customer(1)
    _customer(2)

    page = clerk_client.get(_list_url("accounts_customer"), {"q": wanted.public_id})

    assert list(page.context["cl"].result_list) == [wanted]
