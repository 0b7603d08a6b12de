"""Where events come in: test and live, with what was received per day."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from accounts.models import KeyMode
from partner_portal.documents.lately import HOURS, Lately, lately
from partner_portal.documents.received_chart import first_of
from partner_portal.documents.source_card import source_card
from partner_portal.pages import page, partner_page
from partner_portal.queries.keys import keys_of
from partner_portal.queries.received import received_by, sources_of
from partner_portal.viewer import PartnerViewer
from usage.documents.sent_chart import since_of, step_of
from usage.models import Source
from usage.queries.source_metrics import lags_of, sent_by


@partner_page()
def sources(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return both sources."""
    now = datetime.now(UTC)
    keys = list(keys_of(partner=viewer.partner))
    known = {source.mode: source for source in sources_of(partner=viewer.partner)}
    cards = []
    for mode in (KeyMode.LIVE, KeyMode.TEST):
        found = (
            received_by(
                source_ids=[known[mode].pk], since=first_of("day", now=now), before=now, step="day"
            )
            if mode in known
            else []
        )
        of_mode = [key for key in keys if key.mode == mode]
        hour = _last_hour(known.get(mode), now=now)
        cards.append(
            source_card(
                mode=mode, found=found, keys=of_mode, now=now, source=known.get(mode), lately=hour
            )
        )
    context = {"cards": cards, "requires_keys": viewer.partner.requires_event_keys}
    return page(request, viewer, "partner/sources.html", context)


def _last_hour(source: Source | None, *, now: datetime) -> Lately | None:
    if source is None:
        return None
    since, asked = since_of(hours=HOURS, now=now), [source.pk]
    found = sent_by(source_ids=asked, since=since, before=now, step=step_of(hours=HOURS))
    lag = lags_of(source_ids=asked, since=since).get(source.pk)
    return lately(source=source, found=found, since=since, lag=lag)
