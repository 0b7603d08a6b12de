"""Every e-mail that the demo sent, on a page of its own; there is none outside the demo."""

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from billing_portal.demo.mailbox import SentMail, sent_mail, sent_mails

# Links of the e-mail open beside the page, not inside its frame.
_BESIDE = '<base target="_blank">'


_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    # The demo may have run at another port of this machine when it was sent.
    "img-src": [SELF, "data:", "http://localhost:*"],
    "frame-ancestors": [SELF],
}


@require_safe
@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    """Return the list, newest first."""
    return TemplateResponse(request, "demo/mails.html", {"mails": sent_mails()})


@require_safe
@never_cache
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """Return one e-mail: its HTML in a frame, its text, the names of its attachments."""
    return TemplateResponse(request, "demo/mail.html", {"mail": _found(key)})


def _mail_body(request: HttpRequest, key: str) -> HttpResponse:
    html = _found(key).html
    return HttpResponse(html.replace("<head>", f"<head>\n{_BESIDE}", 1))


_safe: Any = require_safe(never_cache(xframe_options_sameorigin(_mail_body)))
mail_body = csp_replace(_POLICY)(_safe)
"""The view of the HTML of one e-mail, in which nothing runs."""


def _found(key: str) -> SentMail:
    found = sent_mail(key=key)
    if found is None:
        raise Http404
    return found
