"""The answer to whoever asks for single events that were put into files: not a part of them."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.api import problem_kinds as kinds
from accounts.api.problems import problem
from usage.store.archives.archived import archived_error


def archived_months_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 410 with the months, where a view needs events that are archived."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_exception = _answer  # type: ignore[attr-defined]
    return middleware


def _answer(request: HttpRequest, error: Exception) -> HttpResponse | None:
    archived = archived_error(error)
    if archived is None:
        return None
    if request.path.startswith("/api/"):
        said = ", ".join(archived.months)
        return problem(
            request,
            kinds.EVENTS_ARCHIVED,
            f"The events of {said} are archived.",
            extra={"months": list(archived.months)},
        )
    return _page(request, archived.months)


def _page(request: HttpRequest, months: Sequence[str]) -> HttpResponse:
    response = TemplateResponse(
        request,
        "archived.html",
        {"months": months, "is_staff": getattr(request.user, "is_staff", False)},
        status=410,
    )
    return response.render()
