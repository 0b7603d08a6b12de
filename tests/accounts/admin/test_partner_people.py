"""Staff invite people to a partner, and say which scopes they may give."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Message, Partner, PartnerInvitation, PartnerRole
from tests import factories as make
from tests.admin_forms import save_form
from tests.partner_portal.invitations import COLLEAGUE, invited

pytestmark = pytest.mark.django_db


@pytest.fixture
def callwave() -> Partner:
    return make.partner(make.acme())


def test_staff_invite_from_the_page_of_the_partner(staff_client: Client, callwave: Partner) -> None:
    page = reverse("admin:accounts_partner_change", args=[callwave.pk])
    invite = reverse("admin:accounts_partner_invite", args=[callwave.pk])
    assert invite in staff_client.get(page).content.decode()

    answer = staff_client.post(invite, {"email": COLLEAGUE, "role": "owner"}, follow=True)

    assert f"An invitation is on its way to {COLLEAGUE}." in answer.content.decode()
    assert PartnerInvitation.objects.get().role == PartnerRole.OWNER
    message = Message.objects.get()
    assert (message.partner, message.customer, message.to) == (callwave, None, COLLEAGUE)


def test_the_link_of_an_invitation_is_hidden_from_staff(
    staff_client: Client, callwave: Partner
) -> None:
    invited(callwave)
    message = Message.objects.get()

    text = staff_client.get(
        reverse("admin:accounts_message_email", args=[message.pk])
    ).content.decode()

    assert "/invitations/partners/(hidden)" in text


def test_staff_change_a_role_remove_a_person_and_see_it_listed(
    staff_client: Client, callwave: Partner
) -> None:
    make.partner_person(callwave)
    place = make.partner_person(callwave, role=PartnerRole.VIEWER).partner_memberships.get()
    listed = staff_client.get(reverse("admin:accounts_partnermembership_changelist"))
    assert "viewer@callwave.example" in listed.content.decode()

    change = reverse("admin:accounts_partnermembership_change_role", args=[place.pk])
    staff_client.post(change, {"role": "developer"})
    place.refresh_from_db()
    assert place.role == PartnerRole.DEVELOPER

    staff_client.post(reverse("admin:accounts_partnermembership_remove", args=[place.pk]))
    assert not callwave.memberships.filter(pk=place.pk).exists()


def test_an_invitation_is_sent_again_and_revoked(staff_client: Client, callwave: Partner) -> None:
    first = invited(callwave)

    staff_client.post(reverse("admin:accounts_partnerinvitation_send_again", args=[first.pk]))
    second = PartnerInvitation.objects.get(revoked_at=None)
    staff_client.post(reverse("admin:accounts_partnerinvitation_revoke", args=[second.pk]))

    assert second != first
    assert not PartnerInvitation.objects.filter(revoked_at=None).exists()


def test_staff_say_which_scopes_people_may_give(staff_client: Client, callwave: Partner) -> None:
    page = reverse("admin:accounts_partner_change", args=[callwave.pk])
    text = staff_client.get(page).content.decode()
    assert "plan_file:write" not in text

    save_form(staff_client, page, scopes_to_give=["events:write", "invoices:read"])

    callwave.refresh_from_db()
    assert callwave.scopes_to_give == ["events:write", "invoices:read"]
