"""Who looks at a partner's pages, and what that person may do there."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.models import Partner, PartnerMembership, PartnerRole, User


class Right(StrEnum):
    """What a page asks for."""

    LOOK = "look"
    KEYS = "keys"
    REPLAY = "replay"
    FILES = "files"
    SANDBOX = "sandbox"
    CHANGE_SOURCES = "change_sources"
    MANAGE_TEAM = "manage_team"


RIGHTS_OF_ROLE = {
    PartnerRole.OWNER: frozenset(Right),
    PartnerRole.DEVELOPER: frozenset(
        {Right.LOOK, Right.KEYS, Right.REPLAY, Right.FILES, Right.SANDBOX}
    ),
    PartnerRole.VIEWER: frozenset({Right.LOOK}),
}


@dataclass(frozen=True, slots=True)
class PartnerViewer:
    """A person on the pages of one partner. Of one that is switched off, people only look."""

    user: User
    partner: Partner
    membership: PartnerMembership

    def may(self, right: Right) -> bool:
        """Return whether this person may do that here."""
        if not self.partner.is_active:
            return right is Right.LOOK
        return right in RIGHTS_OF_ROLE[PartnerRole(self.membership.role)]

    @property
    def may_make_keys(self) -> bool:
        """Return whether this person may make, rotate and revoke API keys."""
        return self.may(Right.KEYS)

    @property
    def may_replay(self) -> bool:
        """Return whether this person may try events of the quarantine again."""
        return self.may(Right.REPLAY)

    @property
    def may_use_files(self) -> bool:
        """Return whether this person may upload, map and import files of usage."""
        return self.may(Right.FILES)

    @property
    def may_use_sandbox(self) -> bool:
        """Return whether this person may send sample events and move a sandbox's clock."""
        return self.may(Right.SANDBOX)

    @property
    def may_change_sources(self) -> bool:
        """Return whether this person may say what is kept of the partner's events."""
        return self.may(Right.CHANGE_SOURCES)

    @property
    def may_manage_team(self) -> bool:
        """Return whether this person may invite and remove people."""
        return self.may(Right.MANAGE_TEAM)


def viewer_of(*, user: User, partner_id: str) -> PartnerViewer | None:
    """
    Return this person as viewer of the partner with this public id.

    None where the id is no partner's or the person is none of its people: the two are not told
    apart.
    """
    uid = Partner.uid_of(partner_id)
    if uid is None:
        return None
    places = PartnerMembership.objects.filter(user=user, partner__uid=uid)
    membership = places.select_related("partner").first()
    return None if membership is None else PartnerViewer(user, membership.partner, membership)
