"""
Phases of a contract, compiled into the prices and commitments of its whole time.

Each phase states the prices that hold in it, as agreed. They become versions that end where
the next phase begins, so that everything after knows of versions only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from invoicing.assembly.terms import MinimumCommitment, PlanOrder
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.versions import in_time_order


@dataclass(frozen=True)
class Phase:
    """
    What holds from a local midnight on until the next phase: prices in the order of the plan,
    overrides laid over them, and the plan's commitment for a full period.
    """

    starts_at: datetime
    prices: tuple[PriceTerms, ...]
    commitment: MinimumCommitment | None = None


@dataclass(frozen=True)
class CompiledPhases:
    """The fields of `ContractTerms` that phases decide."""

    prices: tuple[PriceTerms, ...]
    commitments: tuple[MinimumCommitment, ...]
    phase_starts: tuple[datetime, ...]
    plan_orders: tuple[PlanOrder, ...]


def compiled(phases: Sequence[Phase]) -> CompiledPhases:
    """
    Return the prices and commitments of all phases; the first is the contract's beginning.

    Prices stand in the order of the first plan, then those that later phases bring in. A
    version that two phases in a row share stays one, so that its usage is one line; fees are
    told apart by `phase_starts`. A price has no version in a phase that does not name it.
    Likewise a commitment that goes on unchanged is one.
    """
    spans = _spans(phases)
    codes = dict.fromkeys(price.code for phase in phases for price in phase.prices)
    return CompiledPhases(
        prices=tuple(_price(code, spans) for code in codes),
        commitments=_commitments(spans),
        phase_starts=tuple(phase.starts_at for phase in phases[1:]),
        plan_orders=tuple(
            PlanOrder(phase.starts_at, tuple(price.code for price in phase.prices))
            for phase in phases
        ),
    )


@dataclass(frozen=True)
class _Span:
    """A phase and its bounds; the first has no beginning and the last no end."""

    phase: Phase
    begins: datetime | None
    ends: datetime | None


def _spans(phases: Sequence[Phase]) -> list[_Span]:
    starts = [phase.starts_at for phase in phases]
    assert all(one < other for one, other in pairwise(starts)), "phases stand in order of time"
    bounds = [None, *starts[1:], None]
    return [
        _Span(phase, begins, ends)
        for phase, (begins, ends) in zip(phases, pairwise(bounds), strict=True)
    ]


@dataclass(frozen=True)
class _Piece:
    """The part of a version of the price book in which phases use it."""

    version: PriceVersion
    begins: datetime | None
    ends: datetime | None


def _price(code: str, spans: Sequence[_Span]) -> PriceTerms:
    pieces: list[_Piece] = []
    meter = None
    for span in spans:
        price = next((price for price in span.phase.prices if price.code == code), None)
        if price is None:
            continue
        meter = price.meter
        for version in in_time_order(price.versions):
            piece = _clipped(version, span)
            if piece is None:
                continue
            if pieces and _goes_on(pieces[-1], piece):
                piece = replace(pieces.pop(), ends=piece.ends)
            pieces.append(piece)
    return PriceTerms(code, meter, tuple(_version(piece) for piece in pieces))


def _clipped(version: PriceVersion, span: _Span) -> _Piece | None:
    begins = _latest(version.effective_from, span.begins)
    ends = _earliest(version.effective_to, span.ends)
    if begins is not None and ends is not None and ends <= begins:
        return None
    return _Piece(version, begins, ends)


def _goes_on(earlier: _Piece, later: _Piece) -> bool:
    return earlier.ends == later.begins and earlier.version == later.version


def _version(piece: _Piece) -> PriceVersion:
    version = piece.version
    if (piece.begins, piece.ends) == (version.effective_from, version.effective_to):
        return version
    return replace(
        version,
        effective_from=piece.begins,
        effective_to=piece.ends,
        declared_from=version.since,
        is_clipped=True,
    )


def _commitments(spans: Sequence[_Span]) -> tuple[MinimumCommitment, ...]:
    found: list[MinimumCommitment] = []
    for span in spans:
        stated = span.phase.commitment
        if stated is None:
            continue
        commitment = replace(stated, starts_at=span.begins, ends_at=span.ends)
        if found and found[-1] == replace(
            commitment, starts_at=found[-1].starts_at, ends_at=span.begins
        ):
            commitment = replace(found.pop(), ends_at=span.ends)
        found.append(commitment)
    return tuple(found)


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [instant for instant in (one, other) if instant is not None]
    return max(known, default=None)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [instant for instant in (one, other) if instant is not None]
    return min(known, default=None)
