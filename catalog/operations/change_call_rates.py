"""Writing some of the rates of calls of a draft."""

from collections.abc import Collection, Sequence

from django.db import transaction

from catalog.models import CallRate, Price, PriceVersion
from catalog.operations.publish_price_version import AlreadyPublished
from catalog.queries.call_rate_fit import refuse_call_rate_misfits
from catalog.queries.price_columns import call_rate_row
from invoicing.rating.price_format.rates_file import MOST_ROWS, too_many_rows
from invoicing.rating.terms import call_rate as terms
from values.problems import InvalidTerms, Problem, refuse


@transaction.atomic
def change_call_rates(
    *, version: PriceVersion, replaced: Collection[int], rates: Sequence[terms.CallRate]
) -> None:
    """
    Put these rates in the place of the draft's rows with the ids `replaced`.

    What is more than before comes last.

    :raises AlreadyPublished:
    :raises InvalidTerms: rows tie, one names an unknown band, or they are too many; the paths
        of the new ones are ``rates[place among them]``, others are told in words.
    """
    Price.objects.select_for_update().get(pk=version.price_id)
    draft = PriceVersion.objects.select_related("price__legal_entity").get(pk=version.pk)
    if draft.published_at is not None:
        raise AlreadyPublished("a published version does not change; add a new one")
    refuse_call_rate_misfits(rates)
    stored = list(draft.call_rates.order_by("position", "id"))
    gone = [row for row in stored if row.pk in replaced]
    kept = [row for row in stored if row.pk not in replaced]
    if len(kept) + len(rates) > MOST_ROWS:
        refuse([Problem((), f"the deck {too_many_rows(len(kept) + len(rates))}")])
    if rates or kept:
        _judge(draft, rates, kept)
    last = max((row.position for row in stored), default=-1)
    places = [row.position for row in gone[: len(rates)]]
    places += [last + more for more in range(1, len(rates) - len(places) + 1)]
    draft.call_rates.filter(pk__in=[row.pk for row in gone]).delete()
    CallRate.objects.bulk_create(
        call_rate_row(draft, rate, position=place)
        for rate, place in zip(rates, places, strict=True)
    )


def _judge(draft: PriceVersion, rates: Sequence[terms.CallRate], kept: Sequence[CallRate]) -> None:
    """Ask the engine, the rows that are kept first: a problem then stands at the new one."""
    others = len(kept)
    try:
        draft.with_call_rates([*(row.terms() for row in kept), *rates])
    except InvalidTerms as error:
        raise InvalidTerms(_told(problem, others) for problem in error.problems) from error


def _told(problem: Problem, others: int) -> Problem:
    match problem.path:
        case ("rates", int(at), *rest) if at >= others:
            return Problem(("rates", at - others, *rest), problem.message)
        case ("rates", int(), *_):
            return Problem((), f"a rate on another page: {problem.message}")
    return problem
