"""
HTML to PDF, from files handed over and nothing else.

Importing this needs Pango; `invoicing.documents.pdf` imports it when a PDF is asked for.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse


class NotOurs(ValueError):
    """A document asked for something that was not handed over with it."""


class HandedOver(URLFetcher):  # type: ignore[misc]
    """Answers the addresses of given files from memory and refuses every other."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=[], allow_redirects=False)
        self._files = files

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """
        Return the file with exactly this address.

        :raises NotOurs: for any other; nothing is opened, asked or followed.
        """
        if url not in self._files:
            raise NotOurs(f"not part of the document: {url[:200]}")
        return URLFetcherResponse(url, self._files[url])


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """A style sheet and the address to which its relative addresses belong."""

    address: str
    text: str


class _Prepared(threading.local):
    """Fonts and style sheets, loaded once in each thread, because Pango's are not shared."""

    def __init__(self) -> None:
        self.styles: tuple[StyleSheet, ...] = ()
        self.fonts = FontConfiguration()
        self.sheets: list[CSS] = []

    def load(self, styles: tuple[StyleSheet, ...], files: Mapping[str, bytes]) -> None:
        if styles == self.styles:
            return
        self.fonts = FontConfiguration()
        self.sheets = [self.sheet(style, files) for style in styles]
        self.styles = styles

    def sheet(self, style: StyleSheet, files: Mapping[str, bytes]) -> CSS:
        return CSS(
            string=style.text,
            base_url=style.address,
            url_fetcher=HandedOver(files),
            font_config=self.fonts,
        )


_prepared = _Prepared()


def typeset(
    html: str,
    *,
    shared_styles: Sequence[StyleSheet],
    own_style: StyleSheet,
    shared_files: Mapping[str, bytes],
    own_files: Mapping[str, bytes],
) -> bytes:
    """
    Return the PDF of a page: PDF/UA, the same bytes for the same input.

    The shared style sheets and files are kept loaded from one call to the next.
    """
    _prepared.load(tuple(shared_styles), shared_files)
    files = {**shared_files, **own_files}
    document = HTML(string=html, base_url=own_style.address, url_fetcher=HandedOver(files))
    pdf: bytes = document.write_pdf(
        stylesheets=[*_prepared.sheets, _prepared.sheet(own_style, files)],
        font_config=_prepared.fonts,
        pdf_identifier=_identifier(html, *shared_styles, own_style),
        pdf_variant="pdf/ua-1",
    )
    return pdf


def _identifier(html: str, *styles: StyleSheet) -> bytes:
    digest = hashlib.sha256(html.encode())
    for style in styles:
        digest.update(style.text.encode())
    return digest.hexdigest()[:32].encode()
