"""Issuing many drafts: the page that asks, the jobs, and how far one is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from djmoney.money import Money

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.words import instant_words, money_words, state_badge
from accounts.columns import exact
from accounts.models import User
from invoicing.admin.invoice_tables import invoice_period
from invoicing.models import Invoice, IssueJob, IssueJobItem, IssueOutcome
from invoicing.operations.issue_many import NotTheSameJob, start_issue_job
from invoicing.queries.issue_jobs import JobProgress, issuable, progress_of, with_progress
from invoicing.tasks import issue_job
from values.identifiers import uuid7

MOST_AT_ONCE = 5_000
LISTED_AT_MOST = 50
CHANGE_INVOICE = "invoicing.change_invoice"


@admin.action(description="Issue selected drafts", permissions=["issue"])
def issue_selected(admin_: Any, request: HttpRequest, chosen: QuerySet[Invoice]) -> HttpResponse:
    """Ask first: how many, how much, and what is wrong with which."""
    ids = list(chosen.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(ids) > MOST_AT_ONCE:
        messages.error(request, f"At most {MOST_AT_ONCE:,} invoices are issued at once.")
        return redirect(request.get_full_path())
    return confirmation_page(admin_, request, ids)


def confirmation_page(admin_: Any, request: HttpRequest, ids: Sequence[int]) -> HttpResponse:
    """Return the page that says what would be issued."""
    found = issuable(invoices=_invoices(ids), now=datetime.now(UTC))
    context = {
        **admin_.admin_site.each_context(request),
        "title": "Issue selected drafts",
        "opts": Invoice._meta,
        "ids": ",".join(str(invoice.pk) for invoice in found.ready),
        "uid": uuid7(),
        "ready": len(found.ready),
        "sums": _sums(found.ready),
        "warned": [
            (_row(invoice), invoice.stopped_detail or invoice.stopped_error)
            for invoice in found.ready
            if invoice.stopped_error
        ][:LISTED_AT_MOST],
        "others": [(_row(invoice), words) for invoice, words in found.others[:LISTED_AT_MOST]],
        "others_number": len(found.others),
        "back": reverse("admin:invoicing_invoice_changelist"),
        "media": admin_.media,
    }
    return TemplateResponse(request, "admin/invoicing/issue_job_confirm.html", context)


def _invoices(ids: Sequence[int]) -> QuerySet[Invoice]:
    return (
        Invoice.objects.filter(pk__in=ids)
        .select_related("customer__test_clock")
        .order_by("period_end", "pk")
    )


def _row(invoice: Invoice) -> dict[str, str]:
    return {
        "name": f"{invoice.customer}, {invoice_period(invoice)}",
        "link": reverse("admin:invoicing_invoice_change", args=[invoice.pk]),
    }


def _sums(invoices: Sequence[Invoice]) -> list[tuple[str, str, str]]:
    """Return (currency, total, due) of each currency."""
    sums: dict[str, list[Money]] = {}
    for invoice in invoices:
        total, due = sums.setdefault(
            invoice.currency, [Money(0, invoice.currency), Money(0, invoice.currency)]
        )
        sums[invoice.currency] = [
            Money(exact(total) + exact(invoice.total), invoice.currency),
            Money(exact(due) + exact(invoice.amount_due), invoice.currency),
        ]
    return [
        (currency, money_words(total), money_words(due))
        for currency, (total, due) in sorted(sums.items())
    ]


@admin.register(IssueJob)
class IssueJobAdmin(ReadOnlyAdmin):
    """Requests to issue many invoices, and what came of each."""

    list_display = ("requested", "requested_by", "state", "progress", "reason")
    list_display_links = ("requested",)
    list_select_related = ("requested_by",)
    date_hierarchy = "requested_at"
    search_fields = ("reason", "requested_by__email")
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let also those look who may issue."""
        return super().has_view_permission(request, obj) or request.user.has_perm(CHANGE_INVOICE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_progress(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "start/",
                self.admin_site.admin_view(self.start_view),
                name="invoicing_issuejob_start",
            ),
            path(
                "<int:job_id>/",
                self.admin_site.admin_view(self.progress_view),
                name="invoicing_issuejob_progress",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        if job is None:
            raise Http404
        return redirect("admin:invoicing_issuejob_progress", job.pk)

    def start_view(self, request: HttpRequest) -> HttpResponse:
        """Start the job that was confirmed; what cannot be issued meanwhile is left to it."""
        if not request.user.has_perm(CHANGE_INVOICE):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        ids = _ids(request.POST.get("invoices", ""))
        found = set(Invoice.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if not found:
            messages.error(request, "No invoice was chosen.")
            return redirect("admin:invoicing_invoice_changelist")
        try:
            job = self._started(request, [pk for pk in ids if pk in found])
        except (ValueError, NotTheSameJob):
            messages.error(request, "Nothing was started. Select the drafts once more.")
            return redirect("admin:invoicing_invoice_changelist")
        return redirect("admin:invoicing_issuejob_progress", job.pk)

    def _started(self, request: HttpRequest, ids: Sequence[int]) -> IssueJob:
        """
        Return the job that the form stands for; sent twice, it is one.

        :raises ValueError: the form has no id.
        :raises NotTheSameJob: its id is of somebody else's job.
        """
        assert isinstance(request.user, User)
        job, is_new = start_issue_job(
            uid=UUID(request.POST.get("uid", "")),
            invoice_ids=ids,
            requested_by=request.user,
            now=datetime.now(UTC),
            reason=request.POST.get("_reason", "").replace("\x00", "").strip()[:500],
        )
        if is_new:
            self.log_addition(request, job, f"{len(ids)} invoices to be issued.")
            # Without a broker the failure is logged, and `finish_issued` finds the job later.
            transaction.on_commit(lambda: issue_job.delay(job.pk), robust=True)
        return job

    def progress_view(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """Show how far the job is; htmx asks for the live part alone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = self.get_queryset(request).select_related("requested_by").filter(pk=job_id).first()
        if job is None:
            raise Http404
        context = {"job": job, "progress": progress_of(job), "refused": _refused(job)}
        if request.headers.get("HX-Request"):
            return TemplateResponse(request, "admin/invoicing/issue_job_live.html", context)
        context |= {
            **self.admin_site.each_context(request),
            "title": "Issuing invoices",
            "opts": self.opts,
            "original": job,
            "object_url": request.path,
            "requested": instant_words(job.requested_at),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/invoicing/issue_job.html", context)

    @admin.display(description="requested", ordering="requested_at")
    def requested(self, job: IssueJob) -> str:
        return instant_words(job.requested_at)

    @admin.display(description="invoices")
    def progress(self, job: IssueJob) -> SafeString:
        found = progress_of(job)
        return format_html(
            '<progress max="{}" value="{}" aria-label="Done"></progress> {} of {}',
            found.total, found.done, found.done, found.total,
        )  # fmt: skip

    @admin.display(description="state")
    def state(self, job: IssueJob) -> SafeString:
        return job_badge(progress_of(job))


def job_badge(progress: JobProgress) -> SafeString:
    """Return the state of a job as word and colour."""
    if progress.waiting:
        return state_badge("running", "waiting")
    if progress.refused:
        return state_badge(f"done, {progress.refused} not issued", "bad")
    return state_badge("done", "good")


def _refused(job: IssueJob) -> list[tuple[dict[str, str], str]]:
    items = (
        IssueJobItem.objects.filter(job=job, outcome=IssueOutcome.REFUSED)
        .select_related("invoice__customer")
        .order_by("pk")[:LISTED_AT_MOST]
    )
    return [(_row(item.invoice), item.detail) for item in items]


def _ids(text: str) -> list[int]:
    """Return the ids of a list such as ``3,5``; what is no id is left out."""
    parts = text.split(",")[:MOST_AT_ONCE]
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]
