"""What the API says of events that were put into files."""

from datetime import datetime

from django.http import Http404
from rest_framework.response import Response

from accounts.api import problem_kinds as kinds
from accounts.api.problems import ApiProblem
from usage.store.archives.archived import months_in_files

_HEADER = "Archived-Months"


def no_such_event() -> Exception:
    """
    Return what says that an event is not there.

    Whose an archived one was is not known here, so nobody learns whether there was one.
    """
    months = months_in_files(start=None, end=None)
    if not months:
        return Http404()
    said = ", ".join(months)
    return ApiProblem(
        kinds.NOT_FOUND, f"No such event. Those of {said} are archived and not shown: ask us."
    )


def tell_archived(answer: Response, *, start: datetime | None, end: datetime | None) -> None:
    """Name the months of the time `[start, end)` whose events a list does not have."""
    months = months_in_files(start=start, end=end)
    if months:
        answer[_HEADER] = ", ".join(months)
