"""Callwave, which sends usage of Acme, and browsers of its people."""

from django.test import Client
from django.urls import reverse

from accounts.models import Partner, PartnerMembership, PartnerRole, User
from tests import factories as make


def client_of(user: User) -> Client:
    """Return a browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def browser_of(holder: Partner, role: PartnerRole = PartnerRole.OWNER) -> Client:
    """Return a browser in which a new person of the partner is signed in."""
    return client_of(make.partner_person(holder, role=role))


def address(name: str, holder: Partner, *args: object) -> str:
    """Return the address of a page of this partner."""
    return reverse(f"partner:{name}", args=[holder.public_id, *args])


def place_of(holder: Partner, role: PartnerRole, email: str = "") -> PartnerMembership:
    """Return the place of a new person of this partner."""
    return make.partner_person(holder, email, role=role).partner_memberships.get()
