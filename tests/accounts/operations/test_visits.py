"""Visits of staff to the pages of customers."""

from datetime import timedelta

import pytest

from accounts.models import StaffVisit
from accounts.operations.end_visit import end_visit
from accounts.operations.start_visit import ReasonMissing, start_visit
from accounts.queries.open_visits import open_visits
from tests import factories as make
from tests.at_once import at_once

EIGHT_HOURS = timedelta(hours=8)


def test_a_visit_keeps_who_whom_why_and_when(db: None) -> None:
    sam, basil = make.staff(), make.basil()

    visit = start_visit(staff=sam, customer=basil, reason="  Ticket 7 ", now=make.NOW)

    kept = StaffVisit.objects.values_list("staff", "customer", "reason", "started_at", "ended_at")
    assert list(kept) == [(sam.pk, basil.pk, "Ticket 7", make.NOW, None)]
    assert list(open_visits(now=make.NOW)) == [visit]


@pytest.mark.parametrize("reason", ["", "   "])
def test_nobody_looks_without_a_reason(db: None, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        start_visit(staff=make.staff(), customer=make.basil(), reason=reason, now=make.NOW)

    assert not StaffVisit.objects.exists()


def test_a_new_visit_ends_the_earlier_ones_of_the_same_person_alone(db: None) -> None:
    sam, kim = make.staff(), make.staff(email="kim@northwind.example")
    basil, carla = make.basil(), make.carla()
    first = start_visit(staff=sam, customer=basil, reason="r", now=make.NOW)
    of_kim = start_visit(staff=kim, customer=basil, reason="r", now=make.NOW)
    later = make.NOW + timedelta(hours=1)

    second = start_visit(staff=sam, customer=carla, reason="r", now=later)

    first.refresh_from_db()
    assert first.ended_at == later
    assert set(open_visits(now=later)) == {of_kim, second}


def test_a_visit_ends_once(db: None) -> None:
    visit = start_visit(staff=make.staff(), customer=make.basil(), reason="r", now=make.NOW)

    end_visit(visit=visit, now=make.NOW + timedelta(minutes=5))
    end_visit(visit=visit, now=make.NOW + timedelta(minutes=9))

    visit.refresh_from_db()
    assert visit.ended_at == make.NOW + timedelta(minutes=5)


def test_a_forgotten_visit_ended_after_eight_hours(db: None) -> None:
    visit = start_visit(staff=make.staff(), customer=make.basil(), reason="r", now=make.NOW)
    moment = timedelta(microseconds=1)

    assert open_visits(now=make.NOW + EIGHT_HOURS - moment).exists()
    assert not open_visits(now=make.NOW + EIGHT_HOURS).exists()

    end_visit(visit=visit, now=make.NOW + timedelta(days=3))
    visit.refresh_from_db()
    assert visit.ended_at == make.NOW + EIGHT_HOURS


def test_visits_begun_at_the_same_moment_leave_one_open(transactional_db: None) -> None:
    sam, basil = make.staff(), make.basil()

    def begin() -> StaffVisit:
        return start_visit(staff=sam, customer=basil, reason="r", now=make.NOW)

    at_once(begin, begin, begin)

    assert StaffVisit.objects.count() == 3
    assert StaffVisit.objects.filter(ended_at=None).count() == 1
