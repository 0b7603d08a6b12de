"""What the roles of staff hold."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from accounts.models import Customer, Membership, Partner, User
from billing_portal.staff_roles import STAFF_ROLES, keep_staff_roles
from catalog.models import Price, RateCard
from contracts.models import Contract
from invoicing.models import Invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.admin_forms import errors_of, save_form, send_form
from usage.models import RatingVerdict

pytestmark = pytest.mark.django_db


def holder(role: str) -> User:
    person = User.objects.create_user(f"{role.lower()}@northwind.example", is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    return person


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(holder(role))
    return client


@pytest.mark.parametrize(
    "role,may",
    [
        ("Support", False), ("Billing", True), ("Pricing", False), ("Admin", True),
        ("Auditor", True),
    ],
)  # fmt: skip
def test_call_details_are_for_those_who_bill_and_audit(role: str, may: bool) -> None:
    person = holder(role)

    assert person.has_perm("usage.view_event") is may
    assert person.has_perm("usage.view_quarantinedevent") is may


@pytest.mark.parametrize("role", ["Support", "Auditor"])
def test_those_who_read_change_nothing_but_their_own_filters(role: str) -> None:
    changes = {
        permission
        for permission in holder(role).get_all_permissions()
        if not permission.split(".")[1].startswith("view_")
    }

    assert changes == {
        f"billing_portal.{right}_savedfilter" for right in ("add", "change", "delete")
    }


def test_an_auditor_may_look_at_everything_that_anybody_may() -> None:
    views = set(
        Permission.objects.filter(codename__startswith="view_")
        .exclude(codename="view_as_customer")
        .values_list("codename", flat=True)
    )

    auditor = {each.split(".")[1] for each in holder("Auditor").get_all_permissions()}

    assert views <= auditor


@pytest.mark.parametrize(
    "role,kinds",
    [
        ("Pricing", ("catalog.{}_plangrant", "catalog.{}_callrate", "catalog.{}_planprice")),
        ("Billing", ("contracts.{}_contractquantity", "contracts.{}_contractoverride")),
    ],
)
def test_who_edits_a_plan_or_contract_edits_its_rows_and_others_see_them(
    role: str, kinds: tuple[str, ...]
) -> None:
    editor, readers = holder(role), [holder("Support"), holder("Auditor")]

    for kind in kinds:
        assert editor.has_perms([kind.format(right) for right in ("add", "change", "delete")])
        assert all(reader.has_perm(kind.format("view")) for reader in readers)


LISTS = (
    "usage_event", "catalog_ratecard", "invoicing_invoice", "accounts_apikey", "accounts_user",
    "pghistory_middlewareevents",
)  # fmt: skip


@pytest.mark.parametrize(
    "role,lists",
    [
        ("Support", LISTS[1:3]), ("Billing", LISTS[:3]), ("Pricing", LISTS[1:3]), ("Admin", LISTS),
        ("Auditor", LISTS),
    ],
)  # fmt: skip
def test_each_role_sees_the_lists_of_its_work_alone(role: str, lists: tuple[str, ...]) -> None:
    client = client_of(role)

    page = client.get(reverse("admin:index")).content.decode()

    addresses = {name: reverse(f"admin:{name}_changelist") for name in LISTS}
    assert tuple(name for name, url in addresses.items() if url in page) == lists
    refused = {name for name, url in addresses.items() if client.get(url).status_code == 403}
    assert refused == set(LISTS) - set(lists)


def test_a_role_that_somebody_bent_is_straightened_by_the_next_migrate() -> None:
    support = Group.objects.get(name="Support")
    support.permissions.add(Permission.objects.get(codename="change_invoice"))
    own = Group.objects.create(name="Night shift")
    own.permissions.add(Permission.objects.get(codename="view_event"))

    keep_staff_roles()

    assert not support.permissions.filter(codename="change_invoice").exists()
    assert own.permissions.count() == 1


def test_an_admin_gives_roles_but_makes_no_superuser() -> None:
    newcomer = User.objects.create_user("nora@northwind.example")
    client = client_of("Admin")
    page = reverse("admin:accounts_user_change", args=[newcomer.pk])
    auditor = Group.objects.get(name="Auditor")

    save_form(client, page, is_staff="on", groups=[str(auditor.pk)], is_superuser="on")

    newcomer.refresh_from_db()
    assert (newcomer.is_staff, newcomer.is_superuser) == (True, False)
    assert list(newcomer.groups.all()) == [auditor]


def test_nobody_gives_a_role_that_holds_more_than_the_own_rights() -> None:
    giver = User.objects.create_user("gus@northwind.example", is_staff=True)
    giver.user_permissions.set(
        Permission.objects.filter(codename__in=["view_user", "change_user", "change_permission"])
    )
    newcomer = User.objects.create_user("nora@northwind.example")
    client = Client()
    client.force_login(giver)
    page = reverse("admin:accounts_user_change", args=[newcomer.pk])

    answer = send_form(client, page, groups=[str(Group.objects.get(name="Admin").pk)])

    assert errors_of(answer) != []
    assert not newcomer.groups.exists()


def test_roles_are_made_once_however_often_migrate_runs() -> None:
    keep_staff_roles()
    keep_staff_roles()

    assert Group.objects.filter(name__in=[role.name for role in STAFF_ROLES]).count() == 5
    assert make.staff().has_perm("accounts.view_as_customer")


def test_who_may_only_look_neither_stops_nor_runs_scheduled_work() -> None:
    task = PeriodicTask.objects.filter(enabled=True).exclude(name__startswith="celery.")[0]
    page = reverse("admin:django_celery_beat_periodictask_changelist")
    pressed = {"action": "disable_tasks", "_selected_action": [task.pk], "index": 0}

    client_of("Auditor").post(page, pressed)
    task.refresh_from_db()
    assert task.enabled

    client_of("Admin").post(page, pressed)
    task.refresh_from_db()
    assert not task.enabled


@pytest.mark.parametrize("role", ["Support", "Billing", "Pricing", "Auditor"])
def test_no_page_shows_a_way_to_what_the_role_may_not_do(role: str) -> None:
    billed = _billed_customer()
    client = client_of(role)
    rows = [
        Contract, Customer, Invoice, Membership, Partner, Price, RateCard, RatingVerdict, User,
    ]  # fmt: skip

    shown = [page for model in rows for page in _pages_of(model, client)]
    links = {
        link
        for page in shown
        for link in re.findall(r'href="(/admin/[^"#]+)', page)
        if not link.startswith(("/admin/jsi18n", "/admin/logout"))
    }

    assert billed.public_id in "".join(shown)
    assert sorted(link for link in links if client.get(unescape(link)).status_code == 403) == []


def _pages_of(model: type[Model], client: Client) -> list[str]:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model._default_manager.order_by("pk").last()
    assert row is not None
    answers = [
        client.get(reverse(f"{name}_changelist")),
        client.get(reverse(f"{name}_change", args=[row.pk])),
    ]
    return [answer.content.decode() for answer in answers if answer.status_code == 200]


def _billed_customer() -> Customer:
    acme = make.acme()
    make.acme_contract(acme)
    make.member(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    return acme
