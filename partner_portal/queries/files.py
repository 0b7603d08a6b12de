"""The files of usage of a partner: what an API key of that mode would be shown."""

from collections.abc import Sequence
from uuid import UUID

from accounts.models import KeyMode, Partner
from partner_portal.queries.reach import key_of_mode
from usage.models import UsageFile
from usage.queries.files.found_files import files_of_key, page_of_files


def listed_files(
    *, partner: Partner, mode: KeyMode, after: UUID | None, limit: int
) -> Sequence[UsageFile]:
    """Return at most `limit` files, the latest first, from behind this one on."""
    files = files_of_key(key=key_of_mode(partner=partner, mode=mode))
    people = files.select_related("uploaded_by", "uploaded_with")
    return page_of_files(files=people, after=after, limit=limit)


def file_of(*, partner: Partner, public_id: str) -> UsageFile | None:
    """Return the partner's file with this id, live or test; None where there is none."""
    uid = UsageFile.uid_of(public_id)
    files = UsageFile.objects.filter(source__partner=partner)
    known = files.select_related("source__partner", "uploaded_by", "uploaded_with")
    return None if uid is None else known.prefetch_related("runs").filter(uid=uid).first()
