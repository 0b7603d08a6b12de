"""The rooms of a partner's pages, and which of them one is in."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from portal.templatetags.rooms import Room

register = template.Library()

ROOMS = (
    ("overview", "Overview", "overview", ("overview",)),
    ("keys", "API keys", "key", ("keys", "new_key", "rotate_key", "revoke_key")),
    ("events", "Events", "usage", ("event", "events")),
    ("quarantine", "Quarantine", "quarantine", ("quarantine", "replay")),
    ("files", "Files", "files", ("file", "upload")),
    ("sources", "Sources", "sources", ("source",)),
    ("customers", "Customers", "account", ("customers",)),
    ("sandbox", "Sandbox", "sandbox", ("sandbox",)),
    ("docs", "Docs", "docs", ("docs",)),
    (
        "team",
        "Team",
        "team",
        ("team", "invite", "change_role", "remove_person", "resend", "revoke_invitation"),
    ),
)
"""
Name of a room's first route, what people read, its icon, and how the names of its routes begin.

In the order of the navigation. A room without a route yet is left out.
"""


@register.simple_tag(takes_context=True)
def rooms_of_partner(context: dict[str, Any]) -> list[tuple[Room, str]]:
    """Return the rooms of the page's partner with their icons, the current one marked."""
    match = getattr(context.get("request"), "resolver_match", None)
    current = room_of(match.url_name) if match and match.namespace == "partner" else ""
    found = []
    for name, label, icon, _ in ROOMS:
        try:
            address = reverse(f"partner:{name}", args=[context["partner"].public_id])
        except NoReverseMatch:
            continue
        found.append((Room(name, label, address, name == current), icon))
    return found


def room_of(route: str) -> str:
    """Return the room of a route of these pages by its name, as in keys for new_key."""
    rooms = (name for name, _, _, beginnings in ROOMS if route.startswith(beginnings))
    return next(rooms, "overview")
