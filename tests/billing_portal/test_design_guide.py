"""The page of all components."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


def test_the_components_are_shown_in_the_demo_alone(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    assert client.get("/design/").status_code == 200

    settings.DEMO = False
    assert client.get("/design/").status_code == 404


@pytest.mark.parametrize(
    "asked, shown", [("rtl", "rtl"), ("ltr", "ltr"), ('"><script>', "ltr"), ("\x00", "ltr")]
)
def test_the_page_can_be_turned(client: Client, settings: Settings, asked: str, shown: str) -> None:
    settings.DEMO = True

    page = client.get("/design/", {"dir": asked}).content.decode()

    assert f'<html lang="en" dir="{shown}"' in page


def test_the_page_has_no_inline_style_or_script(client: Client, settings: Settings) -> None:
    settings.DEMO = True

    page = client.get("/design/").content.decode()

    assert [word in page for word in ("<style", " style=", "<script>", " onclick=")] == [False] * 4
