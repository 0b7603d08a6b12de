"""Sellers, customers, subjects, partners and people."""

from accounts.models.customer import (
    Address,
    AddressKind,
    Customer,
    CustomerClass,
    TestClock,
    VatStatus,
)
from accounts.models.partner import ApiKey, KeyMode, Partner, PartnerCustomer, Scope
from accounts.models.seller import Brand, LegalEntity, TaxRegistration
from accounts.models.subject import Subject, SubjectKind
from accounts.models.user import User

__all__ = [
    "Address",
    "AddressKind",
    "ApiKey",
    "Brand",
    "Customer",
    "CustomerClass",
    "KeyMode",
    "LegalEntity",
    "Partner",
    "PartnerCustomer",
    "Scope",
    "Subject",
    "SubjectKind",
    "TaxRegistration",
    "TestClock",
    "User",
    "VatStatus",
]
