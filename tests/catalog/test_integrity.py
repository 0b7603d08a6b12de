"""What is published stays as it is, also for those who write SQL."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from catalog.models import (
    Plan,
    PlanPrice,
    Price,
    PriceVersion,
    RateCard,
    RateCardVersion,
    RateEntry,
)
from tests import factories as make
from tests.refusals import refused, sql

pytestmark = pytest.mark.django_db

DECEMBER_1 = datetime(2024, 12, 1, tzinfo=UTC)
JANUARY_1 = datetime(2025, 1, 1, tzinfo=UTC)
PUBLISHED = "a published version does not change"


@pytest.fixture
def version() -> RateCardVersion:
    """The published version of the nine rates."""
    return make.ai_call_rates().versions.get()


@pytest.fixture
def price() -> Price:
    """The published price of calls."""
    return make.ai_call_price()


def draft_of(version: RateCardVersion, since: datetime = DECEMBER_1) -> RateCardVersion:
    return RateCardVersion.objects.create(rate_card=version.rate_card, effective_from=since)


@pytest.mark.parametrize(
    "change",
    [
        "effective_from = effective_from - interval '1 day'",
        "published_at = NULL",
        "published_at = now()",
        "rate_card_id = rate_card_id + 1",
    ],
)
def test_a_published_rate_card_version_does_not_change(
    version: RateCardVersion, change: str
) -> None:
    with refused(PUBLISHED):
        sql(f"UPDATE catalog_ratecardversion SET {change}")


def test_a_published_version_is_not_deleted(price: Price) -> None:
    for table in ("catalog_ratecardversion", "catalog_priceversion"):
        with refused():
            sql(f"DELETE FROM {table}")


def test_a_published_version_is_ended_once(version: RateCardVersion) -> None:
    sql("UPDATE catalog_ratecardversion SET effective_to = %s", DECEMBER_1)

    for value in (JANUARY_1, None):
        with refused(PUBLISHED):
            sql("UPDATE catalog_ratecardversion SET effective_to = %s", value)


def test_entries_of_a_published_version_neither_come_change_nor_go(
    version: RateCardVersion,
) -> None:
    entry = version.entries.all()[0]

    for change in ("rate = 0.01", "priority = 5", "match = '{}'", "position = 99"):
        with refused(PUBLISHED):
            sql(f"UPDATE catalog_rateentry SET {change} WHERE id = %s", entry.pk)
    with refused(PUBLISHED):
        sql("DELETE FROM catalog_rateentry WHERE id = %s", entry.pk)
    with refused(PUBLISHED):
        RateEntry.objects.create(version=version, match={"region": "LATAM"}, rate=Decimal(1))


def test_entries_move_neither_out_of_nor_into_a_published_version(
    version: RateCardVersion,
) -> None:
    draft = draft_of(version)
    other = RateEntry.objects.create(version=draft, match={"region": "LATAM"}, rate=Decimal(1))

    with refused(PUBLISHED):
        sql(
            "UPDATE catalog_rateentry SET version_id = %s WHERE version_id = %s",
            draft.pk,
            version.pk,
        )
    with refused(PUBLISHED):
        sql("UPDATE catalog_rateentry SET version_id = %s WHERE id = %s", version.pk, other.pk)


def test_a_draft_may_change_and_go(version: RateCardVersion) -> None:
    draft = draft_of(version)
    entry = RateEntry.objects.create(version=draft, match={}, rate=Decimal(1))

    entry.rate = Decimal(2)
    entry.save()
    draft.effective_from = JANUARY_1
    draft.save()
    draft.entries.all().delete()
    draft.delete()

    assert RateCardVersion.objects.get() == version


@pytest.mark.parametrize(
    "change",
    [
        "name = 'Other'",
        "section = 'premium'",
        "tax_code = 'telecom'",
        "effective_from = now()",
        "fallback_rate = 0.01",
        "published_at = NULL",
    ],
)
def test_a_published_price_version_does_not_change(price: Price, change: str) -> None:
    with refused(PUBLISHED):
        sql(f"UPDATE catalog_priceversion SET {change}")


def test_published_versions_of_a_card_do_not_overlap(version: RateCardVersion) -> None:
    draft = draft_of(version)
    draft.published_at = make.NOW

    with pytest.raises(ValidationError, match="Another published version of this card"):
        draft.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.save()


def test_a_version_follows_one_that_ended(version: RateCardVersion) -> None:
    version.effective_to = DECEMBER_1
    version.save()
    draft = draft_of(version)
    draft.published_at = make.NOW

    draft.save()

    assert RateCardVersion.objects.filter(published_at__isnull=False).count() == 2


def test_published_versions_of_a_price_do_not_overlap(price: Price) -> None:
    other = PriceVersion(
        price=price, name="Other", unit_price=Decimal(1), published_at=make.NOW,
        effective_from=JANUARY_1,
    )  # fmt: skip

    with pytest.raises(ValidationError, match="Another published version of this price"):
        other.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_versions_of_two_cards_may_cover_the_same_time(version: RateCardVersion) -> None:
    card = RateCard.objects.create(
        legal_entity=make.northwind(), code="other", meter=make.ai_call_meter()
    )

    RateCardVersion.objects.create(
        rate_card=card, effective_from=version.effective_from, published_at=make.NOW
    )

    assert card.versions.count() == 1


def test_a_version_ends_after_it_starts(price: Price) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RateCardVersion.objects.create(
            rate_card=RateCard.objects.get(), effective_from=JANUARY_1, effective_to=DECEMBER_1
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceVersion.objects.create(
            price=price, name="Other", unit_price=Decimal(1),
            effective_from=JANUARY_1, effective_to=JANUARY_1,
        )  # fmt: skip


@pytest.mark.parametrize(
    "rates",
    [
        {"unit_price": Decimal("-0.01")},
        {"fallback_rate": Decimal("-0.01"), "with_card": True},
        {"unit_price": Decimal(1), "with_card": True},
        {"unit_price": Decimal(1), "fallback_rate": Decimal(1)},
        {},
    ],
)
def test_a_price_has_one_kind_of_rate_that_is_not_negative(
    price: Price, rates: dict[str, object]
) -> None:
    card = RateCard.objects.get() if rates.pop("with_card", False) else None

    with pytest.raises(IntegrityError), transaction.atomic():
        PriceVersion.objects.create(price=price, name="Other", rate_card=card, **rates)


def test_a_rate_is_not_negative(version: RateCardVersion) -> None:
    draft = draft_of(version)

    with pytest.raises(IntegrityError), transaction.atomic():
        RateEntry.objects.create(version=draft, match={}, rate=Decimal("-0.01"))


def test_a_plan_in_use_keeps_its_currency_period_and_prices() -> None:
    plan = make.contract(make.basil()).plan
    other = Price.objects.create(
        legal_entity=make.northwind(), code="other", meter=make.ai_call_meter()
    )
    spare = Plan.objects.create(legal_entity=make.northwind(), code="spare", name="Spare")
    item = PlanPrice.objects.create(plan=spare, price=other)

    for change in ("currency = 'EUR'", "billing_period = 'year'"):
        with refused("the plan is in use"):
            sql(f"UPDATE catalog_plan SET {change} WHERE id = %s", plan.pk)
    with refused("the plan is in use"):
        PlanPrice.objects.create(plan=plan, price=other)
    with refused("the plan is in use"):
        sql("DELETE FROM catalog_planprice WHERE plan_id = %s", plan.pk)
    with refused("the plan is in use"):
        sql("UPDATE catalog_planprice SET plan_id = %s WHERE id = %s", plan.pk, item.pk)
    with refused("the plan is in use"):
        sql("UPDATE catalog_planprice SET plan_id = %s WHERE plan_id = %s", spare.pk, plan.pk)


def test_a_plan_in_use_may_get_another_name() -> None:
    plan = make.contract(make.basil()).plan

    plan.name = "AI Call Center, small"
    plan.save()

    plan.refresh_from_db()
    assert plan.name == "AI Call Center, small"


def test_a_plan_that_only_drafts_are_on_is_free() -> None:
    plan = make.contract(make.basil(), activated=False).plan

    plan.currency = "EUR"
    plan.save()
    plan.items.all().delete()

    assert not plan.items.exists()


def test_a_draft_that_ends_before_it_starts_is_told_so(price: Price) -> None:
    card = RateCardVersion(
        rate_card=RateCard.objects.get(), effective_from=JANUARY_1, effective_to=DECEMBER_1
    )
    version = PriceVersion(
        price=price, name="Other", unit_price=Decimal(1),
        effective_from=JANUARY_1, effective_to=DECEMBER_1,
    )  # fmt: skip

    for backwards in (card, version):
        with pytest.raises(ValidationError, match="A version ends after it starts"):
            backwards.full_clean()


@pytest.mark.parametrize(
    "change",
    [
        """unit_conversion = '{"divide_by": "60", "label": "hour"}'""",
        """quantity_rounding = '{"mode": "up", "places": 0}'""",
        "unit = 'hour'",
        "code = 'OTHER'",
        "legal_entity_id = legal_entity_id + 1",
    ],
)
def test_a_meter_that_a_published_price_charges_by_does_not_change(
    price: Price, change: str
) -> None:
    with refused("the published price 'ai-call' charges by this meter; make a new one"):
        sql(f"UPDATE usage_meter SET {change}")


@pytest.mark.parametrize(
    "measure", ["AI_CALL", {"divide": "AI_CALL", "by": "TICKETS"}, {"divide": "T", "by": "AI_CALL"}]
)
def test_a_meter_that_a_published_bonus_measures_does_not_change(measure: object) -> None:
    make.ai_call_meter()
    bonus = Price.objects.create(legal_entity=make.northwind(), code="bonus", kind="performance")
    version = PriceVersion.objects.create(
        price=bonus, name="Bonus", model="", terms_keys={"measure": measure, "of": [], "bands": []}
    )
    sql("UPDATE usage_meter SET unit = 'hour'")
    PriceVersion.objects.filter(pk=version.pk).update(published_at=DECEMBER_1)

    with refused("the published price 'bonus' charges by this meter"):
        sql("UPDATE usage_meter SET unit = 'minute'")


def test_a_meter_in_use_may_still_be_called_otherwise(price: Price) -> None:
    sql("UPDATE usage_meter SET display_name = 'Calls', allows_negative = NOT allows_negative")


def test_a_meter_of_drafts_alone_may_change(price: Price) -> None:
    other = make.ai_call_meter()
    other.pk, other.code = None, "OTHER"
    other.save()
    later = Price.objects.create(legal_entity=make.northwind(), code="later", meter=other)
    PriceVersion.objects.create(price=later, name="Later", unit_price=Decimal(1))

    sql("UPDATE usage_meter SET unit = 'hour' WHERE code = 'OTHER'")
