"""The people of a partner."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, Max, OuterRef, Subquery

from accounts.models import Partner, PartnerMembership, PartnerRole
from accounts.queries.team import SECOND_FACTORS


@dataclass(frozen=True, slots=True)
class PartnerPerson:
    """Somebody of a partner; `last_seen_at` is None for who has never signed in."""

    membership_id: int
    user_id: int
    name: str
    email: str
    role: PartnerRole
    last_seen_at: datetime | None
    has_second_factor: bool


def partner_team(*, partner: Partner) -> list[PartnerPerson]:
    """Return everybody who may open this partner's pages, by e-mail."""
    seen = (
        UserSession.objects.filter(user=OuterRef("user"))
        .order_by()
        .values("user")
        .annotate(last=Max("last_seen_at"))
    )
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=SECOND_FACTORS)
    memberships = (
        PartnerMembership.objects.filter(partner=partner)
        .select_related("user")
        .annotate(session_seen_at=Subquery(seen.values("last")), has_factor=Exists(factors))
        .order_by("user__email")
    )
    return [_person(each) for each in memberships]


def has_another_owner(*, membership: PartnerMembership) -> bool:
    """Return whether somebody else who can sign in owns the partner's pages."""
    owners = PartnerMembership.objects.filter(
        partner_id=membership.partner_id, role=PartnerRole.OWNER, user__is_active=True
    )
    return owners.exclude(pk=membership.pk).exists()


def _person(membership: PartnerMembership) -> PartnerPerson:
    user = membership.user
    seen = (user.last_login, getattr(membership, "session_seen_at", None))
    return PartnerPerson(
        membership_id=membership.pk,
        user_id=user.pk,
        name=user.get_full_name(),
        email=user.email,
        role=PartnerRole(membership.role),
        last_seen_at=max((at for at in seen if at is not None), default=None),
        has_second_factor=bool(getattr(membership, "has_factor", False)),
    )
