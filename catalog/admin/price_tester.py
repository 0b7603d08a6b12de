"""The price tester: dimensions, a quantity and a time in; the amount and its reason out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.admin.pages.buttons import object_url
from accounts.admin.pages.days import DayField
from catalog.queries.price_tests import PriceTest, price_test
from invoicing.rating.price import PriceTerms, matched_properties
from invoicing.rating.trace import Trace
from usage.metering.meter import Meter
from values.exact import NotExact, exact_decimal
from values.money import Rounding, money_text
from values.problems import InvalidTerms


@dataclass(frozen=True, slots=True)
class TestedPrice:
    """A price as it would be billed; the time is read in `zone`, versions in the seller's."""

    __test__ = False  # not a test case, whatever its name suggests to pytest

    price: PriceTerms
    meter: Meter
    currency: str
    rounding: Rounding
    zone: str
    seller_zone: str

    def properties(self) -> list[str]:
        """Return the group keys, then what else the rates look at."""
        keys = list(self.meter.group_keys)
        return keys + sorted(matched_properties(self.price).difference(keys))


class TesterForm(forms.Form):
    """What to price."""

    quantity = forms.CharField(max_length=60)
    at = DayField(label="Time", help_text="A date or a time with its offset.")

    def __init__(self, tested: TestedPrice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tested = tested
        if tested.meter.unit:
            self.fields["quantity"].help_text = f"In {tested.meter.unit}s."
        for index, name in enumerate(tested.properties()):
            self.fields[f"property_{index}"] = forms.CharField(
                label=name, required=False, max_length=1000, strip=False, help_text="Empty: absent."
            )

    def clean_quantity(self) -> Decimal:
        try:
            return exact_decimal(self.cleaned_data["quantity"])
        except NotExact as error:
            raise ValidationError(str(error)) from error

    def test(self) -> PriceTest:
        """Return the question."""
        at: date | datetime = self.cleaned_data["at"]
        field = self.fields["at"]
        assert isinstance(field, DayField)
        values = {
            name: self.cleaned_data[f"property_{index}"]
            for index, name in enumerate(self.tested.properties())
        }
        return PriceTest(
            dimensions={name: value for name, value in values.items() if value},
            quantity=self.cleaned_data["quantity"],
            at=field.instant(at, self.tested.zone),
            currency=self.tested.currency,
            rounding=self.tested.rounding,
        )


def price_tester_page(
    admin: Any,
    request: HttpRequest,
    original: Any,
    tested: TestedPrice,
    *,
    choices: Sequence[str] = (),
) -> HttpResponse:
    """
    Return the page with the form and, once it is filled in, the answer.

    `choices` are the codes of the prices to choose from, where there are several.
    """
    asked = "quantity" in request.GET
    initial = {"quantity": "1", "at": datetime.now(UTC).date().isoformat()}
    form = TesterForm(tested, request.GET if asked else None, initial=initial)
    answer = _answer(tested, form) if asked and form.is_valid() else None
    context = {
        **admin.admin_site.each_context(request),
        "title": "Price tester",
        "opts": admin.opts,
        "original": original,
        "object_url": object_url(admin, original),
        "tested": tested,
        "choices": choices,
        "form": form,
        "answer": answer,
        "media": admin.media,
    }
    return TemplateResponse(request, "admin/catalog/price_tester.html", context)


def _answer(tested: TestedPrice, form: TesterForm) -> dict[str, Any]:
    try:
        rated = price_test(price=tested.price, meter=tested.meter, test=form.test())
    except InvalidTerms as error:
        return {"refused": str(error)}
    if rated is None:
        return {"refused": "No published version of this price is in force at that time."}
    hints = [item.hint for item in rated.unmatched] + [item.hint for item in rated.quarantined]
    answer: dict[str, Any] = {"hint": next(filter(None, hints), None)}
    if rated.quarantined:
        return {**answer, "refused": "No rate matches, and the card says not to bill it."}
    if not rated.lines:
        return {**answer, "refused": "A quantity of 0 makes no line."}
    line = rated.lines[0]
    return {
        **answer,
        "line": line,
        "amount": f"{money_text(line.amount, line.currency)} {line.currency}",
        "sentence": line.trace.sentence(zone=tested.seller_zone),
        "is_fallback": bool(rated.unmatched),
        "steps": _steps(line.trace),
    }


def _steps(trace: Trace) -> list[tuple[str, str]]:
    steps = [("Rate from", trace.source.value.replace("_", " "))]
    if trace.rate_card:
        steps.append(("Rate card", trace.rate_card))
    if trace.entry:
        steps.append(("Entry", f"{trace.entry.text()} (priority {trace.entry.priority})"))
    steps += [("Also matches, ranks lower", entry.text()) for entry in trace.passed_over]
    return steps
