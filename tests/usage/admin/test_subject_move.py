"""The page of a move: how far it is, and that it asks for more while it runs."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories as make
from usage.models import SubjectMove

pytestmark = pytest.mark.django_db


def move(**fields: Any) -> SubjectMove:
    """Return a move of ten events, of which four are dealt with."""
    return SubjectMove.objects.create(
        **{
            "identifier": "+15550100", "starts_at": make.NOVEMBER_1, "ends_at": make.NOW,
            "requested_at": make.NOW, "events": 10, "moved": 2, "left_waiting": 1, "refused": 1,
            **fields,
        }
    )  # fmt: skip


def shown(client: Client, found: SubjectMove, **headers: str) -> str:
    page = client.get(
        reverse("admin:usage_subjectmove_change", args=[found.pk]), headers=headers or None
    )
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_while_it_runs_the_page_asks_how_far_it_is(clerk_client: Client) -> None:
    page = shown(clerk_client, move())

    assert 'hx-trigger="every 1s"' in page
    assert "4 of 10" in page
    assert "+15550100" in page


def test_htmx_gets_the_live_part_alone_and_none_once_it_is_done(clerk_client: Client) -> None:
    running, done = move(), move(finished_at=make.NOW)

    assert shown(clerk_client, running, **{"HX-Request": "true"}).startswith(
        '<div id="subject-move" hx-get='
    )
    assert shown(clerk_client, done, **{"HX-Request": "true"}).startswith('<div id="subject-move">')


def test_nothing_is_changed_there(staff_client: Client) -> None:
    address = reverse("admin:usage_subjectmove_change", args=[move().pk])

    assert staff_client.post(address, {}).status_code == 403
