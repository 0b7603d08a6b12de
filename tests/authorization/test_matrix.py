"""
Who gets what answer at every address: matrix.txt, cell by cell.

A row is a pattern and a method; its columns are the actors of `world.ACTORS`, its cells the
status that each of them gets at Acme's address. A route without its two rows fails.
"""

from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from tests.authorization.routes import every_route
from tests.authorization.world import ACTORS, World, build_world

MATRIX = Path(__file__).with_name("matrix.txt")
METHODS = ("GET", "POST")
PUBLIC = (
    "accounts/", "api/docs/", "api/schema/", "brand/", "demo/", "favicon.ico", "health/",
    "invitations/",
)  # fmt: skip
OPEN = {200, 201, 204}
OUTSIDE_OF_PARTNER = {"stranger", "owner", "visitor", "staff:admin", "partner:other"}


def expected() -> dict[tuple[str, str], list[int]]:
    rows = {}
    for text in MATRIX.read_text().splitlines():
        if text and not text.startswith("#"):
            method, pattern, *cells = text.split()
            rows[method, pattern] = [int(cell) for cell in cells]
    return rows


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    # Each knock is undone; limits on how often one may knock are tested elsewhere.
    settings.ACCOUNT_RATE_LIMITS = False
    return build_world()


def knock(client: Client, method: str, address: str) -> int:
    """Return the status of the answer; whatever it did is undone."""
    fresh = Client(raise_request_exception=False)
    fresh.defaults = client.defaults
    fresh.cookies = client.cookies.copy()  # type: ignore[assignment]
    with transaction.atomic():
        answer = fresh.generic(method, address)
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.parametrize("actor", ACTORS)
def test_every_route_answers_as_the_matrix_says(world: World, actor: str) -> None:
    place = ACTORS.index(actor)
    wanted = {key: row[place] for key, row in expected().items()}

    got = {
        (method, route.pattern or "/"): knock(world.clients[actor], method, world.address(route))
        for route in every_route()
        for method in METHODS
    }

    wrong = [
        f"{method} {pattern} {wanted.get((method, pattern), 'not listed')} {status}"
        for (method, pattern), status in got.items()
        if wanted.get((method, pattern)) != status
    ]
    assert wrong == [], f"method, route, expected, got for {actor}:\n" + "\n".join(wrong)


def test_every_row_has_a_route_and_a_cell_for_each_actor() -> None:
    routes = {route.pattern or "/" for route in every_route()}

    assert {pattern for _, pattern in expected()} == routes
    assert {len(row) for row in expected().values()} == {len(ACTORS)}


def test_nothing_is_open_to_nobody_that_is_not_meant_for_everybody() -> None:
    open_to_all = {pattern for (_, pattern), cells in expected().items() if cells[0] in OPEN}

    assert {each for each in open_to_all if not each.startswith(PUBLIC)} == set()


def test_no_page_of_a_customer_opens_to_a_customer_of_another() -> None:
    stranger = ACTORS.index("stranger")
    cells = {
        (method, pattern): row[stranger]
        for (method, pattern), row in expected().items()
        if pattern.startswith("portal/")
    }

    assert cells != {}
    assert set(cells.values()) == {404}


def test_no_page_of_a_partner_opens_to_anybody_else() -> None:
    outside = [place for place, name in enumerate(ACTORS) if name in OUTSIDE_OF_PARTNER]
    cells = {
        row[place]
        for (_, pattern), row in expected().items()
        if pattern.startswith("partner/")
        for place in outside
    }

    assert cells == {404}


def test_no_people_of_customers_and_no_keys_enter_the_admin() -> None:
    inside_names = {"visitor", *(name for name in ACTORS if name.startswith("staff:"))}
    outsiders = [ACTORS.index(name) for name in ACTORS if name not in inside_names]
    inside = {
        row[place]
        for (_, pattern), row in expected().items()
        if pattern.startswith("admin/")
        for place in outsiders
    }

    assert inside & OPEN == set()


def test_rates_of_calls_are_changed_by_those_who_change_prices_and_seen_by_all_staff() -> None:
    staff = {name: place for place, name in enumerate(ACTORS) if name.startswith("staff:")}
    pages = "admin/catalog/priceversion/<object_id>/rates/"

    got = {
        (method, pattern.removeprefix(pages)): {name: row[at] for name, at in staff.items()}
        for (method, pattern), row in expected().items()
        if pattern.startswith(pages)
    }

    def may(status: int) -> dict[str, int]:
        return dict.fromkeys(staff, 403) | {"staff:pricing": status, "staff:admin": status}

    assert got == {
        ("GET", ""): dict.fromkeys(staff, 200),
        ("POST", ""): may(302),
        ("GET", "import/"): may(200),
        ("POST", "import/"): may(200),
        ("GET", "export/"): dict.fromkeys(staff, 200),
        ("POST", "export/"): dict.fromkeys(staff, 200),
    }


def test_no_key_reads_what_belongs_to_a_customer_of_another_partner() -> None:
    other = ACTORS.index("key:other")
    cells = {
        row[other]
        for (method, pattern), row in expected().items()
        if pattern.startswith("api/v1/") and "<" in pattern and method == "GET"
    }

    # What takes no GET at all answers so before it looks whose it is.
    assert cells == {404, 405}


def test_staff_on_a_visit_change_nothing_of_the_customers() -> None:
    visitor = ACTORS.index("visitor")
    cells = {
        row[visitor]
        for (method, pattern), row in expected().items()
        if method == "POST" and pattern.startswith("portal/")
    }

    assert cells <= {403, 404, 405}


def test_no_address_fails_for_anybody() -> None:
    assert [key for key, row in expected().items() if max(row) >= 500] == []
