"""A look at call records stays on record, without the numbers that were looked for."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from accounts.models import LookedAs, RecordLook
from accounts.operations.record_look import counted, record_look
from tests import factories as make

pytestmark = pytest.mark.django_db


def looked(*, rows: int | None = 3, asked: str = "") -> RecordLook:
    look = record_look(
        who=make.staff(email=f"s{RecordLook.objects.count()}@northwind.example"),
        looked_as=LookedAs.STAFF, page="admin:usage_event_change", now=make.NOW, rows=rows,
        asked=asked,
    )  # fmt: skip
    assert look is not None
    return look


def test_who_is_shown_nothing_looked_at_nothing() -> None:
    who = make.staff()

    assert record_look(
        who=who, looked_as=LookedAs.STAFF, page="p", now=make.NOW, rows=0
    ) is None  # fmt: skip
    assert not RecordLook.objects.exists()


def test_long_numbers_that_were_asked_for_keep_their_end_alone() -> None:
    asked = "customer=acme; key=+1 415 555 0123; start=2024-11-01; evt_019283746501234567"

    assert looked(asked=asked).asked == (
        "customer=acme; key=**** 0123; start=2024-11-01; evt_019283746501234567"
    )


@pytest.mark.parametrize(
    "number,shown",
    [
        ("+1 (415) 555-0123", "****-0123"),
        ("(415) 555 - 0123", "**** - 0123"),
        (
            "+1\N{NO-BREAK SPACE}415\N{NO-BREAK SPACE}555\N{NON-BREAKING HYPHEN}0123",
            "****\N{NON-BREAKING HYPHEN}0123",
        ),
    ],
    ids=["brackets", "blanks around a dash", "typographic signs"],
)
def test_a_number_is_masked_however_it_was_written(number: str, shown: str) -> None:
    assert looked(asked=f"key={number}; start=2024-11-01").asked == f"key={shown}; start=2024-11-01"


def test_an_export_is_counted_once_when_it_ends() -> None:
    look = looked(rows=None)

    assert list(counted("abc", look=look)) == ["a", "b", "c"]

    assert RecordLook.objects.get().rows == 3
    list(counted("abcde", look=look))
    assert RecordLook.objects.get().rows == 3


def test_an_export_that_breaks_off_stays_without_a_count() -> None:
    rows = counted("abc", look=looked(rows=None))

    next(rows)
    rows.close()  # type: ignore[attr-defined]

    assert RecordLook.objects.get().rows is None


@pytest.mark.parametrize(
    "change",
    [
        lambda: RecordLook.objects.all().delete(),
        lambda: RecordLook.objects.update(page="elsewhere"),
        lambda: RecordLook.objects.update(rows=1),
        lambda: RecordLook.objects.filter(rows=None).update(rows=5, page="elsewhere"),
    ],
    ids=["deleted", "moved", "counted again", "counted and moved"],
)
def test_what_was_looked_at_is_never_taken_back(change: Callable[[], object]) -> None:
    looked()
    looked(rows=None)

    with pytest.raises(DatabaseError), transaction.atomic():
        change()
