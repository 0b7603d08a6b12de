"""Prices of a file into the database: new versions are published, published ones fixed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Prefetch

from catalog.models import CallRate, Price, PriceVersion, Product, RateCard
from catalog.operations.note_reversals import note_reversals
from catalog.queries.call_rate_fit import call_rate_misfits
from catalog.queries.price_columns import call_rate_rows, price_columns
from invoicing.rating import price as terms
from invoicing.rating.terms.calls import Calls
from invoicing.rating.terms.per_unit import PerUnit
from plan_file.changes import Difference
from plan_file.format.prices import CatalogPrice
from plan_file.format.tree import Path
from plan_file.operations.application import Application, Tree
from plan_file.operations.version_changes import EndedVersion, compare_version, new_version
from plan_file.queries.price_book import stored_price
from usage.models import Meter
from values.problems import Problem

_OF_THE_PRICE = ("kind", "meter", "product")
_RATES_AT_ONCE = 5_000


@dataclass
class _Work:
    new: list[Price] = field(default_factory=list)
    moved: list[Price] = field(default_factory=list)
    versions: list[tuple[PriceVersion, terms.PriceVersion]] = field(default_factory=list)
    ended: list[PriceVersion] = field(default_factory=list)


def apply_prices(
    application: Application, meters: Mapping[str, Meter], cards: Mapping[str, RateCard]
) -> dict[str, Price]:
    """Return the rows of the file's prices by code, with the file's versions published."""
    _refuse_misfits(application)
    document = replace(
        application.document, prices=tuple(map(_with_rates_inside, application.document.prices))
    )
    rows = _rows(application)
    stored = {code: stored_price(row) for code, row in rows.items()}
    trees = application.written("prices", prices=document.prices)
    stated_trees = _by_price(trees, document.prices)
    stored_trees = _by_price(
        application.written("prices", prices=tuple(stored.values())), stored.values()
    )
    products = _products(application)
    work = _Work()
    for price in document.prices:
        code = price.terms.code
        row = rows.get(code)
        found: tuple[Difference, ...] = ()
        if row is None:
            row = Price(legal_entity=application.legal_entity, code=code)
            work.new.append(row)
        else:
            found = _moved(application, work, row, price, stored[code])
        row.kind = price.terms.kind.value
        row.meter = meters[price.terms.meter] if price.terms.meter else None
        row.product = products[price.product] if price.product else None
        found += _versions(
            application,
            work,
            row=row,
            price=price.terms,
            stored=stored[code].terms.versions if code in stored else (),
            trees=(stored_trees.get(code, []), stated_trees[code]),
            cards=cards,
        )
        is_new = code not in rows
        application.tell("price", code, () if is_new else found, is_new=is_new)
    if not application.problems:
        _write(application, work, products)
    return rows | {row.code: row for row in work.new}


def _refuse_misfits(application: Application) -> None:
    """Name the rates of calls that have no room in the database; rows of a deck by their lines."""
    for price in application.document.prices:
        paths = application.versions_at("prices", price.terms.code)
        for version, path in zip(price.terms.versions, paths, strict=True):
            if isinstance(version.model, Calls):
                for problem in call_rate_misfits(version.model.rates):
                    _refuse_misfit(application, path, version.model, problem)


def _refuse_misfit(application: Application, path: Path, model: Calls, problem: Problem) -> None:
    match problem.path:
        case ("rates", int(at), *keys) if (line := model.line_of_rate(at)) is not None:
            application.refuse((line, *keys), problem.message)
        case _:
            application.refuse((*path, *problem.path), problem.message)


def _with_rates_inside(price: CatalogPrice) -> CatalogPrice:
    """Return the price with the rows of its rates file among its own: the database has no files."""
    versions = tuple(
        replace(version, model=replace(version.model, rates_file=None, file_lines=()))
        if isinstance(version.model, Calls)
        else version
        for version in price.terms.versions
    )
    return replace(price, terms=replace(price.terms, versions=versions))


def _rows(application: Application) -> dict[str, Price]:
    published = (
        PriceVersion.objects.exclude(published_at=None)
        .select_related("rate_card__meter")
        .prefetch_related("rate_card__versions__entries")
    )
    prices = (
        Price.objects.filter(
            legal_entity=application.legal_entity,
            code__in=[price.terms.code for price in application.document.prices],
        )
        .select_related("meter", "product", "legal_entity")
        .prefetch_related(Prefetch("versions", queryset=published))
    )
    return {row.code: row for row in prices}


def _products(application: Application) -> dict[str, Product]:
    """Return the products that prices name, those that are missing not saved yet."""
    codes = {price.product for price in application.document.prices if price.product}
    found = {
        row.code: row
        for row in Product.objects.filter(legal_entity=application.legal_entity, code__in=codes)
    }
    for price in application.document.prices:
        code = price.product
        if code and code not in found:
            row = Product(legal_entity=application.legal_entity, code=code, name=code)
            path = application.versions_at("prices", price.terms.code)[0]
            application.fits(row, path, code="product", name="product")
            found[code] = row
    return found


def _by_price(trees: list[Tree], prices: Iterable[CatalogPrice]) -> dict[str, list[Tree]]:
    """Return by code the written versions, each without what holds for the whole price."""
    found: dict[str, list[Tree]] = {price.terms.code: [] for price in prices}
    for tree in trees:
        version = {key: value for key, value in tree.items() if key not in _OF_THE_PRICE}
        found[tree["code"]].append(version)
    return found


def _moved(
    application: Application, work: _Work, row: Price, price: CatalogPrice, stored: CatalogPrice
) -> tuple[Difference, ...]:
    """Return what changes of the price itself; its meter is fixed once a version is published."""
    found = []
    for key in ("kind", "meter"):
        old, new = getattr(stored.terms, key), getattr(price.terms, key)
        if old == new:
            continue
        found.append(Difference((key,), old, new))
        if stored.terms.versions:
            path = application.versions_at("prices", price.terms.code)[0]
            application.refuse((*path, key), f"is {old} and does not change; make a new price")
    if stored.product != price.product:
        found.append(Difference(("product",), stored.product, price.product))
    if found:
        work.moved.append(row)
    return tuple(found)


def _versions(
    application: Application,
    work: _Work,
    *,
    row: Price,
    price: terms.PriceTerms,
    stored: Sequence[terms.PriceVersion],
    trees: tuple[list[Tree], list[Tree]],
    cards: Mapping[str, RateCard],
) -> tuple[Difference, ...]:
    rows = {each.effective_from: each for each in row.versions.all()} if row.pk else {}
    known = {
        version.effective_from: (version, tree)
        for version, tree in zip(stored, trees[0], strict=True)
    }
    paths = application.versions_at("prices", price.code)
    found: list[Difference] = []
    for version, path, tree in zip(price.versions, paths, trees[1], strict=True):
        begins = version.effective_from
        if begins not in known:
            found.append(new_version(tree))
            _add(application, work, row, version, path, cards)
            continue
        ended = compare_version(application, path, known.pop(begins)[1], tree)
        if isinstance(ended, EndedVersion):
            rows[begins].effective_to = version.effective_to
            work.ended.append(rows[begins])
            found.append(ended.difference)
    application.refuse_overlaps([kept for kept, _ in known.values()], price.versions, paths)
    return tuple(found)


def _add(
    application: Application,
    work: _Work,
    row: Price,
    version: terms.PriceVersion,
    path: Path,
    cards: Mapping[str, RateCard],
) -> None:
    model = version.model
    agreed = model.rate_card if isinstance(model, PerUnit) else None
    card = cards[agreed.code] if agreed else None
    if agreed and card and not (agreed.versions or _is_published(card)):
        application.refuse(
            (*path, "rate_card"), f"no version of rate card '{card.code}' is published"
        )
    zone = application.legal_entity.timezone
    new = PriceVersion(price=row, **price_columns(version, rate_card=card, zone=zone))
    application.fits(new, path)
    work.versions.append((new, version))


def _is_published(card: RateCard) -> bool:
    return card.pk is not None and card.versions.exclude(published_at=None).exists()


def _write(application: Application, work: _Work, products: Mapping[str, Product]) -> None:
    """An end comes first: it makes room for what is published after it."""
    Product.objects.bulk_create(row for row in products.values() if row.pk is None)
    Price.objects.bulk_create(work.new)
    Price.objects.bulk_update(work.moved, ["kind", "meter", "product"])
    PriceVersion.objects.bulk_update(work.ended, ["effective_to"])
    rows = PriceVersion.objects.bulk_create(row for row, _ in work.versions)
    CallRate.objects.bulk_create(
        (rate for row, version in work.versions for rate in call_rate_rows(row, version)),
        batch_size=_RATES_AT_ONCE,
    )
    # Published last: what belongs to a published version does not come any more.
    PriceVersion.objects.filter(pk__in=[row.pk for row in rows]).update(
        published_at=application.now
    )
    for row, version in work.versions:
        note_reversals(version=row, terms=version)
