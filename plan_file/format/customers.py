"""Customers with their addresses, subjects, contracts and credits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from plan_file.format.addresses import Address, read_address
from plan_file.format.context import Context, refuse_equal
from plan_file.format.contracts import Contract, read_contract
from plan_file.format.credits import Credit, read_credit
from plan_file.format.exemptions import (
    Exemption,
    JurisdictionShare,
    read_exemption,
    read_share,
)
from plan_file.format.identity import read_timezone
from plan_file.format.overrides import PriceBook
from plan_file.format.plans import Plan
from plan_file.format.pools import Member, refuse_uneven_pools
from plan_file.format.subjects import Subject, read_subject
from values.fields import Keys, Place, Section

KEYS = Keys(
    (
        *("external_id", "name", "timezone", "class", "addresses", "vat_id", "vat_status"),
        *("exemptions", "jurisdiction_share", "parent", "bill_to_parent"),
        *("subjects", "contracts", "credits"),
    )
)
ADDRESS_KINDS = Keys(("billing", "service"))
CLASSES = ("business", "residential", "government", "nonprofit", "reseller")
DEFAULT_VAT_STATUS = "unverified"
VAT_STATUSES = (DEFAULT_VAT_STATUS, "valid", "invalid")


@dataclass(frozen=True)
class Customer:
    """
    A customer as the file states it; ``addresses`` are by kind.

    ``parent`` is the external id of the group's head, whose invoices have this customer's
    lines too with ``bill_to_parent``.
    """

    external_id: str
    name: str
    timezone: str
    customer_class: str = CLASSES[0]
    addresses: Mapping[str, Address] = field(default_factory=dict)
    vat_id: str | None = None
    vat_status: str = DEFAULT_VAT_STATUS
    subjects: tuple[Subject, ...] = ()
    contracts: tuple[Contract, ...] = ()
    credits: tuple[Credit, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    jurisdiction_share: JurisdictionShare | None = None
    parent: str | None = None
    bill_to_parent: bool = False


def read_customer(
    place: Place, *, context: Context, plans: Mapping[str, Plan], book: PriceBook
) -> Customer | None:
    """Return the customer, None where it has problems; its dates are midnights in its zone."""
    section = place.section(KEYS)
    external_id = section.text("external_id")
    name = section.text_or("name", external_id)
    zone = section.read_or("timezone", context.timezone, read_timezone)
    customer_class = section.word_or("class", CLASSES)
    vat_status = section.word_or("vat_status", VAT_STATUSES)
    addresses = dict(_read_addresses(section))
    vat_id = section.text_or("vat_id", None)
    exemptions = [read_exemption(item, zone) for item in section.items("exemptions")]
    share_place = section.get("jurisdiction_share")
    share = read_share(share_place) if share_place and share_place.value != [] else None
    parent, bill_to_parent = _read_parent(section, context)
    subjects = [read_subject(item, zone) for item in section.items("subjects")]
    contracts = _read_contracts(
        section.items("contracts"), zone=zone, context=context, plans=plans, book=book
    )
    credit_places = section.items("credits")
    refuse_equal(credit_places)
    grants = [read_credit(item, zone=zone, context=context) for item in credit_places]
    return section.build(
        lambda: Customer(
            external_id=external_id,
            name=name,
            timezone=zone,
            customer_class=customer_class,
            addresses=addresses,
            vat_id=vat_id,
            vat_status=vat_status,
            subjects=tuple(subject for subject in subjects if subject is not None),
            contracts=contracts,
            credits=tuple(grant for grant in grants if grant is not None),
            exemptions=tuple(each for each in exemptions if each is not None),
            jurisdiction_share=share,
            parent=parent,
            bill_to_parent=bill_to_parent,
        )
    )


def _read_addresses(section: Section) -> Iterator[tuple[str, Address]]:
    place = section.get("addresses")
    if place is None or place.value == []:
        return
    kinds = place.section(ADDRESS_KINDS)
    for kind in ADDRESS_KINDS.now:
        address_place = kinds.get(kind)
        address = read_address(address_place) if address_place else None
        if address is not None:
            yield kind, address


def _read_parent(section: Section, context: Context) -> tuple[str | None, bool]:
    place = section.get("parent")
    parent = context.known(place, "customers") if place else None
    bill_to_parent = section.flag_or("bill_to_parent", False)
    if bill_to_parent and place is None:
        section.places["bill_to_parent"].problem("needs a parent")
    return parent, bill_to_parent


def _read_contracts(
    places: list[Place],
    *,
    zone: str,
    context: Context,
    plans: Mapping[str, Plan],
    book: PriceBook,
) -> tuple[Contract, ...]:
    read = [
        (place, read_contract(place, zone=zone, context=context, plans=plans, book=book))
        for place in places
    ]
    built = [(place, contract) for place, contract in read if contract is not None]
    for place, contract in built:
        refuse_uneven_pools(place, contract, plans, book)
    for (earlier_place, earlier), (place, contract) in combinations(built, 2):
        shared = _shared_meters(earlier, contract, plans, book)
        if shared:
            meters = ", ".join(f"'{meter}'" for meter in sorted(shared))
            place.problem(
                f"overlaps {earlier_place.path_text()} in time, and both price the meter {meters}"
            )
    return tuple(contract for _, contract in built)


def _shared_meters(
    one: Contract, other: Contract, plans: Mapping[str, Plan], book: PriceBook
) -> set[str]:
    """Return the meters that both price at one time, whatever phase they are in."""
    if not one.overlaps(other):
        return set()
    return {
        meter
        for mine in one.stretches
        for theirs in other.stretches
        if mine.overlaps(theirs)
        for meter in _meters(plans[mine.plan], book) & _meters(plans[theirs.plan], book)
    }


def _meters(plan: Plan, book: PriceBook) -> set[str]:
    """Return the meters that the plan prices; what a performance measures is not priced."""
    priced = (book.prices[code].terms.meter for code in plan.prices if code in book.prices)
    return {meter for meter in priced if meter is not None}


def refuse_deeper_groups(places: list[Place]) -> None:
    """Name every customer whose parent is itself, or has a parent: a group has one level."""
    parents = {
        str(place.value["external_id"]): place.value.get("parent")
        for place in places
        if isinstance(place.value, dict) and place.value.get("external_id") is not None
    }
    for place in places:
        parent = place.value.get("parent") if isinstance(place.value, dict) else None
        if parent is None:
            continue
        parent_place = place.below("parent", parent)
        if str(parent) == str(place.value.get("external_id")):  # type: ignore[attr-defined]
            parent_place.problem("is this customer itself")
        elif parents.get(str(parent)) is not None:
            parent_place.problem(f"'{parent}' has a parent itself: a group has one level")


def group_contracts(customers: list[tuple[Place, Customer]]) -> list[list[Member]]:
    """Return the contracts of each group, or customer alone, in the order of the file."""
    found: dict[str, list[Member]] = {}
    for place, customer in customers:
        members = found.setdefault(customer.parent or customer.external_id, [])
        contracts = place.below("contracts", None)
        members += [
            Member(contracts.below(index, None), contract, customer.timezone)
            for index, contract in enumerate(customer.contracts)
        ]
    return list(found.values())


def refuse_shared_subjects(customers: list[tuple[Place, Customer]]) -> None:
    """Name every subject that two customers, or one twice, hold at one time."""
    holdings = [
        (place.below("subjects", None).below(index, None), subject)
        for place, customer in customers
        for index, subject in enumerate(customer.subjects)
    ]
    by_id: dict[str, list[tuple[Place, Subject]]] = {}
    for place, subject in holdings:
        for earlier_place, earlier in by_id.setdefault(subject.subject_id, []):
            if subject.overlaps(earlier):
                place.problem(
                    f"'{subject.subject_id}' is held in that time by {earlier_place.path_text()}"
                )
        by_id[subject.subject_id].append((place, subject))
