"""E-mails as they leave the house: the text beside the HTML, which stands in a frame."""

from collections.abc import Callable
from typing import Any, cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounts.admin.pages.buttons import object_url
from accounts.documents.message import MessageText

_View = Callable[..., HttpResponse]


def framed(view: _View) -> _View:
    """
    Let a view's HTML style its elements one by one, as mail programs ask for, in our frames.

    Pictures may come from the domains of brands, and where we speak plain http from whatever
    port of this machine the e-mail was written at; nothing runs, and nothing is loaded besides.
    """
    ours = ["https:"] if settings.HTTPS else ["https:", "http://localhost:*"]
    policy = {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [SELF, "data:", *ours],
        "frame-ancestors": [SELF],
    }
    return cast(_View, csp_replace(policy)(cast(Any, xframe_options_sameorigin(view))))


def preview(
    admin: Any,
    request: HttpRequest,
    obj: Any,
    *,
    message: MessageText,
    sender: str,
    to: str,
    body_url: str,
    **context: Any,
) -> HttpResponse:
    """Return the page that shows a message; `body_url` is where a framed view has its HTML."""
    around = {
        **admin.admin_site.each_context(request),
        "title": "E-mail preview",
        "opts": admin.opts,
        "original": obj,
        "object_url": object_url(admin, obj),
        "media": admin.media,
        "message": message,
        "sender": sender,
        "to": to,
        "body_url": body_url,
        **context,
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/email_preview.html", around)
