"""The list of visits, for auditors."""

from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import reverse

from accounts.models import StaffVisit
from tests import factories as make

LIST = "admin:accounts_staffvisit_changelist"


def visit(*, ago: timedelta = timedelta(0)) -> StaffVisit:
    started = datetime.now(UTC) - ago
    made = StaffVisit.objects.create(
        staff=make.staff(email="vera@northwind.example"), customer=make.basil(),
        reason="Ticket 7", started_at=started,
    )  # fmt: skip
    for page in ("/portal/x/", "/portal/x/usage/"):
        made.pages.create(path=page, at=started)
    return made


def test_who_looked_at_whom_why_and_how_much_stands_in_the_list(clerk_client: Client) -> None:
    visit()

    page = clerk_client.get(reverse(LIST)).content.decode()

    for words in ("vera@northwind.example", "Basil&#x27;s Bakery", "Ticket 7", "going on"):
        assert words in page
    assert '<td class="field-pages_number">2</td>' in page


def test_a_forgotten_visit_is_over(clerk_client: Client) -> None:
    visit(ago=timedelta(hours=8))

    page = clerk_client.get(reverse(LIST)).content.decode()

    assert "going on" not in page


def test_its_page_lists_what_was_looked_at(clerk_client: Client) -> None:
    made = visit()

    page = clerk_client.get(reverse("admin:accounts_staffvisit_change", args=[made.pk]))

    (table,) = page.context["object_tables"]
    assert [row[1].text for row in table.rows] == ["/portal/x/", "/portal/x/usage/"]


def test_nobody_changes_or_deletes_a_visit(staff_client: Client) -> None:
    made = visit()

    for action in ("change", "delete"):
        address = reverse(f"admin:accounts_staffvisit_{action}", args=[made.pk])
        assert staff_client.post(address, {"post": "yes", "reason": "x"}).status_code == 403
    assert staff_client.get(reverse("admin:accounts_staffvisit_add")).status_code == 403
