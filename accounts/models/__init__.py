"""Sellers, customers, subjects, partners and people."""

from accounts.models.customer import (
    Address,
    AddressKind,
    Customer,
    CustomerClass,
    TestClock,
    VatStatus,
)
from accounts.models.membership import Invitation, Membership, Role
from accounts.models.message import Message, MessageKind
from accounts.models.partner import ApiKey, KeyMode, Partner, PartnerCustomer, Scope
from accounts.models.partner_person import PartnerInvitation, PartnerMembership, PartnerRole
from accounts.models.record_look import LookedAs, RecordLook
from accounts.models.seller import Brand, LegalEntity, TaxRegistration
from accounts.models.sign_in import SignIn, SignInOutcome
from accounts.models.staff_visit import StaffVisit, VisitedPage
from accounts.models.subject import Subject, SubjectKind
from accounts.models.user import User

__all__ = [
    "Address",
    "AddressKind",
    "ApiKey",
    "Brand",
    "Customer",
    "CustomerClass",
    "Invitation",
    "KeyMode",
    "LegalEntity",
    "LookedAs",
    "Membership",
    "Message",
    "MessageKind",
    "Partner",
    "PartnerCustomer",
    "PartnerInvitation",
    "PartnerMembership",
    "PartnerRole",
    "RecordLook",
    "Role",
    "Scope",
    "SignIn",
    "SignInOutcome",
    "StaffVisit",
    "Subject",
    "SubjectKind",
    "TaxRegistration",
    "TestClock",
    "User",
    "VatStatus",
    "VisitedPage",
]
