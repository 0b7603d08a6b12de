"""Brands and their logos."""

from base64 import b64encode
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import LegalEntity
from tests.admin_forms import errors_of, save_form, send_form
from tests.factories import brand


def _picture(size: tuple[int, int], kind: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "#1f4ed8").save(written, format=kind)
    return written.getvalue()


def _upload(client: Client, content: bytes) -> object:
    url = reverse("admin:accounts_brand_change", args=[brand().pk])
    return send_form(client, url, logo_file=SimpleUploadedFile("logo.jpg", content))


def test_a_logo_becomes_a_small_png_of_ours_and_is_shown(staff_client: Client) -> None:
    _upload(staff_client, _picture((2000, 1000), "JPEG"))

    kept = bytes(brand().logo or b"")
    assert Image.open(BytesIO(kept)).format == "PNG"
    assert Image.open(BytesIO(kept)).size == (640, 320)
    page = staff_client.get(reverse("admin:accounts_brand_change", args=[brand().pk]))
    assert b64encode(kept).decode() in page.content.decode()


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"x" * 2_100_000,
    ],
)
def test_what_is_no_picture_is_refused(staff_client: Client, content: bytes) -> None:
    page = _upload(staff_client, content)

    assert errors_of(page)
    assert brand().logo is None


def test_a_logo_can_be_removed(staff_client: Client) -> None:
    _upload(staff_client, _picture((80, 40), "PNG"))
    url = reverse("admin:accounts_brand_change", args=[brand().pk])

    save_form(staff_client, url, remove_logo="on")

    assert brand().logo is None


def test_two_sellers_cannot_share_an_invoice_prefix(staff_client: Client) -> None:
    brand()

    page = send_form(
        staff_client,
        reverse("admin:accounts_legalentity_add"),
        code="southwind",
        name="Southwind",
        country="US",
    )

    assert errors_of(page)
    assert LegalEntity.objects.count() == 1
