"""The style sheet and the logo of a brand."""

from io import BytesIO

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.brand_versions import version_of
from accounts.models import Brand
from tests import factories as make

pytestmark = pytest.mark.django_db

FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def brand() -> Brand:
    picture = BytesIO()
    Image.new("RGB", (4, 4), "#173f5f").save(picture, format="PNG")
    brand = make.acme().brand
    brand.logo = picture.getvalue()
    brand.save()
    return brand


def css_address(brand: Brand) -> str:
    return reverse("brand_css", args=[brand.code])


def logo_address(brand: Brand) -> str:
    return reverse("brand_logo", args=[brand.code])


def tag(name: str, brand: object) -> str:
    return Template(f"{{% load brand_files %}}{{% {name} brand %}}").render(
        Context({"brand": brand})
    )


def test_the_style_sheet_has_the_brands_colours(client: Client, brand: Brand) -> None:
    answer = client.get(css_address(brand))

    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert f"--brand: light-dark({brand.primary_colour}, " in answer.content.decode()
    assert answer["Cache-Control"] == "public, max-age=300"


def test_the_address_with_this_version_is_kept_for_good(client: Client, brand: Brand) -> None:
    address = tag("brand_css_address", brand)

    assert client.get(address)["Cache-Control"] == FOR_GOOD
    assert client.get(address + "0")["Cache-Control"] == "public, max-age=300"


def test_another_colour_has_another_address(brand: Brand) -> None:
    before = tag("brand_css_address", brand)
    brand.primary_colour = "#aa0000"

    assert tag("brand_css_address", brand) != before


def test_a_colour_that_is_none_gives_our_own(client: Client, brand: Brand) -> None:
    Brand.objects.filter(pk=brand.pk).update(primary_colour="red}*{ ")

    answer = client.get(css_address(brand))

    assert (answer.status_code, answer.content) == (200, b"")


def test_the_logo_is_sent_once(client: Client, brand: Brand) -> None:
    first = client.get(logo_address(brand))
    again = client.get(logo_address(brand), headers={"If-None-Match": first["ETag"]})

    assert (first["Content-Type"], first.content) == ("image/png", bytes(brand.logo or b""))
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"] == f'"{version_of(first.content)}"'
    assert client.get(tag("logo_address", brand))["Cache-Control"] == FOR_GOOD


def test_without_a_logo_there_is_none(client: Client, brand: Brand) -> None:
    Brand.objects.update(logo=None)
    brand.refresh_from_db()

    assert client.get(logo_address(brand)).status_code == 404
    assert tag("logo_address", brand) == ""


@pytest.mark.parametrize("code", ["nobody", "%00", "a%00b", "é", "x" * 500])
@pytest.mark.parametrize("file", ["brand.css", "logo.png"])
def test_an_unknown_brand_is_not_found(client: Client, code: str, file: str) -> None:
    assert client.get(f"/brand/{code}/{file}").status_code == 404


def test_a_file_is_only_read(client: Client, brand: Brand) -> None:
    assert client.post(css_address(brand)).status_code == 405
    assert client.head(logo_address(brand)).status_code == 200


def test_a_file_takes_one_query(
    client: Client, brand: Brand, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        client.get(logo_address(brand))


@pytest.mark.parametrize("nothing", [None, "", Brand(code="none")])
def test_where_there_is_no_brand_there_are_no_addresses(nothing: object) -> None:
    assert tag("brand_css_address", nothing) + tag("logo_address", nothing) == ""
