"""The usage that a plan's preview was sent: the rows that are offered, lines of text, and CSV."""

from django.http import HttpRequest

from catalog.models import Plan
from invoicing.admin.sample_calls import read_calls
from invoicing.admin.usage_rows import (
    MOST_EVENTS,
    MOST_ROWS,
    TypedRow,
    Typing,
    read_rows,
    row_text,
)
from invoicing.assembly.sample_usage import SampleEvent, SampleQuantity
from invoicing.queries.plan_preview import offered_combinations

OFFERED_AT_MOST = 60


class TypedUsage:
    """The rows that are offered with what was typed beside them, and the pasted ones."""

    def __init__(self, request: HttpRequest, plan: Plan, typing: Typing) -> None:
        combinations = offered_combinations(plan=plan)
        self.left_out = max(0, len(combinations) - OFFERED_AT_MOST)
        quantities = dict(
            zip(request.POST.getlist("row"), request.POST.getlist("quantity"), strict=False)
        )
        self.offered = []
        for meter, dimensions in combinations[:OFFERED_AT_MOST]:
            name = row_text(meter, dimensions)
            quantity = quantities.get(name, "").strip()
            read = read_rows([f"{name} {quantity}"] if quantity else [], typing=typing)
            words = " / ".join(value for _, value in dimensions) or "any usage"
            self.offered.append(
                {
                    "name": name,
                    "meter": meter,
                    "words": words,
                    "quantity": quantity,
                    "read": read[0] if read else None,
                }
            )
        self.has_calls = any(meter.calls for meter in typing.terms.meters.values())
        pasted = request.POST.get("lines", "").splitlines()
        self.too_many = len(pasted) > MOST_ROWS
        self.lines: list[tuple[int, TypedRow]] = []
        for number, text in enumerate(pasted[:MOST_ROWS], start=1):
            rows = read_rows([text], typing=typing, first=number)
            self.lines += [(number, row) for row in rows]
        self.calls = read_calls(request.POST.get("calls", ""), typing=typing)

    @property
    def rows(self) -> list[TypedRow]:
        """Return every row that says something, offered ones first."""
        offered = [row["read"] for row in self.offered if isinstance(row["read"], TypedRow)]
        return [*offered, *(row for _, row in self.lines), *self.calls]

    @property
    def usage(self) -> list[SampleQuantity]:
        """Return the quantities."""
        return [row.usage for row in self.rows if row.usage is not None]

    @property
    def events(self) -> list[SampleEvent]:
        """Return the events, calls among them."""
        return [event for row in self.rows for event in row.events]

    @property
    def wrong_lines(self) -> list[tuple[int, TypedRow]]:
        """Return the pasted lines that cannot be read, with their numbers."""
        return [(number, row) for number, row in self.lines if row.problem]

    @property
    def wrong_calls(self) -> list[tuple[int, TypedRow]]:
        """Return the rows of the CSV that cannot be read, with their numbers."""
        return [(number, row) for number, row in enumerate(self.calls, start=1) if row.problem]

    @property
    def refusal(self) -> str:
        """Return why nothing of it is billed, nothing where it can be."""
        if self.too_many:
            return f"At most {MOST_ROWS} lines are read."
        if any(row.problem for row in self.rows):
            return "Some rows cannot be read; each says why."
        if len(self.events) > MOST_EVENTS:
            return f"At most {MOST_EVENTS:,} events are read."
        return ""
