"""What a file publishes, against the contracts that are activated already."""

from collections.abc import Mapping

from catalog.models import Price, PriceVersion, RateCard
from contracts.operations.keep_agreements import NAMED_AT_MOST, hold_agreements
from contracts.queries.misfits import misfits
from plan_file.changes import Verdict
from plan_file.format.tree import Path
from plan_file.operations.application import Application

_NOT_YOURS = "a contract of another partner's customer has own rates that do not fit this"


def check_agreements(
    application: Application, *, prices: Mapping[str, Price], cards: Mapping[str, RateCard]
) -> None:
    """Name the activated contracts whose overrides no longer fit what was just published."""
    places = _changed_places(application, prices, cards)
    if application.problems or not places:
        return
    hold_agreements(price_ids=places)
    found = misfits(price_ids=places)
    partner = application.partner
    own = None if partner is None else set(partner.customers.values_list("pk", flat=True))
    named = dict.fromkeys(
        (
            places[each.price.pk],
            each.text() if own is None or each.contract.customer_id in own else _NOT_YOURS,
        )
        for each in found
    )
    for path, message in list(named)[:NAMED_AT_MOST]:
        application.refuse(path, message)
    if len(named) > NAMED_AT_MOST:
        application.refuse((), f"and {len(named) - NAMED_AT_MOST} more")


def _changed_places(
    application: Application, prices: Mapping[str, Price], cards: Mapping[str, RateCard]
) -> dict[int, Path]:
    """Return where the file changes a price or its rate card, by the price's id."""
    changed = {
        (change.kind, change.code)
        for change in application.changes
        if change.verdict is Verdict.CHANGED
    }
    places: dict[int, Path] = {}
    numbers = {
        cards[card.code].pk: index
        for index, card in enumerate(application.document.rate_cards)
        if ("rate card", card.code) in changed
    }
    using = PriceVersion.objects.filter(rate_card__in=numbers, published_at__isnull=False)
    for price_id, card_id in using.values_list("price", "rate_card"):
        places[price_id] = ("rate_cards", numbers[card_id])
    for code, price in prices.items():
        if ("price", code) in changed:
            places[price.pk] = application.versions_at("prices", code)[-1]
    return places
