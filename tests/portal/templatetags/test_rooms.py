"""Which room a page is in."""

import pytest

from portal import urls
from portal.templatetags.rooms import ROOMS, room_of


@pytest.mark.parametrize(
    "route, room",
    [
        ("overview", "overview"),
        ("overview_live", "overview"),
        ("invoices", "invoices"),
        ("invoices_csv", "invoices"),
        ("invoice", "invoices"),
        ("invoice_pdf", "invoices"),
        ("line", "invoices"),
        ("line_events", "invoices"),
        ("ask", "questions"),
        ("ask_invoice", "questions"),
        ("questions", "questions"),
        ("usage", "usage"),
        ("credits_csv", "credits"),
        ("account", "account"),
        ("team", "account"),
        ("invite", "account"),
        ("emails", "account"),
    ],
)
def test_a_route_is_of_its_room(route: str, room: str) -> None:
    assert room_of(route) == room


def test_every_room_has_a_page() -> None:
    routes = {pattern.name for pattern in urls.urlpatterns}

    assert {name for name, _ in ROOMS} - routes == set()
