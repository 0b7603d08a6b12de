"""The sign of the portal in the browser's tabs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static


def favicon(request: HttpRequest) -> HttpResponse:
    """Lead from where browsers look, also beside a PDF, to the file."""
    return redirect(static("favicon.svg"))
