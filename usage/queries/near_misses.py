"""What a name that nobody knows was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.db.models import Q

from accounts.models import Customer, Subject
from usage.models import Meter, QuarantineReason, Source
from usage.queries.quarantine_causes import Cause

_MOST_NAMES = 1_000
_MOST_MEANT = 3


def near_misses(*, cause: Cause, source: Source) -> list[str]:
    """
    Return names that its source may use and nearly the cause's, the nearest first; at most three.

    What differs in case or spaces alone, or in the way in which a number is written, is meant;
    only where there is nothing of that kind, what is similar. None for a name that is known by
    now: its events need a replay, and no other name.
    """
    if cause.reason == QuarantineReason.UNKNOWN_CUSTOMER:
        return _near_customers(source, cause.named)
    if cause.reason == QuarantineReason.UNKNOWN_EVENT_NAME:
        return _near_event_names(source, cause.named)
    return []


def _near_event_names(source: Source, named: str) -> list[str]:
    sellers = Customer.objects.filter(partners=source.partner_id).values("legal_entity")
    meters = Meter.objects.filter(legal_entity__in=sellers).order_by("event_name")
    names = meters.values_list("event_name", flat=True).distinct()
    same = list(names.filter(event_name__iexact=named.strip()))
    return _meant(named, same) if same else _similar(named, names[:_MOST_NAMES], cutoff=0.6)


def _near_customers(source: Source, named: str) -> list[str]:
    reachable = Customer.objects.filter(
        partners=source.partner_id, is_sandbox=source.mode == "test"
    )
    text = named.strip()
    digits = "".join(filter(str.isdigit, text))
    same_number = Q(identifier__in=[f"+{digits}", digits, f"+1{digits}"]) if digits else Q()
    subjects = Subject.objects.filter(customer__in=reachable)
    same = [
        *reachable.filter(external_id__iexact=text).values_list("external_id", flat=True),
        *subjects.filter(Q(identifier__iexact=text) | same_number).values_list(
            "identifier", flat=True
        )[: _MOST_MEANT + 1],
    ]
    if same:
        return _meant(named, same)
    known = reachable.order_by("external_id").values_list("external_id", flat=True)
    return _similar(named, known[:_MOST_NAMES], cutoff=0.8)


def _meant(named: str, same: Iterable[str]) -> list[str]:
    meant = list(dict.fromkeys(same))
    return [] if named in meant else meant[:_MOST_MEANT]


def _similar(named: str, known: Iterable[str], *, cutoff: float) -> list[str]:
    """Compare without regard to case: of ``ai_call``, ``AI_CALLS`` is nearer than ``all``."""
    by_folded: dict[str, str] = {}
    for name in known:
        by_folded.setdefault(name.casefold(), name)
    close = get_close_matches(named.strip().casefold(), by_folded, n=_MOST_MEANT, cutoff=cutoff)
    return [by_folded[folded] for folded in close]
