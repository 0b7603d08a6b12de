"""Browsers of people who open a customer's account pages."""

from django.test import Client
from django.urls import reverse

from accounts.models import Customer, Membership, Role, User
from tests import factories as make


def client_of(user: User) -> Client:
    """Return a browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def address(name: str, customer: Customer, *args: object) -> str:
    """Return the address of a page of this customer."""
    return reverse(f"portal:{name}", args=[customer.public_id, *args])


def place_of(customer: Customer, role: Role, email: str = "") -> Membership:
    """Return the place of a new person of this customer."""
    return make.member(customer, email, role=role).memberships.get()
