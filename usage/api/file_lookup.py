"""Finding a key's file, and refusing what cannot be done with it."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request

from accounts.api import problem_kinds as kinds
from accounts.api.authentication import key_of
from accounts.api.problems import ApiProblem, ProblemError
from accounts.models import Scope
from usage.api.rate_limits import RateLimited
from usage.models import UsageFile
from usage.operations.files.map_file import NotNow
from usage.operations.files.upload_file import NoRoom
from usage.queries.files.found_files import files_of_key


class FileView(RateLimited):
    """A view of files; those of `shows_rows` tell what stands in them, and need events:read too."""

    shows_rows: tuple[str, ...] = ("GET", "HEAD")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the key and its scopes, then its allowance."""
        super().initial(request, *args, **kwargs)
        if request.method in self.shows_rows and not may_see_rows(request):
            scope = Scope.EVENTS_READ.value
            raise ApiProblem(kinds.SCOPE_MISSING, f"This needs a key with the scope {scope} too.")


def may_see_rows(request: Request) -> bool:
    """Return whether the key may be shown what stands in files."""
    return Scope.EVENTS_READ in key_of(request).scopes


def file_of(request: Request, public_id: str) -> UsageFile:
    """Return the file among those of the key's partner and mode."""
    uid = UsageFile.uid_of(public_id)
    files = files_of_key(key=key_of(request)).select_related("source")
    found = None if uid is None else files.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def no_room(error: NoRoom) -> ApiProblem:
    """Return the refusal of one more file."""
    sentence = str(error)
    return ApiProblem(kinds.FILES_FULL, f"{sentence[0].upper()}{sentence[1:]}.")


def not_now(error: NotNow) -> ApiProblem:
    """Return the refusal of what the file's state does not allow."""
    sentence = str(error)
    return ApiProblem(kinds.NOT_NOW, f"{sentence[0].upper()}{sentence[1:]}.")


def file_refused(code: str, reason: str, *, row: int = 0) -> ApiProblem:
    """Return the refusal of a file, or of what is said of its columns."""
    place = f"Row {row}: " if row else ""
    return ApiProblem(
        kinds.FILE_REFUSED,
        f"{place}{reason[0].upper()}{reason[1:]}.",
        errors=[ProblemError(code, reason, pointer="")],
    )
