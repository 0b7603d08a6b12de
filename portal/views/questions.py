"""Questions about invoices and their lines, and the answers."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from invoicing.documents.question_words import invoice_words, line_facts
from invoicing.models import Invoice, InvoiceLine
from invoicing.operations.ask_question import NotTheSameQuestion, TooManyQuestions, ask_question
from portal.forms.question import QuestionForm
from portal.pages import customer_page, page
from portal.queries.invoice import invoice_of, line_of
from portal.queries.questions_page import questions_page
from portal.viewer import Right, Viewer
from values.identifiers import uuid7


@customer_page()
def questions(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return what was asked, newest first, with the answers."""
    found = questions_page(customer=viewer.customer, after=request.GET.get("after", ""))
    context = {"questions": found.questions, "older": found.older}
    return page(request, viewer, "portal/questions/questions.html", context)


@customer_page(Right.ASK, methods=("GET", "POST"))
def ask_invoice(request: HttpRequest, viewer: Viewer, invoice_id: str) -> HttpResponse:
    """Return the form for a question about a whole invoice, or ask it."""
    invoice = invoice_of(customer=viewer.customer, public_id=invoice_id)
    if invoice is None:
        raise Http404
    return _ask(request, viewer, invoice, None)


@customer_page(Right.ASK, methods=("GET", "POST"))
def ask(request: HttpRequest, viewer: Viewer, invoice_id: str, line_id: str) -> HttpResponse:
    """Return the form for a question about a line, or ask it."""
    line = line_of(customer=viewer.customer, invoice_id=invoice_id, line_id=line_id)
    if line is None:
        raise Http404
    return _ask(request, viewer, line.invoice, line)


def _ask(
    request: HttpRequest, viewer: Viewer, invoice: Invoice, line: InvoiceLine | None
) -> HttpResponse:
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=_new_id())
    if form.is_bound and form.is_valid():
        try:
            question = ask_question(
                uid=form.cleaned_data["uid"],
                invoice=invoice,
                line=line,
                text=form.cleaned_data["text"],
                asked_by=viewer.user,
                now=datetime.now(UTC),
            )
        except NotTheSameQuestion:
            # A form that was taken along to another line: the same words, under a new id.
            form = QuestionForm(initial={**_new_id(), "text": form.cleaned_data["text"]})
            messages.warning(request, "This was not sent yet. Please send it once more.")
        except TooManyQuestions as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your question was sent. The answer comes by e-mail.")
            answers = reverse("portal:questions", args=[viewer.customer.public_id])
            return redirect(f"{answers}#{question.public_id}")
    elif "uid" in form.errors:
        form = QuestionForm({"text": form.data.get("text", ""), **_new_id()})
    return page(
        request,
        viewer,
        "portal/questions/ask.html",
        _asked_about(viewer, invoice, line, form),
        status=422 if form.errors else 200,
    )


def _new_id() -> dict[str, Any]:
    return {"uid": uuid7()}


def _asked_about(
    viewer: Viewer, invoice: Invoice, line: InvoiceLine | None, form: QuestionForm
) -> dict[str, Any]:
    ids = [viewer.customer.public_id, invoice.public_id]
    back = (
        reverse("portal:invoice", args=ids)
        if line is None
        else reverse("portal:line", args=[*ids, line.public_id])
    )
    return {
        "form": form,
        "invoice_words": invoice_words(invoice),
        "line": None if line is None else line_facts(line),
        "back": back,
    }
