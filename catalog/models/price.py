"""What is charged, in versions."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.columns import UnitPriceField
from accounts.models import LegalEntity
from accounts.models.seller import CODE
from catalog.models.product import Product
from catalog.models.rate_card import RateCard
from catalog.models.versions import (
    ends_after_it_starts,
    fixed_once_published,
    no_overlap,
    published_is_fixed,
)
from invoicing.rating.price import PriceTerms
from invoicing.rating.price import PriceVersion as VersionTerms
from invoicing.rating.price_format.keys import price_section
from invoicing.rating.price_format.reading import read_version
from invoicing.rating.terms.call_rate import CallRate as CallRateTerms
from invoicing.rating.terms.calls import Calls
from usage.models import Meter
from values.exact import plain
from values.fields import Place
from values.problems import InvalidTerms, Problem, refuse

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from catalog.models.call_rate import CallRate


class Section(models.TextChoices):
    """The part of an invoice where lines of a price stand."""

    PLATFORM = "platform", "platform"
    INCLUDED = "included", "included"
    USAGE = "usage", "usage"
    OVERAGE = "overage", "overage"
    PREMIUM = "premium", "premium"
    TELEPHONY = "telephony", "telephony"
    ONE_TIME = "one_time", "one-time"
    TRUE_UP = "true_up", "true-up"


class PriceKindChoice(models.TextChoices):
    """What a price charges for."""

    USAGE = "usage", "usage of a meter"
    CALL = "call", "calls"
    RECURRING = "recurring", "recurring fee"
    SEAT = "seat", "seats"
    ONE_TIME = "one_time", "one-time fee"
    PERFORMANCE = "performance", "performance: a bonus or malus"


class ModelChoice(models.TextChoices):
    """How usage or seats become an amount."""

    PER_UNIT = "per_unit", "per unit"
    GRADUATED = "graduated", "graduated tiers"
    VOLUME = "volume", "volume tiers"
    PACKAGE = "package", "packages"
    PERCENTAGE = "percentage", "percentage of a value"
    GRADUATED_PERCENTAGE = "graduated_percentage", "graduated percentage"
    PASSTHROUGH = "passthrough", "cost plus markup"


class RefusedTerms(ValidationError):
    """A problem of a version's terms, with its place: a form shows it at the box."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text())
        self.problem = problem


@pghistory.track()
class Price(models.Model):
    """One chargeable thing, under a code that plans list; usage and calls have a meter."""

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="prices")
    code = models.CharField(max_length=64, validators=[CODE])
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="prices"
    )
    kind = models.CharField(
        max_length=12, choices=PriceKindChoice.choices, default=PriceKindChoice.USAGE
    )
    meter = models.ForeignKey(Meter, models.PROTECT, null=True, blank=True, related_name="prices")

    versions: "RelatedManager[PriceVersion]"

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "code"], name="price_code_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["usage", "call"], meter__isnull=False)
                | Q(kind__in=["recurring", "seat", "one_time", "performance"], meter=None),
                name="price_meter_where_it_counts",
                violation_error_message="Prices of usage and of calls have a meter, others none.",
            ),
        ]
        triggers = [
            fixed_once_published(
                "price_in_use_is_fixed",
                versions="catalog_priceversion",
                owner="price_id",
                fields=["legal_entity_id", "kind", "meter_id"],
            )
        ]

    def __str__(self) -> str:
        return self.code

    def terms(self) -> PriceTerms:
        """
        Return the published versions as the engine knows them.

        :raises InvalidTerms: when versions overlap, or a fallback is missing.
        """
        versions = sorted(
            (version for version in self.versions.all() if version.published_at is not None),
            key=lambda version: (version.effective_from is not None, version.effective_from),
        )
        return PriceTerms(
            code=self.code,
            meter=self.meter.code if self.meter else None,
            versions=tuple(version.terms() for version in versions),
        )


_DECKS_AT_MOST = 32
_DECKS: dict[int, tuple[datetime, VersionTerms]] = {}
_ANY_RATE = {"prefix": "", "rate_per_minute": "0"}


@pghistory.track()
class PriceVersion(models.Model):
    """How a price is charged from a time on; fixed once it is published."""

    price = models.ForeignKey(Price, models.PROTECT, related_name="versions")
    name = models.CharField(max_length=200, help_text="What the invoice prints.")
    section = models.CharField(max_length=12, choices=Section.choices, default=Section.USAGE)
    tax_code = models.CharField(max_length=64, blank=True)
    effective_from = models.DateTimeField(
        null=True, blank=True, help_text="Empty: from the beginning."
    )
    effective_to = models.DateTimeField(null=True, blank=True)
    model = models.CharField(
        max_length=20,
        choices=ModelChoice.choices,
        default=ModelChoice.PER_UNIT,
        blank=True,
        help_text="Of usage and seats; empty for other kinds.",
    )
    terms_keys = models.JSONField(
        default=dict,
        blank=True,
        help_text="What the price says beside its columns, in the keys of the plan file.",
    )
    unit_price = UnitPriceField(null=True, blank=True, help_text="Or a rate card.")
    rate_card = models.ForeignKey(
        RateCard, models.PROTECT, null=True, blank=True, related_name="price_versions"
    )
    fallback_rate = UnitPriceField(
        null=True, blank=True, help_text="For usage that no entry of the rate card matches."
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    call_rates: "RelatedManager[CallRate]"

    class Meta:
        ordering = ["price", models.F("effective_from").asc(nulls_first=True)]
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_from=None) | ends_after_it_starts(),
                name="price_version_in_force_for_some_time",
                violation_error_message="A version ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(
                    model="per_unit", unit_price__isnull=False, rate_card=None, fallback_rate=None
                )
                | Q(model="per_unit", unit_price=None, rate_card__isnull=False)
                | (~Q(model="per_unit") & Q(unit_price=None, rate_card=None, fallback_rate=None)),
                name="price_version_one_kind_of_rate",
                violation_error_message="Give a unit price, or a rate card with its fallback rate.",
            ),
            models.CheckConstraint(
                condition=(Q(unit_price=None) | Q(unit_price__gte=0))
                & (Q(fallback_rate=None) | Q(fallback_rate__gte=0)),
                name="price_version_rates_not_negative",
                violation_error_message="A rate is not negative.",
            ),
            no_overlap(
                "price_versions_do_not_overlap",
                owner="price_id",
                words="Another published version of this price is in force in a part of that time.",
            ),
        ]
        triggers = [
            published_is_fixed(
                "published_price_version_is_fixed",
                fields=[
                    "price_id",
                    "name",
                    "section",
                    "tax_code",
                    "effective_from",
                    "model",
                    "terms_keys",
                    "unit_price",
                    "rate_card_id",
                    "fallback_rate",
                ],
            )
        ]

    def __str__(self) -> str:
        start = f" from {self.effective_from:%Y-%m-%d}" if self.effective_from else ""
        return f"{self.price}{start}"

    def terms(self) -> VersionTerms:
        """
        Return the version as the engine knows it.

        :raises InvalidTerms: with paths relative to the version, in the words of the plan file.
        """
        if self.price.kind != PriceKindChoice.CALL:
            return self._in_time(self._read({}))
        if self.published_at is None or self.pk is None:
            return self._in_time(self._with_call_rates())
        # A published version never changes: its deck, thousands of rows, is compiled once.
        found = _DECKS.get(self.pk)
        if found is None or found[0] != self.published_at:
            if len(_DECKS) >= _DECKS_AT_MOST:
                _DECKS.clear()
            found = _DECKS[self.pk] = (self.published_at, self._with_call_rates())
        return self._in_time(found[1])

    def drafted_terms(self) -> VersionTerms:
        """
        Return the terms of a draft; of calls with some rate in the place of its own.

        A draft of calls may have no rates yet, and may have 50,000.

        :raises InvalidTerms: see `terms`.
        """
        if self.price.kind == PriceKindChoice.CALL:
            return self._in_time(self._read({"rates": [_ANY_RATE]}))
        return self.terms()

    def has_call_rates(self) -> bool:
        """Return whether there is a row of rates of calls."""
        return self.pk is not None and self.call_rates.exists()

    def with_call_rates(self, rates: Iterable[CallRateTerms]) -> VersionTerms:
        """
        Return the terms of a price of calls with these rates instead of the stored ones.

        :raises InvalidTerms: see `terms`; the paths of rows begin with ``rates``.
        """
        version = self._read({"rates": [_ANY_RATE]})
        assert isinstance(version.model, Calls), "a price of calls has the terms of calls"
        return self._in_time(replace(version, model=replace(version.model, rates=tuple(rates))))

    def _with_call_rates(self) -> VersionTerms:
        rows = self.call_rates.all() if self.pk else ()
        return self.with_call_rates(row.terms() for row in rows)

    def _read(self, more: Mapping[str, object]) -> VersionTerms:
        problems: list[Problem] = []
        section = price_section(Place({**self._keys(), **more}, (), problems))
        card = self.rate_card.terms() if self.rate_card else None
        version = read_version(
            section,
            name=self.name,
            zone=self.price.legal_entity.timezone,
            rate_cards={card.code: card} if card else {},
        )
        refuse(problems)
        assert version is not None, "what has no problems has terms"
        return version

    def _keys(self) -> dict[str, object]:
        rates = {"unit_price": self.unit_price, "fallback_rate": self.fallback_rate}
        return {
            **self.terms_keys,
            "name": self.name,
            "kind": self.price.kind,
            "section": self.section,
            "tax_code": self.tax_code or None,
            "model": self.model or None,
            "rate_card": self.rate_card.code if self.rate_card else None,
            **{key: None if rate is None else plain(rate) for key, rate in rates.items()},
        }

    def _in_time(self, version: VersionTerms) -> VersionTerms:
        return replace(version, effective_from=self.effective_from, effective_to=self.effective_to)

    def clean(self) -> None:
        if not self.price_id:
            return
        if self.rate_card and self.rate_card.meter_id != self.price.meter_id:
            raise ValidationError({"rate_card": "This card is of another meter than the price."})
        try:
            self.drafted_terms()
        except InvalidTerms as error:
            raise ValidationError([RefusedTerms(problem) for problem in error.problems]) from error
