"""Rate cards of a file into the database: new versions are published, published ones fixed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Prefetch

from catalog.models import RateCard, RateCardVersion, RateEntry
from invoicing.rating import rate_card as terms
from plan_file.changes import Difference
from plan_file.format.tree import Path
from plan_file.operations.application import Application, Tree, by_code, compared
from plan_file.operations.version_changes import EndedVersion, compare_version, new_version
from plan_file.queries.price_book import stored_rate_card
from usage.models import Meter


@dataclass
class _Work:
    new: list[RateCard] = field(default_factory=list)
    versions: list[tuple[RateCard, terms.RateCardVersion]] = field(default_factory=list)
    ended: list[RateCardVersion] = field(default_factory=list)


def apply_rate_cards(application: Application, meters: Mapping[str, Meter]) -> dict[str, RateCard]:
    """Return the rows of the file's rate cards by code, with the file's versions published."""
    document = application.document
    published = RateCardVersion.objects.exclude(published_at=None).prefetch_related("entries")
    rows = {
        row.code: row
        for row in RateCard.objects.filter(
            legal_entity=application.legal_entity,
            code__in=[card.code for card in document.rate_cards],
        )
        .select_related("meter")
        .prefetch_related(Prefetch("versions", queryset=published))
    }
    stored = {code: stored_rate_card(row) for code, row in rows.items()}
    stored_trees = by_code(application.written("rate_cards", rate_cards=tuple(stored.values())))
    stated_trees = by_code(application.written("rate_cards", rate_cards=document.rate_cards))
    work = _Work()
    for index, card in enumerate(document.rate_cards):
        path: Path = ("rate_cards", index)
        meter = meters[card.meter]
        for version, place in _placed(application, card):
            application.check_entries(place, version.entries)
        row = rows.get(card.code)
        if row is None:
            row = RateCard(
                legal_entity=application.legal_entity,
                code=card.code,
                meter=meter,
                on_unmatched=card.on_unmatched.value,
            )
            work.new.append(row)
            work.versions += [(row, version) for version in card.versions]
            application.tell("rate card", card.code, is_new=True)
            continue
        found = _fixed(application, path, stored_trees[card.code], stated_trees[card.code])
        found += _versions(
            application,
            work,
            row=row,
            card=card,
            stored=stored[card.code],
            trees=(stored_trees[card.code], stated_trees[card.code]),
        )
        application.tell("rate card", card.code, found)
    if not application.problems:
        _write(application, work)
    return rows | {row.code: row for row in work.new}


def _placed(
    application: Application, card: terms.RateCard
) -> Iterable[tuple[terms.RateCardVersion, Path]]:
    return zip(card.versions, application.versions_at("rate_cards", card.code), strict=True)


def _fixed(
    application: Application, path: Path, stored: Tree, stated: Tree
) -> tuple[Difference, ...]:
    found = tuple(
        difference
        for difference in compared(stored, stated)
        if difference.path[0] in ("meter", "on_unmatched")
    )
    for difference in found:
        application.refuse(
            (*path, *difference.path),
            f"is {difference.old or terms.OnUnmatched.FALLBACK.value} and does not change; "
            "make a new rate card",
        )
    return found


def _versions(
    application: Application,
    work: _Work,
    *,
    row: RateCard,
    card: terms.RateCard,
    stored: terms.RateCard,
    trees: tuple[Tree, Tree],
) -> tuple[Difference, ...]:
    stored_trees, stated_trees = (tree.get("versions", []) for tree in trees)
    rows = {each.effective_from: each for each in row.versions.all()}
    known = {
        version.effective_from: (version, tree)
        for version, tree in zip(stored.versions, stored_trees, strict=True)
    }
    found: tuple[Difference, ...] = ()
    paths = []
    for (version, path), tree in zip(_placed(application, card), stated_trees, strict=True):
        paths.append(path)
        begins = version.effective_from
        if begins not in known:
            found += (new_version(tree),)
            work.versions.append((row, version))
            continue
        ended = compare_version(application, path, known.pop(begins)[1], tree)
        if isinstance(ended, EndedVersion):
            rows[begins].effective_to = version.effective_to
            work.ended.append(rows[begins])
            found += (ended.difference,)
    application.refuse_overlaps([kept for kept, _ in known.values()], card.versions, paths)
    return found


def _write(application: Application, work: _Work) -> None:
    """An end comes first: it makes room for what is published after it."""
    RateCard.objects.bulk_create(work.new)
    RateCardVersion.objects.bulk_update(work.ended, ["effective_to"])
    rows = RateCardVersion.objects.bulk_create(
        RateCardVersion(
            rate_card=card,
            effective_from=version.effective_from,
            effective_to=version.effective_to,
        )
        for card, version in work.versions
    )
    RateEntry.objects.bulk_create(
        RateEntry(
            version=row,
            position=position,
            match=terms.match_as_json(entry.match),
            rate=entry.rate,
            priority=entry.priority,
        )
        for row, (_, version) in zip(rows, work.versions, strict=True)
        for position, entry in enumerate(version.entries)
    )
    RateCardVersion.objects.filter(pk__in=[row.pk for row in rows]).update(
        published_at=application.now
    )
