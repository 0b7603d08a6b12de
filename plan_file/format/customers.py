"""Customers with their addresses, subjects, contracts and credits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from plan_file.format.addresses import Address, read_address
from plan_file.format.context import Context, refuse_equal
from plan_file.format.contracts import Contract, read_contract
from plan_file.format.credits import Credit, read_credit
from plan_file.format.identity import read_timezone
from plan_file.format.plans import Plan
from plan_file.format.prices import CatalogPrice
from plan_file.format.subjects import Subject, read_subject
from values.fields import Keys, Place, Section

KEYS = Keys(
    now=(
        "external_id",
        "name",
        "timezone",
        "class",
        "addresses",
        "vat_id",
        "vat_status",
        "subjects",
        "contracts",
        "credits",
    ),
    later=("exemptions", "jurisdiction_share", "parent", "bill_to_parent"),
)
ADDRESS_KINDS = Keys(("billing", "service"))
CLASSES = ("business", "residential", "government", "nonprofit", "reseller")
DEFAULT_VAT_STATUS = "unverified"
VAT_STATUSES = (DEFAULT_VAT_STATUS, "valid", "invalid")


@dataclass(frozen=True)
class Customer:
    """A customer as the file states it; ``addresses`` are by kind."""

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


def read_customer(
    place: Place,
    *,
    context: Context,
    plans: Mapping[str, Plan],
    prices: Mapping[str, CatalogPrice],
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
    subjects = [read_subject(item, zone) for item in section.items("subjects")]
    contracts = _read_contracts(
        section.items("contracts"), zone=zone, context=context, plans=plans, prices=prices
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


def _read_contracts(
    places: list[Place],
    *,
    zone: str,
    context: Context,
    plans: Mapping[str, Plan],
    prices: Mapping[str, CatalogPrice],
) -> tuple[Contract, ...]:
    read = [
        (place, read_contract(place, zone=zone, context=context, plans=plans, prices=prices))
        for place in places
    ]
    built = [(place, contract) for place, contract in read if contract is not None]
    for (earlier_place, earlier), (place, contract) in combinations(built, 2):
        shared = _meters(earlier, plans, prices) & _meters(contract, plans, prices)
        if earlier.overlaps(contract) and shared:
            meters = ", ".join(f"'{meter}'" for meter in sorted(shared))
            place.problem(
                f"overlaps {earlier_place.path_text()} in time, and both price the meter {meters}"
            )
    return tuple(contract for _, contract in built)


def _meters(
    contract: Contract, plans: Mapping[str, Plan], prices: Mapping[str, CatalogPrice]
) -> set[str]:
    codes = plans[contract.plan].prices
    return {prices[code].terms.meter for code in codes if code in prices}


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
