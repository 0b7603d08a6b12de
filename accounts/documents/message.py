"""
E-mails from templates: `templates/email/<template>.{subject.txt,txt,html}`.

All HTML extends `email/layout.html`, which wants nothing but what `rendered_message` adds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse

from accounts.brand_colours import brand_colours
from accounts.documents.addresses import customer_address
from accounts.documents.postal_address import PostalAddress
from accounts.documents.usable_brand import checked_colours
from accounts.models import Brand, LegalEntity
from accounts.models.identity import Identified


@dataclass(frozen=True, slots=True)
class MessageText:
    """Subject in one line, and the body as text and as HTML."""

    subject: str
    text: str
    html: str


def rendered_message(*, template: str, brand: Brand, context: Mapping[str, Any]) -> MessageText:
    """
    Return a message of this brand, whose three templates get `context`.

    :raises UnusableBrand: a colour of the brand cannot be shown.
    """
    colours = brand_colours(*checked_colours(brand))
    around = {
        **context,
        "brand": brand,
        "light": colours.light,
        "dark": colours.dark,
        "logo": logo_address(brand),
        "seller": brand.legal_entity,
        "seller_lines": seller_lines(brand.legal_entity),
    }
    subject = one_line(_as_text(f"email/{template}.subject.txt", around))
    around["subject"] = subject
    return MessageText(
        subject=subject,
        text=_as_text(f"email/{template}.txt", around).strip() + "\n",
        html=get_template(f"email/{template}.html").render(around),
    )


def sender_of(brand: Brand) -> str:
    """Return the `From` of a brand's messages: its own address, else the installation's."""
    name = one_line(brand.sender_name or brand.name)
    return formataddr((name, brand.sender_email or settings.DEFAULT_FROM_EMAIL))


def message_id(about: Identified) -> str:
    """Return the Message-ID of the e-mail that is about this row: the same at every attempt."""
    return f"<{about.public_id}@{urlsplit(settings.SITE_URL).hostname}>"


def logo_address(brand: Brand) -> str:
    """Return where mail programs fetch the brand's logo, empty where it has none."""
    if not brand.logo:
        return ""
    return customer_address(brand=brand, path=reverse("brand_logo", args=[brand.code]))


def seller_lines(seller: LegalEntity) -> tuple[str, ...]:
    """Return the seller's address as written on an envelope."""
    return PostalAddress(
        line_1=seller.address_line_1,
        line_2=seller.address_line_2,
        city=seller.city,
        state=seller.state,
        postal_code=seller.postal_code,
        country=seller.country,
    ).lines()


def one_line(text: str) -> str:
    """Return the text fit for a header: no line breaks, single spaces."""
    return " ".join(text.split())


def _as_text(template: str, context: Mapping[str, Any]) -> str:
    # Plain text is not HTML: an apostrophe stays one.
    plain: Any = get_template(template)
    return str(plain.template.render(Context(dict(context), autoescape=False)))
