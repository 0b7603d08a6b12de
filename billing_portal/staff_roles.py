"""
The roles of staff, as groups of permissions.

The five are made, and brought back to what stands here, by every `migrate`. Who needs something
else makes a group of another name: those are left alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction

CALL_DETAILS = frozenset({"usage.event", "usage.quarantinedevent", "usage.usagefile"})
"""What shows single calls: their time, numbers and properties."""

PRICE_BOOK = frozenset(
    {
        "catalog.callrate", "catalog.plan", "catalog.plangrant", "catalog.planprice",
        "catalog.price", "catalog.priceversion", "catalog.product", "catalog.ratecard",
        "catalog.ratecardversion", "catalog.rateentry", "usage.meter",
    }
)  # fmt: skip

CUSTOMERS = frozenset(
    {
        "accounts.address", "accounts.customer", "accounts.invitation", "accounts.membership",
        "accounts.subject", "accounts.testclock", "contracts.contract",
        "contracts.contractoverride", "contracts.contractquantity", "contracts.overrideentry",
    }
)  # fmt: skip

BILLS = frozenset(
    {
        "invoicing.billrun", "invoicing.creditapplication", "invoicing.creditwarning",
        "invoicing.grant", "invoicing.grantentry", "invoicing.invoice", "invoicing.invoiceemail",
        "invoicing.invoiceline", "invoicing.issuejob", "invoicing.issuejobitem",
        "invoicing.journalentry", "invoicing.numberseries", "invoicing.question",
        "accounts.message",
    }
)  # fmt: skip

SELLERS = frozenset(
    {
        "accounts.brand", "accounts.legalentity", "accounts.partner",
        "accounts.partnerinvitation", "accounts.partnermembership", "usage.keylimit",
        "usage.source",
    }
)  # fmt: skip
WORKFLOW = frozenset(
    {
        "billing_portal.taskfailure", "usage.backfill", "usage.ratingverdict", "usage.replayjob",
        "usage.sourceday", "usage.sourceminute", "usage.subjectmove", "usage.usagealarm",
        "usage.usagearchive",
    }
)  # fmt: skip
OWN_FILTERS = frozenset({"billing_portal.savedfilter"})
HISTORY = frozenset(
    {
        "accounts.recordlook",
        "accounts.staffvisit",
        "accounts.visitedpage",
        "admin.logentry",
        "pghistory.middlewareevents",
    }
)


@dataclass(frozen=True, slots=True)
class StaffRole:
    """
    A role: which kinds of rows it looks at, which it also changes, and what else it may.

    None for `views` and `changes` is every kind there is. Kinds are named as in
    ``invoicing.invoice``.
    """

    name: str
    views: frozenset[str] | None
    changes: frozenset[str] | None = frozenset()
    also: frozenset[str] = frozenset()


_DESK = CUSTOMERS | BILLS | PRICE_BOOK | SELLERS | WORKFLOW

STAFF_ROLES = (
    StaffRole(
        "Support",
        views=_DESK,
        changes=OWN_FILTERS,
        also=frozenset({"accounts.view_as_customer"}),
    ),
    StaffRole(
        "Billing",
        views=_DESK | CALL_DETAILS,
        changes=CUSTOMERS
        | OWN_FILTERS
        | frozenset(
            {
                "accounts.message", "billing_portal.taskfailure", "invoicing.grant",
                "invoicing.invoice", "invoicing.invoiceemail", "invoicing.issuejob",
                "invoicing.question", "usage.backfill", "usage.quarantinedevent",
                "usage.usagefile",
            }
        ),
        also=frozenset({"accounts.view_as_customer", "usage.change_event"}),
    ),
    StaffRole(
        "Pricing",
        views=PRICE_BOOK
        | SELLERS
        | WORKFLOW
        | {
            "accounts.customer", "contracts.contract", "contracts.contractoverride",
            "contracts.contractquantity", "contracts.overrideentry", "invoicing.invoice",
            "invoicing.invoiceline",
        },
        changes=PRICE_BOOK
        | OWN_FILTERS
        | {"contracts.contractoverride", "contracts.overrideentry"},
    ),
    StaffRole("Admin", views=None, changes=None, also=frozenset({"accounts.view_as_customer"})),
    StaffRole("Auditor", views=None, changes=OWN_FILTERS),
)  # fmt: skip


def keep_staff_roles(sender: Any = None, **_: Any) -> None:
    """Make the five groups say what stands here; a receiver of `post_migrate`."""
    permissions = list(Permission.objects.select_related("content_type"))
    with transaction.atomic():
        for role in STAFF_ROLES:
            group, _made = Group.objects.get_or_create(name=role.name)
            group.permissions.set(_permissions_of(role, permissions))


def _permissions_of(role: StaffRole, permissions: Iterable[Permission]) -> list[Permission]:
    return [permission for permission in permissions if _holds(role, permission)]


def _holds(role: StaffRole, permission: Permission) -> bool:
    kind = f"{permission.content_type.app_label}.{permission.content_type.model}"
    if f"{permission.content_type.app_label}.{permission.codename}" in role.also:
        return True
    right, _, model = permission.codename.partition("_")
    if model != permission.content_type.model:
        return False
    if right == "view":
        return _covers(role.views, kind) or _covers(role.changes, kind)
    return _covers(role.changes, kind)


def _covers(kinds: frozenset[str] | None, kind: str) -> bool:
    return kinds is None or kind in kinds
