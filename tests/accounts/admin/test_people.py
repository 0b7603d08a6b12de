"""People and invitations, as staff see and change them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Customer, Invitation, Membership, Message, Role, User
from accounts.operations.invite_person import invite_person
from tests import factories as make
from tests.admin_forms import errors_of, save_form, send_form


def page_of(customer: Customer) -> str:
    return reverse("admin:accounts_customer_change", args=[customer.pk])


def invite_page(customer: Customer) -> str:
    return reverse("admin:accounts_customer_invite", args=[customer.pk])


def invitation_to(customer: Customer) -> Invitation:
    return invite_person(
        customer=customer,
        email="first@basil.example",
        role=Role.OWNER,
        by=User.objects.get(is_staff=True),
        now=datetime.now(UTC),
    )


def press(client: Client, name: str, row: Invitation | Membership) -> Any:
    return client.post(reverse(f"admin:accounts_{name}", args=[row.pk]), follow=True)


def test_staff_invite_the_first_person_who_is_an_owner(staff_client: Client) -> None:
    basil = make.basil()

    page = save_form(
        staff_client, invite_page(basil), email="First@Basil.example", _reason="New customer"
    )

    invitation = Invitation.objects.get()
    assert (invitation.customer, invitation.email) == (basil, "first@basil.example")
    assert invitation.role == Role.OWNER
    assert invitation.invited_by.email == "sam@northwind.example"
    assert Message.objects.get().to == "first@basil.example"
    assert "An invitation is on its way to first@basil.example." in page.content.decode()


def test_staff_are_told_that_staff_need_none(staff_client: Client) -> None:
    page = send_form(staff_client, invite_page(make.basil()), email="sam@northwind.example")

    assert "View as customer" in " ".join(errors_of(page))
    assert not Invitation.objects.exists()


def test_a_customers_page_shows_its_people_and_what_became_of_invitations(
    staff_client: Client,
) -> None:
    basil = make.basil()
    make.member(basil)
    make.member(make.carla())
    invitation_to(basil)

    page = staff_client.get(page_of(basil)).content.decode()

    assert "owner@basil.example" in page
    assert "owner@carla.example" not in page
    assert "first@basil.example" in page
    assert "open" in page


def test_a_customer_without_people_says_the_next_step(staff_client: Client) -> None:
    page = staff_client.get(page_of(make.basil())).content.decode()

    assert "Invite the first person, who then invites the others." in page


def test_staff_send_an_invitation_again_and_revoke_it(staff_client: Client) -> None:
    old = invitation_to(make.basil())

    press(staff_client, "invitation_send_again", old)
    new = Invitation.objects.get(revoked_at=None)
    press(staff_client, "invitation_revoke", new)

    assert new.pk != old.pk
    assert not Invitation.objects.filter(revoked_at=None).exists()
    again = press(staff_client, "invitation_send_again", new)
    assert "is over; invite them anew" in " ".join(errors_of(again))


def test_staff_change_a_role_and_remove_a_person(staff_client: Client) -> None:
    basil = make.basil()
    make.member(basil)
    reader = make.member(basil, role=Role.READ_ONLY).memberships.get()

    save_form(
        staff_client,
        reverse("admin:accounts_membership_change_role", args=[reader.pk]),
        role="billing",
    )
    reader.refresh_from_db()
    assert reader.role == Role.BILLING

    press(staff_client, "membership_remove", reader)
    assert not Membership.objects.filter(pk=reader.pk).exists()


def test_the_only_owner_stays_for_staff_too(staff_client: Client) -> None:
    owner = make.member(make.basil()).memberships.get()

    page = press(staff_client, "membership_remove", owner)

    assert "only owner" in " ".join(errors_of(page))
    assert Membership.objects.filter(pk=owner.pk).exists()


def test_the_history_of_a_customer_tells_who_joined_and_who_was_removed(
    staff_client: Client,
) -> None:
    basil = make.basil()
    make.member(basil)
    reader = make.member(basil, role=Role.READ_ONLY).memberships.get()
    invitation_to(basil)
    url = reverse("admin:accounts_membership_remove", args=[reader.pk])
    staff_client.post(url, {"_reason": "Left the bakery"})

    page = staff_client.get(reverse("admin:accounts_customer_history", args=[basil.pk]))

    text = page.content.decode()
    assert "read_only@basil.example" in text
    assert "deleted" in text
    assert "Left the bakery" in text
    assert "first@basil.example" in text


@pytest.mark.parametrize("name", ["membership", "invitation"])
def test_rows_are_looked_at_and_not_edited(staff_client: Client, name: str) -> None:
    basil = make.basil()
    make.member(basil)
    invitation_to(basil)

    listed = staff_client.get(reverse(f"admin:accounts_{name}_changelist"))
    added = staff_client.get(reverse(f"admin:accounts_{name}_add"))

    assert "Basil" in listed.content.decode()
    assert added.status_code == 403


def test_a_clerk_may_not_invite(clerk_client: Client) -> None:
    basil = make.basil()
    make.member(basil)

    assert clerk_client.post(invite_page(basil), {"email": "x@x.example"}).status_code == 403
    assert "Invite a person" not in clerk_client.get(page_of(basil)).content.decode()


def test_fifty_people_take_as_many_queries_as_five(staff_client: Client) -> None:
    basil = make.basil()

    def queries(people: int) -> int:
        for number in range(basil.memberships.count(), people):
            make.member(basil, f"person-{number}@basil.example")
        with CaptureQueriesContext(connection) as asked:
            staff_client.get(page_of(basil))
        return len(asked)

    queries(2)
    assert (queries(5), queries(50)) == (15, 15)
