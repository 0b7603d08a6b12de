"""What people read when something is not there, not allowed, or broken."""

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from billing_portal import error_pages
from tests import factories as make
from usage.store.interface import StoreUnavailable

TEMPLATES = ("400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html")


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_error_page_needs_neither_a_request_nor_the_database(name: str) -> None:
    page = get_template(name).render()

    assert page.count("<h1>") == 1
    assert "Billing portal" in page
    assert 'href="/"' in page


def answers() -> list[tuple[Callable[[HttpRequest], HttpResponse], int, str]]:
    fault = ValueError("secret detail")
    return [
        (lambda request: error_pages.bad_request(request, fault), 400, "not understood"),
        (error_pages.server_error, 500, "went wrong on our side"),
    ]


@pytest.mark.parametrize("answer, status, words", answers())
def test_a_fault_is_told_in_words_without_a_query(
    answer: Callable[[HttpRequest], HttpResponse],
    status: int,
    words: str,
    django_assert_num_queries: DjangoAssertNumQueries,
    db: None,
) -> None:
    with django_assert_num_queries(0):
        response = answer(RequestFactory().get("/portal/"))

    assert response.status_code == status
    assert words in response.content.decode()
    assert "secret detail" not in response.content.decode()


@pytest.mark.parametrize("away", [OperationalError("host=secret"), StoreUnavailable("secret")])
def test_a_database_that_does_not_answer_is_told(away: Exception) -> None:
    request = RequestFactory().get("/portal/")
    try:
        raise away
    except OperationalError:
        response = error_pages.server_error(request)

    assert response.status_code == 503
    assert "A database does not answer" in response.content.decode()
    assert "secret" not in response.content.decode()


@pytest.mark.django_db
def test_an_unknown_address_is_told_under_the_brands_name(client: Client) -> None:
    brand = make.acme().brand

    answer = client.get("/nonsense")

    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert brand.name in answer.content.decode()


@pytest.mark.django_db
def test_a_form_that_is_not_ours_is_told_how_to_send_it_again() -> None:
    make.acme()

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})

    assert answer.status_code == 403
    assert "Please send it again" in answer.content.decode()


def test_a_host_that_is_not_ours_is_refused_without_a_brand(
    client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]

    answer = client.get("/accounts/login/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "not understood" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/nonsense", "/accounts/login/"])
def test_a_page_keeps_to_the_content_security_policy(client: Client, page: str) -> None:
    make.acme()

    text = client.get(page).content.decode()

    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert " onclick=" not in text


def test_programs_are_told_to_come_again_where_a_database_does_not_answer() -> None:
    request = RequestFactory().get("/api/v1/invoices")
    try:
        raise StoreUnavailable("secret")
    except OperationalError:
        response = error_pages.server_error(request)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "secret" not in response.content.decode()


def test_programs_read_problems(client: Client) -> None:
    answer = client.get("/api/v1/nonsense")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
