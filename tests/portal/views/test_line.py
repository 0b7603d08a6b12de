"""Why a line is this much."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from invoicing.models import InvoiceLine
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row
from tests.portal.views.invoice_pages import of_invoice, of_line, reader
from tests.refusals import damage

pytestmark = pytest.mark.django_db


def line_named(words: str) -> InvoiceLine:
    return InvoiceLine.objects.select_related("invoice__customer").get(description=words)


def page_of(line: InvoiceLine) -> str:
    return reader(line.invoice.customer).get(of_line("line", line)).content.decode()


def sentence_of(line: InvoiceLine) -> str:
    answer = reader(line.invoice.customer).get(of_line("line", line))
    return str(answer.context["why"].sentence)


def with_usage(*bodies: dict[str, object]) -> None:
    """Give Acme's agreement these events, and bring its upcoming invoice up to date."""
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), list(bodies))
    refresh_customer(customer_id=acme.pk, now=make.NOW)


def test_a_line_is_told_in_a_sentence_and_in_steps() -> None:
    invoices.issued_example()
    line = line_named("AI Calls - US / resolved")

    answer = reader(line.invoice.customer).get(of_line("line", line))

    why = answer.context["why"]
    assert why.sentence == (
        "13 minutes × $0.20 = $2.60, at the rate of US / resolved (in force since Nov 1, 2024)."
    )
    assert [step.title for step in why.steps] == [
        "What was counted", "Which rate", "The calculation", "Rounding", "Credit",
    ]  # fmt: skip
    assert why.steps[4].text == "Prepaid credit grant-1 pays $2.60 of this line."
    assert "<h1>AI Calls - US / resolved</h1>" in answer.content.decode()


def test_the_line_leads_back_to_the_total_of_its_invoice() -> None:
    invoice = invoices.issued_example()

    page = page_of(line_named("AI Calls - US / resolved"))

    assert "$2.60 is part of the total of $21.35 on" in page
    assert f'href="{of_invoice("invoice", invoice)}#lin_' in page


def test_a_rate_of_the_agreement_is_called_that() -> None:
    with_usage(make.call_body("c1", outcome="escalated", minutes=2))

    assert sentence_of(line_named("AI Calls - US / escalated")) == (
        "2 minutes × $0.75 = $1.50, at the rate that your agreement has for US / escalated."
    )


def test_usage_that_fell_back_says_which_spelling_would_have_matched() -> None:
    with_usage(make.call_body("c1", region="us", minutes=2))
    line = line_named("AI Calls - us / resolved")

    page = page_of(line)

    assert sentence_of(line) == (
        "2 minutes × $0.40 = $0.80, at the fallback rate: "
        "no entry of the rate card ai-call-rates matches us / resolved."
    )
    assert "The rate card spells region as US" in page


def test_the_first_events_stand_below_with_the_way_to_all() -> None:
    invoices.issued_example()
    line = line_named("AI Calls - US / resolved")

    answer = reader(line.invoice.customer).get(of_line("line", line))

    assert [(row.when, row.key, row.quantity) for row in answer.context["events"]] == [
        ("Nov 5, 2024 10:00:00", "call-1", "5 minutes"),
        ("Nov 6, 2024 10:00:00", "call-2", "8 minutes"),
    ]
    assert f'href="{of_line("line_events", line)}"' in answer.content.decode()


@pytest.mark.parametrize("trace", [{}, {"source": "entry"}, {"rate": "0.2", "label": "x"}])
def test_a_line_with_a_trace_of_an_older_version_is_told_as_far_as_it_goes(
    trace: dict[str, str],
) -> None:
    invoices.issued_example()
    line = line_named("AI Calls - US / resolved")
    with damage():
        InvoiceLine.objects.filter(pk=line.pk).update(trace=trace)

    assert sentence_of(line) == "13 minutes × $0.20 = $2.60."


def test_a_charge_that_counts_nothing_has_no_events() -> None:
    draft = invoices.draft_of([Row("99.00", "Platform fee", section="platform")])
    line = draft.lines.select_related("invoice__customer").get()

    page = page_of(line)

    assert "A charge for Oct 31 – Nov 30, 2024" not in page
    assert "it does not count usage." in page
    assert of_line("line_events", line) not in page


def test_a_line_of_others_is_answered_as_if_there_were_none() -> None:
    invoices.issued_example()
    line = line_named("AI Calls - US / resolved")
    basil = make.basil()
    of_basil = invoices.draft_of([Row("1.00")], buyer=basil)

    client = reader(basil)

    assert client.get(of_line("line", line, customer=basil)).status_code == 404
    assert client.get(of_line("line", line)).status_code == 404
    mixed = f"{of_invoice('invoice', of_basil)}lines/{line.public_id}/"
    assert client.get(mixed).status_code == 404
    assert client.get(f"{of_invoice('invoice', of_basil)}lines/lin_1/").status_code == 404


def test_a_line_is_asked_about_by_those_who_may() -> None:
    invoices.issued_example()
    line = line_named("AI Calls - US / resolved")
    read_only = reader(line.invoice.customer, role=Role.READ_ONLY)

    assert "Ask about this line" in page_of(line)
    assert "Ask about this line" not in read_only.get(of_line("line", line)).content.decode()


def test_the_page_asks_at_most_fifteen_queries() -> None:
    with_usage(make.call_body("c1", region="us", minutes=2))
    line = line_named("AI Calls - us / resolved")
    client = reader(line.invoice.customer)

    with CaptureQueriesContext(connection) as captured:
        client.get(of_line("line", line))

    assert len(captured) <= 15
