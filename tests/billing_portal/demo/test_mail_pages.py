"""The demo's mail: what was sent stands on a page, and nothing else can be read there."""

import re
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

pytestmark = pytest.mark.django_db

FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.ROOT_URLCONF = "tests.billing_portal.demo.with_demo_urls"
    settings.EMAIL_BACKEND = FILES
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def send(*subjects: str, html: str = "") -> None:
    connection = get_connection()
    for subject in subjects:
        email = EmailMultiAlternatives(
            subject,
            f"Text of {subject}: http://localhost:8000/portal/",
            "Northwind <billing@northwind.example>",
            ["olive@basil.example"],
            cc=["bob@basil.example"],
            connection=connection,
        )
        if html:
            email.attach_alternative(html, "text/html")
        email.attach("INV-1.pdf", b"%PDF-1.7 ...", "application/pdf")
        connection.send_messages([email])
    connection.close()


def addresses(page: str) -> list[str]:
    return re.findall(r'href="(/demo/mail/[0-9a-f]{20}/)"', page)


def test_every_mail_is_listed_newest_first(folder: Path) -> None:
    send("First", "Grüße & <b>")

    page = Client().get("/demo/mail/").content.decode()

    assert page.index("Grüße &amp; &lt;b&gt;") < page.index("First")
    assert len(set(addresses(page))) == 2


def test_a_mail_is_shown_with_text_attachments_and_html_in_a_frame(folder: Path) -> None:
    send("Invoice", html="<html><head></head><body><script>x</script>Hello</body></html>")
    (address,) = addresses(Client().get("/demo/mail/").content.decode())

    page = Client().get(address).content.decode()
    body = Client().get(f"{address}body/")

    assert "INV-1.pdf (12" in page
    assert "bob@basil.example" in page
    assert 'href="http://localhost:8000/portal/"' in page
    assert f'src="{address}body/"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert body.content.decode().startswith('<html><head>\n<base target="_blank">')
    policy = body["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.parametrize("key", ["0" * 20, "..", "%2e%2e", "a%00", "secret"])
def test_what_was_not_sent_is_not_found(folder: Path, key: str) -> None:
    send("First")
    (folder.parent / "secret.log").write_text("Subject: secret\n\nsecret")

    assert Client().get(f"/demo/mail/{key}/").status_code == 404
    assert Client().get(f"/demo/mail/{key}/body/").status_code == 404


def test_before_the_first_mail_the_page_says_how_to_get_one(folder: Path) -> None:
    assert "No mail yet" in Client().get("/demo/mail/").content.decode()


def test_a_file_that_is_no_mail_does_no_harm(folder: Path) -> None:
    folder.mkdir()
    (folder / "1.log").write_bytes(b"\xff\xfe\x00 not a mail")
    send("Fine")

    page = Client().get("/demo/mail/").content.decode()

    assert "Fine" in page
    assert all(Client().get(address).status_code == 200 for address in addresses(page))


def test_outside_the_demo_there_is_no_such_page() -> None:
    assert Client().get("/demo/mail/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo_mails")
