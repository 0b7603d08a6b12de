"""Customers of a file into the database, with their addresses."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from accounts.models import Address, Brand, Customer, PartnerCustomer
from contracts.models import Contract
from plan_file.format import customers as format_customers
from plan_file.format.tree import Path
from plan_file.operations.application import Application, Tree, by_code, compared
from plan_file.queries.agreements import stored_address

_COLUMNS = ("name", "timezone", "customer_class", "vat_id", "vat_status")
_ADDRESS_COLUMNS = ("country", "state", "county", "city", "postal_code")
_OUR_PREFIX = f"{Customer.id_prefix}_"


@dataclass
class _Work:
    new: list[Customer] = field(default_factory=list)
    changed: list[Customer] = field(default_factory=list)
    new_addresses: list[Address] = field(default_factory=list)
    changed_addresses: list[Address] = field(default_factory=list)


def apply_customers(application: Application) -> dict[str, Customer]:
    """
    Return the rows of the file's customers by external id, made or brought in line.

    A new one is live, of the seller's first brand, and the partner's that applies the file.
    """
    document = application.document
    rows = _rows(application)
    contracted = _with_contracts(application)
    mine = _of_the_partner(application, rows.values())
    brand = Brand.objects.filter(legal_entity=application.legal_entity).order_by("code").first()
    stored, stated = _trees(application, rows)
    work = _Work()
    found_rows = {}
    for index, customer in enumerate(document.customers):
        path: Path = ("customers", index)
        code = customer.external_id
        row = rows.get(code)
        if row is None:
            row = Customer(external_id=code, legal_entity=application.legal_entity)
            if brand is not None:
                row.brand = brand
            _refuse_new(application, path, row, brand)
            work.new.append(row)
            application.tell("customer", code, is_new=True)
        elif row.pk in mine:
            differences = compared(stored[code], stated[code])
            if row.pk in contracted and row.timezone != customer.timezone:
                application.refuse(
                    (*path, "timezone"),
                    f"is {row.timezone} and does not change: contracts are billed by it",
                )
            if differences:
                work.changed.append(row)
            application.tell("customer", code, differences)
        else:
            application.refuse((*path, "external_id"), "belongs to a customer of somebody else")
            continue
        _fill(row, customer)
        application.fits(row, path, customer_class="class")
        _fill_addresses(application, work, path, row, customer)
        found_rows[code] = row
    if not application.problems:
        _write(application, work)
    return found_rows


def _rows(application: Application) -> dict[str, Customer]:
    codes = [customer.external_id for customer in application.document.customers]
    found = Customer.objects.filter(external_id__in=codes).prefetch_related("addresses")
    return {row.external_id: row for row in found}


def _with_contracts(application: Application) -> set[int]:
    """Return the ids of customers that have an active contract, or had one."""
    codes = [customer.external_id for customer in application.document.customers]
    activated = Contract.objects.filter(customer__external_id__in=codes).exclude(activated_at=None)
    return set(activated.values_list("customer_id", flat=True))


def _of_the_partner(application: Application, rows: Iterable[Customer]) -> set[int]:
    """Return the ids of the customers that this application may touch."""
    own = {row.pk for row in rows if row.legal_entity_id == application.legal_entity.pk}
    if application.partner is None:
        return own
    return own.intersection(application.partner.customers.values_list("pk", flat=True))


def _trees(
    application: Application, rows: dict[str, Customer]
) -> tuple[dict[str, Tree], dict[str, Tree]]:
    """Return the customers as stored and as stated, with the addresses that are stated."""
    stated = [
        replace(customer, subjects=(), contracts=(), credits=())
        for customer in application.document.customers
    ]
    stored = [_stored(rows[each.external_id], each) for each in stated if each.external_id in rows]
    first, second = (
        by_code(application.written("customers", customers=tuple(each)), "external_id")
        for each in (stored, stated)
    )
    return first, second


def _stored(row: Customer, stated: format_customers.Customer) -> format_customers.Customer:
    return format_customers.Customer(
        external_id=row.external_id,
        name=row.name,
        timezone=row.timezone,
        customer_class=row.customer_class,
        addresses={
            address.kind: stored_address(address)
            for address in row.addresses.all()
            if address.kind in stated.addresses
        },
        vat_id=row.vat_id or None,
        vat_status=row.vat_status,
    )


def _refuse_new(application: Application, path: Path, row: Customer, brand: Brand | None) -> None:
    if row.external_id.startswith(_OUR_PREFIX):
        application.refuse(
            (*path, "external_id"), f"may not begin with {_OUR_PREFIX}, as our own ids do"
        )
    if brand is None:
        application.refuse(
            path, f"legal entity '{application.legal_entity.code}' has no brand; make one first"
        )


def _fill(row: Customer, customer: format_customers.Customer) -> None:
    row.name = customer.name
    row.timezone = customer.timezone
    row.customer_class = customer.customer_class
    row.vat_id = customer.vat_id or ""
    row.vat_status = customer.vat_status


def _fill_addresses(
    application: Application,
    work: _Work,
    path: Path,
    row: Customer,
    customer: format_customers.Customer,
) -> None:
    known = {each.kind: each for each in row.addresses.all()} if row.pk else {}
    for kind, address in customer.addresses.items():
        found = known.get(kind)
        if found is None:
            found = Address(customer=row, kind=kind)
            work.new_addresses.append(found)
        elif stored_address(found) != address:
            work.changed_addresses.append(found)
        for column in _ADDRESS_COLUMNS:
            setattr(found, column, getattr(address, column) or "")
        application.fits(found, (*path, "addresses", kind))


def _write(application: Application, work: _Work) -> None:
    Customer.objects.bulk_create(work.new)
    Customer.objects.bulk_update(work.changed, _COLUMNS)
    Address.objects.bulk_create(work.new_addresses)
    Address.objects.bulk_update(work.changed_addresses, _ADDRESS_COLUMNS)
    if application.partner is not None:
        PartnerCustomer.objects.bulk_create(
            PartnerCustomer(partner=application.partner, customer=row) for row in work.new
        )
