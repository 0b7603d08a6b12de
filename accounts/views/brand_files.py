"""A brand's style sheet and logo, out of its data, so that no page needs an inline style."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from accounts.brand_versions import css_of, version_of
from accounts.models import Brand

WITH_VERSION = "public, max-age=31536000, immutable"
WITHOUT_VERSION = "public, max-age=300"


@require_safe
def brand_css(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the brand's colours as variables."""
    return _kept(request, css_of(_brand(code)).encode(), "text/css; charset=utf-8")


@require_safe
def brand_logo(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the brand's logo, a PNG of ours; 404 where it has none."""
    logo = _brand(code).logo
    if not logo:
        raise Http404
    return _kept(request, bytes(logo), "image/png")


def _brand(code: str) -> Brand:
    if "\x00" in code:
        raise Http404
    return get_object_or_404(Brand, code=code)


def _kept(request: HttpRequest, content: bytes, content_type: str) -> HttpResponse:
    """Answer so that browsers keep it: for good where the address names this very version."""
    version = version_of(content)
    etag = f'"{version}"'
    seen = parse_etags(request.headers.get("If-None-Match", ""))
    answer = (
        HttpResponseNotModified()
        if etag in seen or f"W/{etag}" in seen
        else HttpResponse(content, content_type=content_type)
    )
    answer["ETag"] = etag
    is_current = request.GET.get("v") == version
    answer["Cache-Control"] = WITH_VERSION if is_current else WITHOUT_VERSION
    return answer
