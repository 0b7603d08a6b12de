"""What monitors read: the state of usage in the text format of Prometheus, behind a token."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from usage.models import Source, UsageAlarm
from usage.queries.files.at_work import files_at_work
from usage.queries.source_metrics import (
    Counts,
    last_sent_at,
    rollups_behind,
    totals,
    waiting_by_source,
    watched_sources,
)

_OUTCOMES = {
    "accepted": "accepted",
    "duplicate": "duplicates",
    "conflict": "conflicts",
    "quarantined": "quarantined",
    "rejected": "rejected",
}


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Return all metrics; 404 where no token is set, 401 without it."""
    if not settings.METRICS_TOKEN_HASH:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given = hashlib.sha256(token.strip().encode(errors="replace")).hexdigest()
    if scheme.lower() != "bearer" or not hmac.compare_digest(given, settings.METRICS_TOKEN_HASH):
        return HttpResponse(
            "The token of METRICS_TOKEN is needed.\n",
            status=401,
            content_type="text/plain; charset=utf-8",
            headers={"WWW-Authenticate": 'Bearer realm="metrics"'},
        )
    registry = CollectorRegistry()
    registry.register(_Usage(now=datetime.now(UTC)))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Usage(Collector):
    """Reads everything when it is asked: nothing is kept in a process, whichever one answers."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now

    def describe(self) -> Iterator[Metric]:
        """Name nothing ahead, so that registering reads nothing."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of docs/metrics.md."""
        sent, waiting = totals(), waiting_by_source()
        # Read after what is told of them: a source that sends for the first time meanwhile is
        # there then, or waits for the next time.
        sources = {source.pk: source for source in watched_sources()}
        yield _events(sources, sent)
        yield _quarantine(sources, waiting)
        yield _last_events(sources, self._now)
        yield from _rollups(self._now)
        yield GaugeMetricFamily(
            "usage_files_at_work", "Files being checked or imported.", value=len(files_at_work())
        )
        yield GaugeMetricFamily(
            "usage_alarms_open",
            "Sources that are not as usual.",
            value=UsageAlarm.objects.filter(closed_at=None).count(),
        )


def _labels(source: Source) -> list[str]:
    return [source.partner.public_id, source.partner.name, source.mode]


_SOURCE = ["partner", "partner_name", "mode"]


def _events(sources: Mapping[int, Source], sent: Mapping[int, Counts]) -> Metric:
    family = CounterMetricFamily(
        "usage_events", "Items by API and file, by what became of them.",
        labels=[*_SOURCE, "outcome"],
    )  # fmt: skip
    for source_id in sorted(sent.keys() & sources.keys()):
        for outcome, name in _OUTCOMES.items():
            labels = [*_labels(sources[source_id]), outcome]
            family.add_metric(labels, getattr(sent[source_id], name))
    return family


def _quarantine(sources: Mapping[int, Source], waiting: Mapping[tuple[int, str], int]) -> Metric:
    family = GaugeMetricFamily(
        "usage_quarantine_waiting", "Events that wait in quarantine.", labels=[*_SOURCE, "reason"]
    )
    for (source_id, reason), events in sorted(waiting.items()):
        if source_id in sources:
            family.add_metric([*_labels(sources[source_id]), reason], events)
    return family


def _last_events(sources: Mapping[int, Source], now: datetime) -> Metric:
    family = GaugeMetricFamily(
        "usage_seconds_since_last_event", "Since the last request or file with events.",
        labels=_SOURCE,
    )  # fmt: skip
    for source_id, at in sorted(last_sent_at(source_ids=sources).items()):
        family.add_metric(_labels(sources[source_id]), (now - at).total_seconds())
    return family


def _rollups(now: datetime) -> Iterator[Metric]:
    behind = rollups_behind()
    seconds = 0.0 if behind.since is None else (now - behind.since).total_seconds()
    yield GaugeMetricFamily(
        "usage_rollups_behind_seconds",
        "Since the first request came that the sums by the hour lack.",
        value=seconds,
    )
    yield GaugeMetricFamily(
        "usage_rollups_behind_events", "Events that the sums by the hour lack.", value=behind.events
    )
    yield GaugeMetricFamily(
        "usage_rollups_behind_requests",
        "Requests, and parts of files, that the sums by the hour lack.",
        value=behind.receipts,
    )
