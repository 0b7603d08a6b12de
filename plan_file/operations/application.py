"""One application of a file: what its sections share while they are written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from accounts.models import LegalEntity, Partner
from invoicing.rating.rate_card import RateEntry
from invoicing.rating.versions import InForce, version_problems
from plan_file.changes import Change, Difference, Verdict, differences
from plan_file.format.document import Document
from plan_file.format.tree import Path
from plan_file.format.writing import written
from values.problems import InvalidTerms, Problem

LARGEST_RATE = 10**12

Tree = Mapping[str, Any]


@dataclass
class Application:
    """
    The document, the seller whose book it changes, and what is found on the way.

    Sections go on after a problem, so that all are named; nothing is kept where there is one.
    """

    document: Document
    now: datetime
    legal_entity: LegalEntity
    partner: Partner | None = None
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self, path: Path, message: str) -> None:
        """Note a problem at a place of the file."""
        self.problems.append(Problem(path, message))

    def attach(self, path: Path, error: InvalidTerms) -> None:
        """Note the problems that an engine or operation found, under a place of the file."""
        self.problems += [problem.under(*path) for problem in error.problems]

    def tell(
        self, kind: str, code: str, found: Sequence[Difference] = (), *, is_new: bool = False
    ) -> None:
        """Note what becomes of an object."""
        known = Verdict.CHANGED if found else Verdict.UNCHANGED
        self.changes.append(Change(kind, code, Verdict.CREATED if is_new else known, tuple(found)))

    def written(self, section: str, **parts: Any) -> list[Tree]:
        """Return how these parts are written in a file with this one's defaults."""
        bare = replace(
            self.document, seller=None, meters=(), rate_cards=(), prices=(), customers=(), events=()
        )
        trees = written(replace(bare, **parts)).get(section, [])
        assert isinstance(trees, list)
        return trees

    def versions_at(self, section: str, code: str) -> tuple[Path, ...]:
        """Return where the versions of a rate card or price stand, earliest first."""
        return self.document.versions_at[section, code]

    def refuse_overlaps(
        self, kept: Sequence[InForce], stated: Sequence[InForce], paths: Sequence[Path]
    ) -> None:
        """Name the file's versions that overlap published ones which the file does not state."""
        for problem in version_problems([*kept, *stated]):
            index = problem.path[1]
            assert isinstance(index, int)
            message = re.sub(r"versions\[\d+\]", "the published version", problem.message)
            self.refuse((*paths[index - len(kept)], *problem.path[2:]), message)

    def check_entries(self, path: Path, entries: Sequence[RateEntry]) -> None:
        """Name the entries whose rate is too large for the database."""
        for index, entry in enumerate(entries):
            if entry.rate >= LARGEST_RATE:
                self.refuse((*path, "entries", index, "rate"), f"must be under {LARGEST_RATE:,}")

    def fits(
        self, row: Model, path: Path, *, skipped: Sequence[str] = (), **keys: str | Path
    ) -> bool:
        """
        Return whether the row's columns take its values, and name those that do not.

        `keys` are where the file states columns of another name.
        """
        relations = {each.name for each in row._meta.fields if each.is_relation}
        try:
            row.clean_fields(exclude=relations.union(skipped))
        except ValidationError as error:
            for column, messages in error.message_dict.items():
                key = keys.get(column, column)
                below = (key,) if isinstance(key, str) else key
                for message in messages:
                    self.refuse((*path, *below), message)
            return False
        return True


def by_code(trees: Sequence[Tree], key: str = "code") -> dict[str, Tree]:
    """Return written objects by their code."""
    return {str(tree[key]): tree for tree in trees}


def compared(stored: Tree, stated: Tree) -> tuple[Difference, ...]:
    """Return what the file states otherwise than the database."""
    return differences(stored, stated)
