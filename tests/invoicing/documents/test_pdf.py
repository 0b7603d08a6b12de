"""The PDF: its words, its bytes, and what it must never open."""

import builtins
import io
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from accounts.documents.usable_brand import UnusableBrand
from accounts.models import Address, Customer
from invoicing.documents import pdf
from invoicing.documents.pdf import (
    PdfTookTooLong,
    PdfUnavailable,
    render_invoice_html,
    render_invoice_pdf,
)
from invoicing.documents.typesetting import HandedOver, NotOurs, StyleSheet, typeset
from invoicing.models import Invoice
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


def printed(invoice: Invoice) -> PdfReader:
    return PdfReader(io.BytesIO(render_invoice_pdf(invoice=invoice)))


def words(document: PdfReader) -> list[str]:
    return "\n".join(page.extract_text() for page in document.pages).splitlines()


def test_the_pdf_has_the_lines_and_totals_of_the_invoice() -> None:
    lines = words(printed(invoices.issued_example()))

    start = lines.index("Description Quantity Unit price Amount")
    assert lines[start:] == [
        "Description Quantity Unit price Amount",
        "Usage",
        "AI Calls - US / resolved 13 minutes $0.20 $2.60",
        "AI Calls - US / transferred 12 minutes $0.40 $4.80",
        "AI Calls - EU / resolved 6 minutes $0.25 $1.50",
        "AI Calls - EU / escalated 15 minutes $0.75 $11.25",
        "AI Calls - APAC / resolved 4 minutes $0.30 $1.20",
        "Usage subtotal $21.35",
        "Credits Remaining Applied",
        "Prepaid credit grant-1",
        "valid to Oct 31, 2026",
        "$9,978.65 -$21.35",
        "Subtotal $21.35",
        "Total $21.35",
        "Credits applied -$21.35",
        "Amount due $0.00",
        "Invoice TEST-INV-2024-000001 · Northwind Voice Page 1 of 1",
    ]


def test_sections_are_followed_by_taxes_and_these_by_credits() -> None:
    basil = invoices.basil_with_address()
    gift = make.grant(basil, code="welcome", kind="promotional", amount="50.00")
    draft = invoices.draft_of(
        [Row("9.00", section="one_time"), Row("1.00", section="platform")],
        buyer=basil,
        taxes=[("Illinois tax", "9.00", "0.56")],
        discount=(gift, "1.00"),
    )

    lines = words(printed(draft))

    headings = ("Platform fees", "One-time charges", "Taxes and fees On Amount")
    assert [line for line in lines if line in headings or line.startswith("Credits ")] == [
        *headings,
        "Credits Remaining Applied",
    ]


def test_nothing_about_tax_is_printed_where_none_is_registered() -> None:
    text = "\n".join(words(printed(invoices.issued_example()))).lower()

    assert "tax" not in text
    assert "vat" not in text
    assert "%" not in text


def test_a_draft_says_that_it_is_one() -> None:
    assert "Draft: not issued, amounts may change" in words(printed(invoices.draft_of([])))


def test_two_renderings_are_the_same_bytes() -> None:
    invoice = invoices.issued_example()

    assert render_invoice_pdf(invoice=invoice) == render_invoice_pdf(invoice=invoice)


def test_the_heading_of_the_table_is_repeated_on_each_page() -> None:
    document = printed(invoices.draft_of([Row("1.00") for _ in range(60)]))

    pages = [page.extract_text() for page in document.pages]
    assert len(pages) > 2
    assert all("Description Quantity Unit price Amount" in page for page in pages[:-1])
    assert [page.splitlines()[-1].rpartition("Page ")[2] for page in pages] == [
        f"{number} of {len(pages)}" for number in range(1, len(pages) + 1)
    ]


def test_letters_beyond_western_europe_come_from_the_same_font() -> None:
    basil = invoices.basil_with_address(name="Łódź & Žižkov, Київ Ελλάδα Việt")

    document = printed(invoices.draft_of([], buyer=basil))

    assert "Łódź & Žižkov, Київ Ελλάδα Việt" in " ".join(words(document))
    assert {name.partition("+")[2] for name in font_names(document)} == {"Inter", "Inter-Semi-Bold"}


def font_names(document: PdfReader) -> set[str]:
    resources: Any = document.pages[0]["/Resources"]
    fonts = resources["/Font"]
    return {str(fonts[key]["/BaseFont"]) for key in fonts}


def test_the_paper_is_letter_in_the_united_states_and_a4_in_japan() -> None:
    draft = invoices.draft_of([Row("5000")], currency="JPY")
    in_the_states = printed(draft).pages[0].mediabox
    invoices.seller(country="JP")
    in_japan = printed(draft).pages[0].mediabox

    assert (in_the_states.width, in_the_states.height) == (612, 792)
    assert (round(in_japan.width), round(in_japan.height)) == (595, 842)


def test_the_document_has_title_language_dates_and_tags() -> None:
    document = printed(invoices.issued_example())

    assert document.metadata is not None
    assert document.metadata.title == "Invoice TEST-INV-2024-000001"
    assert document.metadata.author == "Northwind Voice"
    assert document.metadata.creation_date == make.NOW
    root: Any = document.root_object
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]


def png() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (40, 10), "#1f4ed8").save(picture, "PNG")
    return picture.getvalue()


def test_the_logo_is_printed_with_the_brands_name_as_its_text() -> None:
    invoices.brand(logo=png())
    draft = invoices.draft_of([])

    assert len(printed(draft).pages[0].images) == 1
    assert 'alt="Northwind Voice"' in render_invoice_html(invoice=draft)


def test_a_logo_that_is_no_png_is_refused() -> None:
    invoices.brand(logo=b"<svg xmlns='http://www.w3.org/2000/svg'/>")

    with pytest.raises(UnusableBrand, match="not a PNG"):
        render_invoice_pdf(invoice=invoices.draft_of([]))


@pytest.mark.parametrize("colour", ["red", "red;}a{", "#fff", "#1f4ed\n"])
def test_a_colour_that_is_not_written_as_one_is_refused(colour: str) -> None:
    invoices.brand(primary_colour=colour)

    with pytest.raises(UnusableBrand, match="is not a colour"):
        render_invoice_pdf(invoice=invoices.draft_of([]))


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """Return the address of a server on this machine and the list of what it was asked."""
    asked: list[str] = []

    class Canary(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    thread.join()
    server.server_close()


def hostile_texts(canary: str) -> list[str]:
    return [
        "<img src=file:///etc/passwd>",
        '<link rel=attachment href="file:///etc/passwd">',
        f"<img src={canary}image>",
        f"<style>@import url({canary}style)</style>",
        f"<base href={canary}><object data=file:///etc/passwd></object>",
    ]


@pytest.mark.parametrize("number", range(5))
def test_markup_in_a_free_text_is_text(canary: tuple[str, list[str]], number: int) -> None:
    address, asked = canary
    hostile = hostile_texts(address)[number]
    basil = invoices.basil_with_address(name=hostile, vat_id=hostile[:32])
    Customer.objects.update(external_id=hostile)
    Address.objects.update(line_1=hostile, line_2=hostile, city=hostile, state=hostile)
    invoices.seller(name=hostile, address_line_1=hostile, city=hostile)
    invoices.brand(name=hostile, legal_text=hostile, support_email=hostile)
    row = Row("1.00", description=hostile, section="usage", quantity="1", unit=hostile[:50])
    draft = invoices.draft_of([row], buyer=basil, taxes=[(hostile, "1.00", "0.10")])

    document = printed(draft)

    page = render_invoice_html(invoice=draft)
    assert hostile not in page
    assert re.findall(r"<(?:img|link|style|base|object)\b", page) == []
    assert list(document.attachments) == []
    assert asked == []
    assert re.sub(r"\s", "", hostile) in re.sub(r"\s", "", "".join(words(document)))


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{}">',
        '<link rel="attachment" href="{}">',
        '<link rel="stylesheet" href="{}">',
        '<object data="{}"></object>',
        '<p style="background: url({})">x</p>',
        '<style>@font-face {{ font-family: X; src: url("{}") }} p {{ font-family: X }}</style><p>x',
        '<base href="{}"><img src="below">',
    ],
)
def test_even_markup_of_our_own_opens_nothing_that_was_not_handed_over(
    canary: tuple[str, list[str]], markup: str, tmp_path: Path
) -> None:
    address, asked = canary
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    targets = (address, secret.as_uri(), str(secret), "data:text/plain,secret", "ftp://127.0.0.1/")

    for target in targets:
        document = PdfReader(
            io.BytesIO(
                typeset(
                    f"<!doctype html><html lang=en><title>t</title>{markup.format(target)}",
                    shared_styles=[],
                    own_style=StyleSheet("https://own.invalid/", ""),
                    shared_files={},
                    own_files={},
                )
            )
        )
        assert list(document.attachments) == []
        assert list(document.pages[0].images) == []
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "http://127.0.0.1/",
        "data:image/png;base64,AAAA",
        "https://own.invalid/../etc/passwd",
        "https://own.invalid/a.css?",
    ],
)
def test_only_the_exact_addresses_of_given_files_are_answered(url: str) -> None:
    fetcher = HandedOver({"https://own.invalid/a.css": b"a"})

    assert fetcher.fetch("https://own.invalid/a.css").read() == b"a"
    with pytest.raises(NotOurs):
        fetcher.fetch(url)


def test_without_pango_the_error_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = invoices.draft_of([])
    real_import = builtins.__import__

    def without_pango(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real_import(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "invoicing.documents.typesetting")
    monkeypatch.setattr(builtins, "__import__", without_pango)

    with pytest.raises(PdfUnavailable, match="pango"):
        render_invoice_pdf(invoice=draft)


def test_a_long_text_without_spaces_is_printed_whole() -> None:
    rows = [Row("1.00", description=f"{number} " + "x" * 255) for number in range(60)]
    invoice = invoices.issued(invoices.draft_of(rows))

    document = printed(invoice)

    assert "".join(words(document)).count("x") == 60 * 255


def test_a_page_that_is_set_apart_has_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    here = render_invoice_pdf(invoice=invoice)

    monkeypatch.setattr(pdf, "LONGEST_IN_PROCESS", 0)

    assert render_invoice_pdf(invoice=invoice) == here


def test_a_page_that_takes_too_long_is_ended_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = invoices.issued(invoices.draft_of([Row("70.00")]))
    monkeypatch.setattr(pdf, "LONGEST_IN_PROCESS", 0)
    monkeypatch.setattr(pdf, "LIMIT_SECONDS", 0.01)

    with pytest.raises(PdfTookTooLong, match=r"took more than 0\.01 seconds"):
        render_invoice_pdf(invoice=invoice)
