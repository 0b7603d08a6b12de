"""What all e-mails share: brand, addresses, text that is text."""

import pytest
from pytest_django import Settings

from accounts.brand_colours import contrast
from accounts.documents.addresses import customer_address
from accounts.documents.message import message_id, rendered_message, sender_of
from accounts.documents.sample_messages import KINDS, sample_message
from accounts.documents.usable_brand import UnusableBrand
from tests import factories as make
from tests.invoicing.documents import invoices

pytestmark = pytest.mark.django_db

INVITED = {
    "customer": "Acme & Sons",
    "inviter": "Olive <o@acme.example>",
    "role_label": "owner",
    "expires": "Nov 28, 2026",
    "link": "https://billing.example.com/invitations/secret/",
}


def test_markup_is_escaped_in_the_html_and_itself_in_the_text() -> None:
    message = rendered_message(template="invitation", brand=make.brand(), context=INVITED)

    assert "Olive &lt;o@acme.example&gt;" in message.html
    assert "Acme &amp; Sons" in message.html
    assert "<o@acme" not in message.html
    assert "Olive <o@acme.example> invites you" in message.text
    assert message.subject == (
        "Olive <o@acme.example> invites you to Acme & Sons at Northwind Voice"
    )


def test_the_whole_text_of_an_invitation() -> None:
    brand = invoices.brand(
        support_email="help@northwind.example", legal_text="Northwind Voice Inc."
    )

    message = rendered_message(template="invitation", brand=brand, context=INVITED)

    assert message.text == (
        "You are invited to Acme & Sons\n"
        "\n"
        "Olive <o@acme.example> invites you to the billing pages of Acme & Sons at "
        "Northwind Voice.\n"
        "\n"
        "Your role: owner\n"
        "Open until: Nov 28, 2026\n"
        "\n"
        "Accept the invitation; this address works once:\n"
        "https://billing.example.com/invitations/secret/\n"
        "\n"
        "If you did not expect this, do nothing: nobody gets in without this address.\n"
        "\n"
        "-- \n"
        "Questions? Write to help@northwind.example.\n"
        "\n"
        "Northwind Voice\n"
        "IL\n"
        "United States\n"
        "\n"
        "Northwind Voice Inc.\n"
    )


def test_the_html_has_one_button_that_leads_to_the_link() -> None:
    message = rendered_message(template="invitation", brand=make.brand(), context=INVITED)

    assert message.html.count('class="action"') == 1
    assert f'<a href="{INVITED["link"]}"' in message.html


def test_a_line_break_stays_out_of_the_subject() -> None:
    context = {**INVITED, "customer": "Acme\r\nBcc: all@example.com"}

    message = rendered_message(template="invitation", brand=make.brand(), context=context)

    assert message.subject.count("\n") == 0
    assert "Acme Bcc: all@example.com" in message.subject


@pytest.mark.parametrize("column", ["primary_colour", "accent_colour"])
def test_a_colour_that_is_none_is_refused(column: str) -> None:
    brand = invoices.brand(**{column: "red;}</"})

    with pytest.raises(UnusableBrand, match="is not a colour"):
        rendered_message(template="invitation", brand=brand, context=INVITED)


@pytest.mark.parametrize("colour", ["#173f5f", "#ffd24d", "#ffffff", "#000000"])
def test_the_button_is_readable_whatever_the_brands_colour(colour: str) -> None:
    brand = invoices.brand(primary_colour=colour)

    html = rendered_message(template="invitation", brand=brand, context=INVITED).html

    fill = html.split('<td bgcolor="')[1].split('"')[0]
    ink = html.split('style="color: ')[1].split('"')[0]
    assert contrast(fill, ink) >= 4.5
    assert (fill == colour) == (colour in ("#173f5f", "#000000"))


def test_the_logo_is_fetched_from_us_where_there_is_one(settings: Settings) -> None:
    settings.SITE_URL = "https://portal.example.com"
    without = rendered_message(template="invitation", brand=make.brand(), context=INVITED)
    brand = invoices.brand(logo=b"\x89PNG\r\n\x1a\n")

    message = rendered_message(template="invitation", brand=brand, context=INVITED)

    assert 'src="https://portal.example.com/brand/northwind/logo.png' in message.html
    assert "<img" not in without.html


def test_customers_are_led_to_their_brands_domain(settings: Settings) -> None:
    settings.SITE_URL = "https://portal.example.com"

    at_ours = customer_address(brand=make.brand(), path="/a/")
    at_theirs = customer_address(brand=invoices.brand(domain="pay.northwind.example"), path="/a/")

    assert at_ours == "https://portal.example.com/a/"
    assert at_theirs == "https://pay.northwind.example/a/"


def test_the_sender_is_the_brands_in_one_line() -> None:
    brand = invoices.brand(sender_name="North\r\nBcc: all@example.com", sender_email="b@n.example")

    assert sender_of(brand) == '"North Bcc: all@example.com" <b@n.example>'


def test_without_an_address_of_its_own_a_brand_sends_from_the_installations(
    settings: Settings,
) -> None:
    settings.DEFAULT_FROM_EMAIL = "portal@example.com"

    assert sender_of(make.brand()) == "Northwind Voice <portal@example.com>"


def test_the_message_id_is_made_of_the_id_of_what_it_is_about(settings: Settings) -> None:
    settings.SITE_URL = "https://billing.example.com:8443"
    invoice = invoices.draft_of([])

    assert message_id(invoice) == f"<{invoice.public_id}@billing.example.com>"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_sample_whose_text_says_what_the_html_does(kind: str) -> None:
    message = sample_message(kind=kind, brand=make.brand())

    assert message.subject
    assert message.html.count('class="action"') == 1
    address = message.html.split('<td bgcolor="#1f4ed8"><a href="')[1].split('"')[0]
    assert address in message.text
