"""Plans of a file into the database; what contracts run on is fixed."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef

from catalog.models import Plan, PlanGrant, PlanPrice, Price
from contracts.models import Contract
from invoicing.credits import plan_grants
from plan_file.changes import Difference
from plan_file.format import plans as format_plans
from plan_file.format.tree import Path
from plan_file.operations.application import Application, by_code, compared
from plan_file.queries.price_book import stored_plan

_FIXED = (
    *("currency", "billing_period", "prices"),
    *("minimum_commitment", "commitment_tax_code", "grants"),
)
_IN_USE = "the plan is in use; make a new one for new contracts"
_COLUMNS = (
    *("name", "currency", "billing_period", "net_terms_days", "autopay", "grace_hours"),
    *("minimum_commitment", "commitment_tax_code"),
)


def apply_plans(application: Application, prices: Mapping[str, Price]) -> dict[str, Plan]:
    """Return the rows of the file's plans by code, made or brought in line."""
    document = application.document
    known = Plan.objects.filter(
        legal_entity=application.legal_entity,
        code__in=[plan.code for plan in document.plans],
    )
    activated = Contract.objects.filter(plan=OuterRef("pk")).exclude(activated_at=None)
    in_use = set(known.filter(Exists(activated)).values_list("pk", flat=True))
    rows = {row.code: row for row in known.prefetch_related("items__price", "grants")}
    stored = by_code(
        application.written("plans", plans=tuple(stored_plan(row) for row in rows.values()))
    )
    stated = by_code(application.written("plans", plans=document.plans))
    new: list[Plan] = []
    changed: list[Plan] = []
    repriced: list[tuple[Plan, format_plans.Plan]] = []
    regranted: list[tuple[Plan, format_plans.Plan]] = []
    for index, plan in enumerate(document.plans):
        path: Path = ("plans", index)
        row = rows.get(plan.code)
        found: tuple[Difference, ...] = ()
        if row is None:
            row = Plan(legal_entity=application.legal_entity, code=plan.code)
            new.append(row)
            repriced.append((row, plan))
            regranted.append((row, plan))
        else:
            found = compared(stored[plan.code], stated[plan.code])
            fixed = [each for each in found if each.path[0] in _FIXED]
            if row.pk in in_use:
                for difference in fixed:
                    application.refuse((*path, *difference.path), _IN_USE)
            if found:
                changed.append(row)
            if any(each.path[0] == "prices" for each in fixed):
                repriced.append((row, plan))
            if any(each.path[0] == "grants" for each in fixed):
                regranted.append((row, plan))
        for column in _COLUMNS:
            setattr(row, column, getattr(plan, column))
        row.billing_period = plan.billing_period.value
        row.commitment_tax_code = plan.commitment_tax_code or ""
        for number, grant in enumerate(plan.grants):
            application.fits(_grant_row(row, grant, number), (*path, "grants", number))
        application.fits(row, path)
        application.tell("plan", plan.code, found, is_new=plan.code not in rows)
    if not application.problems:
        Plan.objects.bulk_create(new)
        Plan.objects.bulk_update(changed, _COLUMNS)
        _list_prices(repriced, prices)
        _list_grants(regranted)
    return rows | {row.code: row for row in new}


def _list_prices(
    repriced: list[tuple[Plan, format_plans.Plan]], prices: Mapping[str, Price]
) -> None:
    PlanPrice.objects.filter(plan__in=[row for row, _ in repriced]).delete()
    PlanPrice.objects.bulk_create(
        PlanPrice(plan=row, price=prices[code], position=position)
        for row, plan in repriced
        for position, code in enumerate(plan.prices)
    )


def _list_grants(regranted: list[tuple[Plan, format_plans.Plan]]) -> None:
    PlanGrant.objects.filter(plan__in=[row for row, _ in regranted]).delete()
    PlanGrant.objects.bulk_create(
        _grant_row(row, grant, position)
        for row, plan in regranted
        for position, grant in enumerate(plan.grants)
    )


def _grant_row(row: Plan, grant: plan_grants.PlanGrant, position: int) -> PlanGrant:
    return PlanGrant(
        plan=row,
        position=position,
        code=grant.code,
        amount=grant.amount,
        quantity=grant.quantity,
        unit=grant.unit or "",
        currency="" if grant.currency == row.currency else grant.currency,
        kind=grant.kind.value,
        expires_after_periods=grant.expires_after_periods,
        priority=grant.priority,
        applies_to=list(grant.applies_to),
    )
