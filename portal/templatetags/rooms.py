"""The rooms of a customer's pages, and which of them one is in."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()

ROOMS = (
    ("overview", "Overview"),
    ("invoices", "Invoices"),
    ("usage", "Usage"),
    ("credits", "Credits"),
    ("questions", "Questions"),
    ("account", "Account"),
)
"""Names of routes and of icons, with what people read; in the order of the navigation."""

BEGINNINGS = (
    ("overview", "overview"),
    ("invoice", "invoices"),
    ("line", "invoices"),
    ("ask", "questions"),
    ("question", "questions"),
    ("usage", "usage"),
    ("credits", "credits"),
)
"""How the names of a room's routes begin; what is not listed is of the account."""


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the navigation."""

    name: str
    label: str
    address: str
    is_current: bool


@register.simple_tag(takes_context=True)
def rooms_of_page(context: dict[str, Any]) -> list[Room]:
    """Return the rooms of the page's customer, the one that the page is in marked."""
    match = getattr(context.get("request"), "resolver_match", None)
    current = room_of(match.url_name) if match and match.namespace == "portal" else ""
    customer_id = context["customer"].public_id
    found = []
    for name, label in ROOMS:
        try:
            address = reverse(f"portal:{name}", args=[customer_id])
        except NoReverseMatch:
            continue
        found.append(Room(name, label, address, name == current))
    return found


def room_of(route: str) -> str:
    """Return the room of a route of the portal by its name, as in invoices for line_events."""
    for beginning, room in BEGINNINGS:
        if route.startswith(beginning):
            return room
    return "account"
