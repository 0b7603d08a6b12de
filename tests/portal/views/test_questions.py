"""Asking about a line, and reading the answers."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Message, Role, StaffVisit, User
from invoicing.models import Invoice, Question
from invoicing.operations.answer_question import answer_question
from invoicing.operations.ask_question import MOST_A_DAY, ask_question
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row
from values.identifiers import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def november() -> Invoice:
    """Basil's issued invoice of one line, of a brand with a support e-mail."""
    invoices.brand(support_email="help@northwind.example")
    row = Row("7.00", quantity="14", unit="minute", unit_price="0.50")
    return invoices.issued(invoices.draft_of([row]))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(invoice: Invoice) -> str:
    line = invoice.lines.get()
    ids = [invoice.customer.public_id, invoice.public_id, line.public_id]
    return reverse("portal:ask", args=ids)


def form_of_whole(invoice: Invoice) -> str:
    return reverse("portal:ask_invoice", args=[invoice.customer.public_id, invoice.public_id])


def list_of(invoice: Invoice) -> str:
    return reverse("portal:questions", args=[invoice.customer.public_id])


def hidden_id(page: str) -> str:
    found = re.search(r'name="uid" value="([0-9a-f-]{36})"', page)
    assert found is not None
    return found[1]


def asked(
    invoice: Invoice, who: User, text: str = "Why so many?", now: datetime = make.NOW
) -> Question:
    return ask_question(
        uid=uuid7(),
        invoice=invoice,
        line=invoice.lines.first(),
        text=text,
        asked_by=who,
        now=now,
    )


def test_the_form_shows_the_line_and_what_is_sent_reaches_staff(november: Invoice) -> None:
    client = client_of(make.member(november.customer, role=Role.BILLING))
    page = client.get(form_of(november)).content.decode()
    assert "14 minutes" in page
    assert "$7.00" in page
    assert "AI Calls - US / resolved" in page

    sent = {"uid": hidden_id(page), "text": " Why?\r\nReally. "}
    answer = client.post(form_of(november), sent)

    question = Question.objects.get()
    assert answer["Location"] == f"{list_of(november)}#{question.public_id}"
    assert question.text == "Why?\nReally."
    assert question.line_shown == "AI Calls - US / resolved: 14 minutes, $7.00"
    assert Message.objects.get().to == "help@northwind.example"


def test_what_is_sent_twice_is_asked_once(november: Invoice) -> None:
    client = client_of(make.member(november.customer))
    sent = {"uid": str(uuid7()), "text": "Why?"}

    answers = [client.post(form_of(november), sent)["Location"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert (Question.objects.count(), Message.objects.count()) == (1, 1)


def test_an_id_that_somebody_used_gives_the_words_back_with_another(november: Invoice) -> None:
    bob = make.member(november.customer, "bob@basil.example")
    taken = asked(november, bob)
    client = client_of(make.member(november.customer))

    page = client.post(form_of(november), {"uid": str(taken.uid), "text": "Mine"}).content.decode()

    assert "Mine</textarea>" in page
    assert hidden_id(page) != str(taken.uid)
    assert Question.objects.count() == 1


def test_a_whole_invoice_can_be_asked_about(november: Invoice) -> None:
    client = client_of(make.member(november.customer))
    page = client.get(form_of_whole(november)).content.decode()
    assert "Invoice INV-2024-000007" in page

    client.post(form_of_whole(november), {"uid": hidden_id(page), "text": "Is it right?"})

    assert (Question.objects.get().line_uid, Question.objects.get().line_shown) == (None, "")


@pytest.mark.parametrize(
    "sent,words",
    [
        ({"text": "  "}, "Write what you want to know."),
        ({"text": "x" * 2001}, "at most 2000 characters"),
        ({"text": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_asked_comes_back_with_why(
    november: Invoice, sent: dict[str, str], words: str
) -> None:
    client = client_of(make.member(november.customer))

    answer = client.post(form_of(november), {"uid": str(uuid7()), **sent})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Question.objects.exists()


def test_too_many_questions_of_a_day_are_refused_with_words_that_stay(november: Invoice) -> None:
    olive = make.member(november.customer)
    for _ in range(MOST_A_DAY):
        asked(november, olive, now=datetime.now(UTC))

    sent = {"uid": str(uuid7()), "text": "One more?"}
    answer = client_of(olive).post(form_of(november), sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "50 questions were asked within a day; go on tomorrow." in page
    assert "One more?</textarea>" in page
    assert Question.objects.count() == MOST_A_DAY


def test_two_thousand_characters_of_many_lines_fit(november: Invoice) -> None:
    client = client_of(make.member(november.customer))

    client.post(form_of(november), {"uid": str(uuid7()), "text": "\r\n".join(["x"] * 1000)})

    assert len(Question.objects.get().text) == 1999


def test_an_id_of_nonsense_is_replaced_and_the_words_stay(november: Invoice) -> None:
    client = client_of(make.member(november.customer))

    answer = client.post(form_of(november), {"uid": "nonsense", "text": "Why?"})

    page = answer.content.decode()
    assert "Why?</textarea>" in page
    assert hidden_id(page)
    assert not Question.objects.exists()


def test_who_may_only_read_has_no_form_and_sees_the_questions(november: Invoice) -> None:
    asked(november, make.member(november.customer))
    reader = client_of(make.member(november.customer, role=Role.READ_ONLY))

    sent = {"uid": str(uuid7()), "text": "Why?"}
    statuses = [
        reader.get(form_of(november)).status_code,
        reader.post(form_of(november), sent).status_code,
        reader.post(form_of_whole(november), sent).status_code,
        reader.get(list_of(november)).status_code,
    ]

    assert statuses == [403, 403, 403, 200]
    assert "Why so many?" in reader.get(list_of(november)).content.decode()


def test_staff_on_a_visit_look_and_ask_nothing(november: Invoice) -> None:
    vera = User.objects.create_user("vera@northwind.example", is_staff=True)
    vera.user_permissions.add(Permission.objects.get(codename="view_as_customer"))
    StaffVisit.objects.create(staff=vera, customer=november.customer, started_at=datetime.now(UTC))
    client = client_of(vera)

    sent = {"uid": str(uuid7()), "text": "Why?"}
    assert client.post(form_of(november), sent).status_code == 403
    assert client.get(form_of(november)).status_code == 403
    assert client.get(list_of(november)).status_code == 200


def test_lines_and_invoices_of_others_are_not_found(november: Invoice) -> None:
    carla = make.carla()
    client = client_of(make.member(carla))
    line = november.lines.get()
    sent = {"uid": str(uuid7()), "text": "Why?"}

    pages = [
        reverse("portal:ask", args=[carla.public_id, november.public_id, line.public_id]),
        reverse("portal:ask_invoice", args=[carla.public_id, november.public_id]),
        reverse("portal:ask", args=[carla.public_id, "inv_nonsense", "lin_nonsense"]),
    ]

    assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    assert [client.post(page, sent).status_code for page in pages] == [404, 404, 404]


def test_the_list_shows_the_answer_and_leads_to_the_line(november: Invoice) -> None:
    olive = make.member(november.customer, "olive@basil.example")
    question = asked(november, olive, text="Why <so> many?")
    client = client_of(olive)
    page = client.get(list_of(november)).content.decode()
    assert "Open" in page
    assert "Why &lt;so&gt; many?" in page

    answer_question(
        question_id=question.pk, answer="One call.", answered_by=make.staff(), now=make.NOW
    )

    page = client.get(list_of(november)).content.decode()
    line = november.lines.get()
    ids = [november.customer.public_id, november.public_id, line.public_id]
    assert f'href="{reverse("portal:line", args=ids)}"' in page
    assert "Answered" in page
    assert "One call." in page
    assert "Nov 21, 2026" in page
    assert "sam@northwind.example" not in page


def test_a_line_that_was_written_anew_leads_to_its_invoice() -> None:
    draft = invoices.draft_of([Row("7.00")])
    olive = make.member(draft.customer)
    asked(draft, olive)
    draft.lines.all().delete()

    page = client_of(olive).get(list_of(draft)).content.decode()

    address = reverse("portal:invoice", args=[draft.customer.public_id, draft.public_id])
    assert f'<a href="{address}">AI Calls - US / resolved: 1, $7.00</a>' in page


def test_questions_of_others_are_not_listed(november: Invoice) -> None:
    asked(november, make.member(november.customer))
    carla = make.carla()

    page = (
        client_of(make.member(carla))
        .get(reverse("portal:questions", args=[carla.public_id]))
        .content.decode()
    )

    assert "Why so many?" not in page
    assert "No questions" in page


def test_older_questions_follow_on_the_next_page(november: Invoice) -> None:
    olive = make.member(november.customer)
    for number in range(21):
        asked(november, olive, text=f"Question {number:02}")
    client = client_of(olive)
    first = client.get(list_of(november)).content.decode()
    found = re.search(r'href="(\?after=qst_[0-9a-z]{26})"', first)
    assert found is not None

    second = client.get(list_of(november) + found[1]).content.decode()

    assert ("Question 20" in first, "Question 01" in first, "Question 00" in first) == (
        True,
        True,
        False,
    )
    assert ("Question 00" in second, "Question 01" in second) == (True, False)


@pytest.mark.parametrize("after", ["", "nonsense", "qst_", "%00", "qst_00000000000000000000000000"])
def test_nonsense_in_the_address_begins_anew(november: Invoice, after: str) -> None:
    olive = make.member(november.customer)
    asked(november, olive)

    page = client_of(olive).get(f"{list_of(november)}?after={after}").content.decode()

    assert "Why so many?" in page


def test_the_list_asks_the_database_as_often_for_one_as_for_twenty(november: Invoice) -> None:
    olive = make.member(november.customer)
    client = client_of(olive)

    def asks() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(list_of(november)).status_code == 200
        return len(queries)

    asked(november, olive)
    for_one = asks()
    for _ in range(19):
        asked(november, olive)

    assert asks() == for_one <= 15
