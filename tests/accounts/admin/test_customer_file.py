"""Customers from a file and into one."""

import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.admin.imports import KeptUpload
from accounts.models import Address, Customer, User
from tests.admin_forms import form_of
from tests.factories import acme, basil, brand, customer, northwind

IMPORT = reverse("admin:accounts_customer_import")
PROCESS = reverse("admin:accounts_customer_process_import")
EXPORT = reverse("admin:accounts_customer_export")
HEADINGS = "external_id,name,email,timezone,legal_entity,brand,billing_city,billing_country"


def _upload(client: Client, *rows: str, headings: str = HEADINGS, name: str = "c.csv") -> Any:
    data = "\n".join([headings, *rows]).encode()
    return client.post(IMPORT, {"import_file": SimpleUploadedFile(name, data), "format": ""})


def _confirm(client: Client, page: Any) -> Any:
    fields = dict(page.context["confirm_form"].initial)
    return client.post(PROCESS, {**fields, "_reason": "moved"}, follow=True)


def _problems(page: Any) -> dict[str, list[str]]:
    [row] = page.context["result"].invalid_rows
    return dict(row.error.message_dict)


def test_a_dry_run_shows_what_would_change_and_changes_nothing(staff_client: Client) -> None:
    basil(timezone="America/Chicago")

    page = _upload(
        staff_client,
        "basil,Basil & Sons,billing@basil.example,America/Chicago,northwind,northwind,,",
        "nova,Nova Clinics,a@nova.example,Europe/Berlin,northwind,northwind,Berlin,DE",
    )

    shown = page.content.decode()
    assert "1 new, 1 changed and 0 unchanged rows" in shown
    assert "<del>Basil&#x27;s Bakery</del> <ins>Basil &amp; Sons</ins>" in shown
    assert "style=" not in shown
    assert Customer.objects.get().name == "Basil's Bakery"


def test_confirmed_rows_are_written_with_their_addresses_and_the_reason(
    staff_client: Client,
) -> None:
    brand()
    page = _upload(
        staff_client, "nova,Nova Clinics,a@nova.example,Europe/Berlin,northwind,northwind,Berlin,DE"
    )

    done = _confirm(staff_client, page)

    nova = Customer.objects.get()
    assert (nova.external_id, nova.timezone, nova.customer_class) == (
        "nova", "Europe/Berlin", "business",
    )  # fmt: skip
    address = nova.addresses.get()
    assert (address.kind, address.city, address.country) == ("billing", "Berlin", "DE")
    assert "1 new" in str(next(iter(done.context["messages"])))
    tracked: Any = nova
    assert tracked.events.latest("pk").pgh_context.metadata["reason"] == "moved"


def test_columns_that_the_file_lacks_and_empty_choices_stay_as_they_are(
    staff_client: Client,
) -> None:
    buyer = acme(vat_id="DE1")
    Address.objects.create(customer=buyer, kind="billing", city="Chicago", country="US")

    page = _upload(staff_client, "acme,Acme Ltd,", headings="external_id,name,timezone")
    _confirm(staff_client, page)

    buyer.refresh_from_db()
    assert (buyer.name, buyer.vat_id, buyer.timezone) == ("Acme Ltd", "DE1", "America/New_York")
    assert buyer.addresses.get().city == "Chicago"


def test_an_unchanged_row_is_skipped(staff_client: Client) -> None:
    basil()

    page = _upload(staff_client, "basil,Basil's Bakery", headings="external_id,name")

    assert dict(page.context["result"].totals)["skip"] == 1


@pytest.mark.parametrize(
    "headings, row, field, words",
    [
        ("external_id,name,email", "basil,B,nobody", "email", "Enter a valid email address."),
        ("external_id,name", "basil,", "name", "This field cannot be blank."),
        ("external_id,timezone", "basil,Mars", "timezone", "Mars is not a time zone"),
        ("external_id,legal_entity", "basil,south", "legal_entity", "there is no legal entity"),
        ("external_id,is_sandbox", "basil,perhaps", "is_sandbox", "write yes or no"),
        ("external_id,customer_class", "basil,x", "customer_class", "is not a valid choice"),
        ("external_id,credit_low_percent", "basil,-1", "credit_low_percent", "not a whole number"),
        ("external_id,billing_city", "basil,Rome", "billing_country", "cannot be blank"),
        ("external_id,is_sandbox", "basil,yes", "is_sandbox", "this is decided once"),
    ],
)
def test_a_row_that_is_refused_names_column_and_reason(
    staff_client: Client, headings: str, row: str, field: str, words: str
) -> None:
    basil()

    page = _upload(staff_client, row, headings=headings)

    problems = _problems(page)
    assert list(problems) == [field]
    assert words in problems[field][0]
    assert page.context.get("confirm_form") is None


def test_one_bad_row_keeps_all_others_out(staff_client: Client) -> None:
    brand()

    page = _upload(
        staff_client,
        "nova,Nova,,UTC,northwind,northwind,,",
        "dora,Dora,,Mars,northwind,northwind,,",
    )

    assert page.context.get("confirm_form") is None
    assert not Customer.objects.exists()


def test_what_changed_between_look_and_yes_imports_nothing(staff_client: Client) -> None:
    brand()
    page = _upload(staff_client, "nova,Nova,,UTC,northwind,northwind,,")
    other = northwind(code="south", name="South", invoice_prefix="SO")
    northwind().brands.update(legal_entity=other)

    done = _confirm(staff_client, page)

    assert "Nothing was imported" in str(next(iter(done.context["messages"])))
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "name, data, words",
    [
        ("c.csv", b"external_id,colour\nbasil,red", "There is no column &#x27;colour&#x27;"),
        ("c.csv", b"name\nBasil", "external_id"),
        ("c.csv", b"\xff\xfe\n", "no CSV in UTF-8"),
        ("c.xlsx", b"external_id\nbasil", "This is no XLSX workbook."),
        ("c.pdf", b"external_id\nbasil", "Say whether this is CSV or XLSX."),
        ("c.csv", b"a" * (5 * 1024 * 1024 + 1), "at most 5 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    staff_client: Client, name: str, data: bytes, words: str
) -> None:
    page = staff_client.post(IMPORT, {"import_file": SimpleUploadedFile(name, data), "format": ""})

    assert page.status_code == 200
    assert words in page.content.decode()


def test_a_yes_to_a_file_that_is_gone_is_answered_with_words(staff_client: Client) -> None:
    fields = {"import_file_name": "../../etc/passwd", "original_file_name": "c", "format": "0"}

    done = staff_client.post(PROCESS, fields, follow=True)

    assert [str(message) for message in done.context["messages"]] == [
        "The file is not kept any more; upload it again."
    ]
    assert staff_client.post(PROCESS, {**fields, "format": "9"}).status_code == 200
    assert KeptUpload.CACHE_LIFETIME == 3600


def test_the_list_is_exported_as_it_is_filtered_and_can_be_imported_again(
    staff_client: Client,
) -> None:
    Address.objects.create(customer=basil(), kind="billing", city="Evanston", country="US")
    acme()

    answer = staff_client.post(f"{EXPORT}?is_sandbox__exact=0", {"format": "0"})

    text = answer.content.decode()
    assert answer["Content-Type"] == "text/csv"
    assert [line.split(",")[0] for line in text.splitlines()] == ["external_id", "basil"]
    assert ",Evanston," in text
    again = staff_client.post(
        IMPORT, {"import_file": SimpleUploadedFile("c.csv", answer.content), "format": "0"}
    )
    assert dict(again.context["result"].totals)["skip"] == 1


@pytest.mark.parametrize("text", ["=1+2", "+1-800-CALL", "-cmd", "@SUM(A1)", "'=1+2"])
@pytest.mark.parametrize("file_format, name", [("0", "c.csv"), ("1", "c.xlsx")])
def test_a_text_that_looks_like_a_formula_goes_out_and_comes_back(
    staff_client: Client, text: str, file_format: str, name: str
) -> None:
    customer = basil(vat_id=text)

    answer = staff_client.post(EXPORT, {"format": file_format})

    if file_format == "0":
        assert f",'{text}," in answer.content.decode()
    again = staff_client.post(
        IMPORT, {"import_file": SimpleUploadedFile(name, answer.content), "format": ""}
    )
    assert dict(again.context["result"].totals)["skip"] == 1
    customer.refresh_from_db()
    assert customer.vat_id == text


def test_a_name_with_a_control_character_is_exported_without_it(staff_client: Client) -> None:
    customer("basil", "Basil\x01 & Sons")

    answer = staff_client.post(EXPORT, {"format": "1"})

    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    assert sheet[2][1].value == "Basil & Sons"


def test_a_text_that_looks_like_a_formula_is_exported_as_text(staff_client: Client) -> None:
    basil(vat_id="=1+2")

    answer = staff_client.post(EXPORT, {"format": "1"})

    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert sheet[2][headings.index("vat_id")].value == "'=1+2"
    assert sheet[2][headings.index("credit_low_percent")].value == "20"


def test_who_may_only_look_may_export_and_not_import(clerk_client: Client) -> None:
    basil()
    page = clerk_client.get(reverse("admin:accounts_customer_changelist")).content.decode()
    assert re.findall(r'class="(import|export)_link"', page) == ["export"]

    assert clerk_client.post(EXPORT, {"format": "0"}).status_code == 200
    assert clerk_client.get(IMPORT).status_code == 403
    assert clerk_client.post(PROCESS, {}).status_code == 403


@pytest.mark.django_db
def test_who_may_change_and_not_add_may_not_import(client: Client) -> None:
    someone = User.objects.create_user("ed@northwind.example", is_staff=True)
    rights = Permission.objects.filter(codename__in=["view_customer", "change_customer"])
    someone.user_permissions.set(rights)
    client.force_login(someone)

    assert client.get(IMPORT).status_code == 403


def test_the_pages_carry_no_script_or_style_of_their_own(staff_client: Client) -> None:
    basil()
    page = _upload(staff_client, "basil,Basil & Sons", headings="external_id,name")
    pages = [staff_client.get(IMPORT), staff_client.get(EXPORT), page]

    for answer in pages:
        html = answer.content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=", html) == []
    assert "import_file" not in form_of(staff_client, IMPORT)
