"""A change of a subject shows first which events it moves and what that does to invoices."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, Subject
from invoicing.admin.subject_effect import subject_effect
from invoicing.operations.effect_of_subjects import SubjectsEffect, UsageMove
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.at_once import uncommitted
from usage.models import Event, EventVoid, QuarantinedEvent, SubjectMove
from usage.operations.changing_hands import attribute

pytestmark = pytest.mark.django_db

NUMBER = "+15550100"


@pytest.fixture
def basil() -> Customer:
    """Another customer of the same partner, with the same contract."""
    return make.basil(is_sandbox=True)


@pytest.fixture
def acme(basil: Customer) -> Customer:
    """A customer that holds a number with two calls of five minutes, at 0.20 each."""
    customer = make.acme(timezone="UTC")
    make.contract(customer)
    make.contract(basil)
    customer.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    calls = [
        make.call_body(f"call-{day}", customer_id=NUMBER, occurred_at=f"2024-11-{day}T10:00:00Z")
        for day in (10, 12)
    ]
    make.accepted(make.source(make.partner(customer, basil)), calls)
    for each in (customer, basil):
        refresh_customer(customer_id=each.pk, now=make.NOW)
    return customer


def entered(customer: Customer, **fields: str) -> dict[str, Any]:
    return {
        "customer": customer.pk, "kind": "number", "identifier": NUMBER,
        "held_from": "2024-11-01", "held_to": "", **fields,
    }  # fmt: skip


def page_of(subject: Subject) -> str:
    return reverse("admin:accounts_subject_change", args=[subject.pk])


def standing(customer: Customer) -> int:
    void = EventVoid.objects.values("key")
    return Event.objects.filter(customer=customer).exclude(key__in=void).count()


def test_a_change_of_the_holder_is_asked_about_first(
    staff_client: Client, acme: Customer, basil: Customer
) -> None:
    page = staff_client.post(page_of(Subject.objects.get()), entered(basil)).content.decode()

    assert "Saving this moves 2 events" in page
    assert "Acme Support Co" in page
    assert "Basil&#x27;s Bakery" in page
    assert "-2.00 USD" in page
    assert ">2.00 USD" in page
    assert Subject.objects.get().customer == acme
    assert (standing(acme), standing(basil)) == (2, 0)


def test_once_seen_it_is_saved_and_moved(
    staff_client: Client, acme: Customer, basil: Customer
) -> None:
    answer = staff_client.post(
        page_of(Subject.objects.get()), {**entered(basil), "_moves_seen": "1"}, follow=True
    )

    assert "2 of 2 events" in answer.content.decode()
    assert Subject.objects.get().customer == basil
    assert (standing(acme), standing(basil)) == (0, 2)
    assert SubjectMove.objects.get().requested_by is not None


def test_an_end_sends_later_events_to_quarantine(staff_client: Client, acme: Customer) -> None:
    subject = Subject.objects.get()
    ended = entered(acme, held_to="2024-11-11")

    page = staff_client.post(page_of(subject), ended).content.decode()
    staff_client.post(page_of(subject), {**ended, "_moves_seen": "1"})

    assert "Saving this moves 1 event " in page
    assert "quarantine" in page
    assert standing(acme) == 1
    assert QuarantinedEvent.objects.get(resolved_at=None).idempotency_key == "call-12"


def test_what_moves_nothing_is_saved_at_once(staff_client: Client, acme: Customer) -> None:
    staff_client.post(page_of(Subject.objects.get()), entered(acme, held_to="2024-12-31"))
    staff_client.post(reverse("admin:accounts_subject_add"), entered(acme, identifier="+15550199"))

    assert Subject.objects.filter(held_to__isnull=False).count() == 1
    assert Subject.objects.count() == 2
    assert not SubjectMove.objects.exists()


def test_a_new_subject_takes_up_what_waited_for_it(
    staff_client: Client, acme: Customer, basil: Customer
) -> None:
    sender = acme.partners.get().sources.get()
    make.accepted(sender, [make.call_body("early", customer_id="+15550199")])
    wanted = entered(basil, identifier="+15550199")
    address = reverse("admin:accounts_subject_add")

    page = staff_client.post(address, wanted).content.decode()
    staff_client.post(address, {**wanted, "_moves_seen": "1"})

    assert "Saving this moves 1 event " in page
    assert "1.00 USD" in page
    assert standing(basil) == 1


def test_a_deletion_tells_what_it_moves(staff_client: Client, acme: Customer) -> None:
    address = reverse("admin:accounts_subject_delete", args=[Subject.objects.get().pk])

    page = staff_client.get(address).content.decode()
    assert "Deleting this moves 2 events" in page
    assert "-2.00 USD" in page
    assert Subject.objects.exists()

    staff_client.post(address, {"post": "yes"})
    assert not Subject.objects.exists()
    assert QuarantinedEvent.objects.filter(resolved_at=None).count() == 2


def test_a_file_tells_what_all_its_rows_move_and_then_moves_it(
    staff_client: Client, acme: Customer, basil: Customer
) -> None:
    rows = (
        "identifier,customer,kind,held_from,last_day\n"
        f"{NUMBER},acme,number,2024-11-01,2024-11-11\n"
        f"{NUMBER},basil,number,2024-11-12,\n"
    )
    upload = SimpleUploadedFile("subjects.csv", rows.encode())
    page = staff_client.post(
        reverse("admin:accounts_subject_import"), {"import_file": upload, "format": ""}
    )

    text = page.content.decode()
    assert "1 new, 1 changed" in text
    assert "Events that would move" in text
    assert "-1.00 USD" in text
    assert (standing(acme), Subject.objects.count()) == (2, 1)

    confirmed = page.context["confirm_form"].initial
    staff_client.post(reverse("admin:accounts_subject_process_import"), confirmed)
    assert (standing(acme), standing(basil), Subject.objects.count()) == (1, 1, 2)


def test_the_export_comes_back_unchanged(staff_client: Client, acme: Customer) -> None:
    exported = staff_client.post(
        reverse("admin:accounts_subject_export"),
        {"format": "0", "resource": "", "subjectresource_identifier": "on"},
    )
    answer = exported.content.decode()

    assert exported.status_code == 200
    assert NUMBER in answer


def test_who_only_looks_changes_nothing(clerk_client: Client, acme: Customer) -> None:
    subject = Subject.objects.get()

    answers = [
        clerk_client.post(page_of(subject), {**entered(acme), "_moves_seen": "1"}),
        clerk_client.get(reverse("admin:accounts_subject_delete", args=[subject.pk])),
        clerk_client.get(reverse("admin:accounts_subject_import")),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_rows_that_cannot_be_are_named_with_their_column(
    staff_client: Client, acme: Customer
) -> None:
    rows = (
        "identifier,customer,kind,held_from,last_day\n"
        "+15550101,nobody,number,2024-11-01,\n"
        "+15550102,acme,fax,2024-11-01,\n"
        "+15550103,acme,number,soon,\n"
        "+15550104,acme,number,2024-11-01,2024-10-01\n"
        f"{NUMBER},acme,number,2024-11-05,\n"
    )
    upload = SimpleUploadedFile("subjects.csv", rows.encode())

    page = staff_client.post(
        reverse("admin:accounts_subject_import"), {"import_file": upload, "format": ""}
    ).content.decode()

    assert "Nothing is imported" in page
    for words in (
        "there is no customer &#x27;nobody&#x27;",
        "&#x27;fax&#x27; is not a valid choice",
        "write a date such as 2024-11-01",
        "A subject is held to a time after it is held from.",
        "Another customer, or an earlier entry, holds this",
    ):
        assert words in page
    assert Subject.objects.count() == 1


@pytest.mark.parametrize(
    "events, words", [(9_999, "9,999"), (10_000, "10,000"), (10_001, "more than 10,000")]
)
def test_beyond_ten_thousand_events_are_told_and_not_counted(
    acme: Customer, basil: Customer, events: int, words: str
) -> None:
    shown = subject_effect(SubjectsEffect((UsageMove(acme, basil, events),), None))

    assert (shown["events_words"], shown["has_more"]) == (words, events > 10_000)


@pytest.mark.usefixtures("committed")
def test_while_somebody_stores_without_end_it_is_said_and_nothing_is_changed(
    acme: Customer, staff_client: Client
) -> None:
    subject = Subject.objects.get()
    page = reverse("admin:accounts_subject_delete", args=[subject.pk])

    with uncommitted(attribute):
        told = staff_client.post(page, {"post": "yes"}, follow=True).content.decode()

    assert "took too long: nothing is changed. Try it again" in told
    assert Subject.objects.get() == subject
