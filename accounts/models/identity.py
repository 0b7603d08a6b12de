"""Ids that partners see: prefixed, sortable by time, safe to paste into a URL."""

from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models

from values.identifiers import parse_public_id, public_id, uuid7


class Identified(models.Model):
    """A row with a public id such as `cus_01h…`; the numeric key stays inside."""

    id_prefix: ClassVar[str]

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)

    class Meta:
        abstract = True

    @property
    def public_id(self) -> str:
        """Return the id that API, pages and documents show."""
        return public_id(self.id_prefix, self.uid)

    @classmethod
    def uid_of(cls, text: str) -> UUID | None:
        """Return the UUID behind a public id of this kind, None if it is not one."""
        return parse_public_id(text, prefix=cls.id_prefix)

    @classmethod
    def with_public_id(cls, text: str, **lookup: Any) -> Self | None:
        """Return the row with this public id among those of `lookup`, or None."""
        uid = cls.uid_of(text)
        return None if uid is None else cls._default_manager.filter(uid=uid, **lookup).first()
