"""Failed background work, as Celery's signals tell it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import shared_task
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing_portal.models import TaskFailure
from billing_portal.operations.record_task_failure import record_task_failure
from billing_portal.operations.settle_task_failure import settle_task_failure
from tests import factories as make
from tests.at_once import at_once

LIST = reverse("admin:billing_portal_taskfailure_changelist")
broken: list[int] = []


@shared_task(name="tests.sometimes", bind=True, max_retries=1)
def sometimes(task: Any, number: int, *, retries: bool = False) -> None:
    """Fail for the numbers that are broken."""
    if number not in broken:
        return
    if retries:
        raise task.retry(countdown=0, exc=LookupError("ann@acme.example has no number"))
    raise LookupError("ann@acme.example has no number")


@pytest.fixture(autouse=True)
def _mended() -> None:
    broken.clear()


def rows() -> list[tuple[str, str, int, bool]]:
    found = TaskFailure.objects.order_by("pk")
    return [(row.task, row.arguments, row.times, row.settled_at is None) for row in found]


def test_a_failure_is_kept_and_counted(db: None) -> None:
    broken.append(7)

    for _ in range(3):
        sometimes.apply(args=[7])

    assert rows() == [("tests.sometimes", "[7]", 3, True)]
    assert TaskFailure.objects.get().error == "LookupError: … has no number"


def test_success_of_the_same_work_settles_it(db: None) -> None:
    broken.extend([7, 8])
    sometimes.apply(args=[7])
    sometimes.apply(args=[8])
    broken.clear()

    sometimes.apply(args=[7])

    assert rows() == [("tests.sometimes", "[7]", 1, False), ("tests.sometimes", "[8]", 1, True)]


def test_work_that_fails_again_after_it_was_settled_is_listed_anew(db: None) -> None:
    record_task_failure(task="t", arguments="[1]", error="E", now=make.NOW)
    settle_task_failure(task="t", arguments="[1]", now=make.NOW)
    record_task_failure(task="t", arguments="[1]", error="E", now=make.NOW)

    assert rows() == [("t", "[1]", 1, False), ("t", "[1]", 1, True)]


def test_a_retry_that_is_to_come_is_no_failure_and_its_last_one_is(db: None) -> None:
    broken.append(7)

    sometimes.apply(args=[7], kwargs={"retries": True})

    assert [(times, is_open) for _, _, times, is_open in rows()] == [(1, True)]


def test_the_latest_error_and_time_stand(db: None) -> None:
    later = make.NOW + timedelta(hours=1)
    record_task_failure(task="t", arguments="[]", error="one", now=make.NOW)
    record_task_failure(task="t", arguments="[]", error="two", now=later)
    record_task_failure(task="t", arguments="[]", error="three", now=make.NOW)

    failure = TaskFailure.objects.get()
    assert (failure.error, failure.first_at, failure.last_at) == ("three", make.NOW, later)


def test_failures_at_the_same_moment_are_counted_all(transactional_db: None) -> None:
    def fail() -> None:
        with transaction.atomic():
            record_task_failure(task="t", arguments="[1]", error="E", now=make.NOW)

    works: list[Callable[[], None]] = [fail] * 4
    at_once(*works)

    assert rows() == [("t", "[1]", 4, True)]


def test_a_list_that_cannot_be_written_breaks_no_task(db: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_portal_taskfailure RENAME TO gone")
        broken.append(7)

        failed = sometimes.apply(args=[7])
        succeeded = sometimes.apply(args=[8])

        cursor.execute("ALTER TABLE gone RENAME TO billing_portal_taskfailure")
    assert isinstance(failed.result, LookupError)
    assert not isinstance(failed.result, DatabaseError)
    assert succeeded.state == "SUCCESS"


def failure(task: str, **fields: Any) -> TaskFailure:
    return TaskFailure.objects.create(
        task=task, error="E", **{"first_at": make.NOW, "last_at": make.NOW, **fields}
    )


def test_the_list_shows_open_failures_the_latest_first(staff_client: Client) -> None:
    failure("older", last_at=make.NOW - timedelta(days=1))
    failure("newer")
    failure("settled", settled_at=make.NOW)

    page: Any = staff_client.get(LIST)
    everything: Any = staff_client.get(LIST, {"state": "all"})

    assert [row.task for row in page.context["cl"].result_list] == ["newer", "older"]
    assert [row.task for row in everything.context["cl"].result_list] == [
        "newer", "older", "settled",
    ]  # fmt: skip


def test_dealt_with_takes_it_off_the_list_once(staff_client: Client) -> None:
    row = failure("t")
    button = reverse("admin:billing_portal_taskfailure_settle", args=[row.pk])

    assert "It is dealt with." in staff_client.post(button, follow=True).content.decode()
    assert "This is settled already" in staff_client.post(button, follow=True).content.decode()
    assert rows() == [("t", "", 1, False)]


def test_many_are_dealt_with_at_once(staff_client: Client) -> None:
    keys = [failure("one").pk, failure("two").pk]

    staff_client.post(LIST, {"action": "settle_selected", "_selected_action": keys})

    assert [is_open for *_, is_open in rows()] == [False, False]


def test_who_may_only_look_settles_nothing(db: None) -> None:
    row = failure("t")
    clerk = User.objects.create_user("kim@northwind.example", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_taskfailure"))
    client = Client()
    client.force_login(clerk)
    button = reverse("admin:billing_portal_taskfailure_settle", args=[row.pk])

    assert client.get(LIST).status_code == 200
    assert client.post(button).status_code == 403
    client.post(LIST, {"action": "settle_selected", "_selected_action": [row.pk]})
    assert rows() == [("t", "", 1, True)]
