"""Rates by combination of dimensions, in versions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.columns import UnitPriceField
from accounts.models import LegalEntity
from accounts.models.seller import CODE
from catalog.models.versions import (
    ends_after_it_starts,
    fixed_once_published,
    no_overlap,
    published_is_fixed,
)
from invoicing.rating import rate_card as terms
from invoicing.rating.match_format import match_text
from usage.models import Meter
from values.exact import plain

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class OnUnmatched(models.TextChoices):
    """What happens to usage that no entry matches."""

    FALLBACK = "fallback", "bill at the price's fallback rate and report it"
    QUARANTINE = "quarantine", "do not bill it; report it"


@pghistory.track()
class RateCard(models.Model):
    """Rates of one meter; which version holds is decided by an event's time."""

    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="rate_cards")
    code = models.CharField(max_length=64, validators=[CODE])
    meter = models.ForeignKey(Meter, models.PROTECT, related_name="rate_cards")
    on_unmatched = models.CharField(
        max_length=12, choices=OnUnmatched.choices, default=OnUnmatched.FALLBACK
    )

    versions: "RelatedManager[RateCardVersion]"

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "code"], name="rate_card_code_unique")
        ]
        triggers = [
            fixed_once_published(
                "rate_card_in_use_is_fixed",
                versions="catalog_ratecardversion",
                owner="rate_card_id",
                fields=["legal_entity_id", "meter_id", "on_unmatched"],
            )
        ]

    def __str__(self) -> str:
        return self.code

    def terms(self, *, with_draft: "RateCardVersion | None" = None) -> terms.RateCard:
        """
        Return the published versions, and one draft if given, as the engine knows them.

        :raises InvalidTerms: when versions overlap or entries tie.
        """
        versions = [
            version
            for version in self.versions.all()
            if version.published_at is not None or version == with_draft
        ]
        if with_draft is not None and with_draft not in versions:
            versions.append(with_draft)
        return terms.RateCard(
            code=self.code,
            meter=self.meter.code,
            versions=tuple(
                version.terms() for version in sorted(versions, key=lambda v: v.effective_from)
            ),
            on_unmatched=terms.OnUnmatched(self.on_unmatched),
        )


@pghistory.track()
class RateCardVersion(models.Model):
    """The rates of a card from a time on; fixed once it is published."""

    rate_card = models.ForeignKey(RateCard, models.PROTECT, related_name="versions")
    effective_from = models.DateTimeField()
    effective_to = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    entries: "RelatedManager[RateEntry]"

    class Meta:
        ordering = ["rate_card", "effective_from"]
        constraints = [
            models.CheckConstraint(
                condition=ends_after_it_starts(),
                name="rate_card_version_in_force_for_some_time",
                violation_error_message="A version ends after it starts.",
            ),
            no_overlap(
                "rate_card_versions_do_not_overlap",
                owner="rate_card_id",
                words="Another published version of this card is in force in a part of that time.",
            ),
        ]
        triggers = [
            published_is_fixed(
                "published_rate_card_version_is_fixed", fields=["rate_card_id", "effective_from"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.rate_card} from {self.effective_from:%Y-%m-%d}"

    def terms(self, entries: Iterable["RateEntry"] | None = None) -> terms.RateCardVersion:
        """
        Return the version as the engine knows it, with these entries or its own.

        :raises InvalidTerms: when two entries tie, naming both.
        """
        rows = self.entries.all() if entries is None else entries
        return terms.RateCardVersion(
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            entries=tuple(row.terms() for row in rows),
        )


@pghistory.track()
class RateEntry(models.Model):
    """One combination of dimensions and its rate for a unit of the meter."""

    version = models.ForeignKey(RateCardVersion, models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField(default=0)
    match = models.JSONField(
        default=dict, help_text='As in {"region": "US", "call_outcome": "*"}.', blank=True
    )
    rate = UnitPriceField()
    priority = models.IntegerField(default=0, help_text="Higher first.")

    class Meta:
        verbose_name_plural = "rate entries"
        ordering = ["version", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "match", "priority"], name="rate_entry_match_once"
            ),
            models.CheckConstraint(condition=Q(rate__gte=0), name="rate_entry_rate_not_negative"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_rate_entry_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM catalog_ratecardversion
                               WHERE id IN (OLD.version_id, NEW.version_id)
                                 AND published_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a published version does not change; add a new one'
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{match_text(terms.parse_match(self.match))}: {plain(self.rate)}"

    def terms(self) -> terms.RateEntry:
        """
        Return the entry as the engine knows it.

        :raises InvalidTerms: for a match that is none, or a rate that is negative or too fine.
        """
        return terms.RateEntry(
            match=terms.parse_match(self.match), rate=self.rate, priority=self.priority
        )
