"""Deleting what is kept of signing in once nobody needs it: attempts, sessions, devices."""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import SignIn

KEPT_FOR = timedelta(days=90)
AT_ONCE = 1_000


def forget_old_sign_ins(*, now: datetime, at_once: int = AT_ONCE) -> None:
    """
    Delete attempts of more than 90 days ago, sessions that are over, and their devices.

    Batch by batch, each for itself: what is interrupted goes on the next time, and nobody who
    signs in waits for long.
    """
    _delete(SignIn.objects.filter(at__lt=now - KEPT_FOR).order_by("at"), at_once)
    _delete(Session.objects.filter(expire_date__lt=now).order_by("expire_date"), at_once)
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    _delete(UserSession.objects.filter(~Exists(session)).order_by("pk"), at_once)


def _delete(rows: QuerySet[Any], at_once: int) -> None:
    while keys := list(rows.values_list("pk", flat=True)[:at_once]):
        rows.model._default_manager.filter(pk__in=keys).delete()
