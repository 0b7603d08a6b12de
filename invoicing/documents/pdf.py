"""The invoice as a PDF."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from accounts.documents.usable_brand import UnusableBrand, checked_colours
from invoicing.documents.presentation import PresentedBrand, PresentedInvoice, presented_invoice
from invoicing.documents.typesetting_apart import TookTooLong, typeset_apart
from invoicing.models import Invoice
from launch.system_packages import PANGO, to_type

LETTER_COUNTRIES = frozenset(
    {"US", "CA", "MX", "PR", "PH", "CL", "CO", "CR", "DO", "GT", "HN", "NI", "PA", "SV", "VE"}
)
"""Where paper is US Letter; elsewhere it is A4."""

# Addresses under which our files are handed over. `.invalid` is never anybody's (RFC 2606).
_OWN = "https://own.invalid/"
_STYLES = ("fonts/inter/inter.css", "invoicing/invoice_pdf.css")
_FONT_FOLDER = "fonts/inter"
_PNG = b"\x89PNG\r\n\x1a\n"


LONGEST_IN_PROCESS = 300_000
"""Characters of a page that are set where we are, in seconds; longer ones are set apart."""

LIMIT_SECONDS = 120
"""What a page may take that is set apart."""


class PdfUnavailable(RuntimeError):
    """There is no PDF: the libraries are not on this machine; the text says what to type."""


class PdfTookTooLong(PdfUnavailable):
    """There is no PDF: the invoice was not set within `LIMIT_SECONDS`."""


def render_invoice_html(*, invoice: Invoice) -> str:
    """
    Return the page that becomes the PDF, without its style sheets.

    :raises UnusableBrand: the logo is no PNG.
    """
    return _page(presented_invoice(invoice=invoice))


def render_invoice_pdf(*, invoice: Invoice) -> bytes:
    """
    Return the PDF of a stored invoice of any state: the same bytes for the same rows.

    :raises PdfUnavailable: Pango is not installed.
    :raises PdfTookTooLong:
    :raises UnusableBrand: a colour or the logo of the brand cannot be printed.
    """
    try:
        from invoicing.documents.typesetting import StyleSheet, typeset  # noqa: PLC0415
    except OSError as error:
        raise PdfUnavailable(f"Pango is missing, PDFs need it: {to_type(PANGO)}") from error
    presented = presented_invoice(invoice=invoice)
    page = _page(presented)
    logo = _logo_address(presented.brand)
    files: dict[str, Any] = {
        "shared_styles": [StyleSheet(_OWN + path, _text(path)) for path in _STYLES],
        "own_style": StyleSheet(_OWN, _own_style(presented)),
        "shared_files": _fonts(),
        "own_files": {logo: presented.brand.logo} if logo and presented.brand.logo else {},
    }
    if len(page) <= LONGEST_IN_PROCESS:
        return typeset(page, **files)
    try:
        return typeset_apart(page, limit_seconds=LIMIT_SECONDS, **files)
    except TookTooLong as error:
        raise PdfTookTooLong(f"no PDF of {len(page):,} characters: {error}") from error


def _page(presented: PresentedInvoice) -> str:
    context = {"invoice": presented, "logo": _logo_address(presented.brand)}
    return render_to_string("invoicing/invoice_pdf.html", context)


def _logo_address(brand: PresentedBrand) -> str:
    if brand.logo is None:
        return ""
    if not brand.logo.startswith(_PNG):
        raise UnusableBrand(f"the logo of {brand.code} is not a PNG")
    return "data:image/png;base64," + base64.b64encode(brand.logo).decode()


def _own_style(presented: PresentedInvoice) -> str:
    primary, accent = checked_colours(presented.brand)
    paper = "letter" if presented.seller.address.country in LETTER_COUNTRIES else "A4"
    return f":root {{ --primary: {primary}; --accent: {accent} }}\n@page {{ size: {paper} }}\n"


@cache
def _text(path: str) -> str:
    return _found(path).read_text(encoding="utf-8")


@cache
def _fonts() -> Mapping[str, bytes]:
    fonts = sorted(_found(_FONT_FOLDER).glob("*.woff2"))
    return {f"{_OWN}{_FONT_FOLDER}/{font.name}": font.read_bytes() for font in fonts}


def _found(path: str) -> Path:
    found = finders.find(path)
    if not isinstance(found, str):
        raise FileNotFoundError(f"static/{path} is missing from this installation")
    return Path(found)
