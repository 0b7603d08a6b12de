"""Overrides of keys other than rates: laid over the price and read again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given

from invoicing.rating.overrides import PriceOverride, overridden
from invoicing.rating.price import PriceKind, PriceTerms, PriceVersion, kind_of
from invoicing.rating.price_format.writing import terms_as_json
from invoicing.rating.rate_card import OnUnmatched, RateCard, RateEntry
from invoicing.rating.terms.allowance import Included
from invoicing.rating.terms.fixed import OneTime, Recurring, Seat, Timing
from invoicing.rating.terms.package import Package
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.tiers import Graduated, Tier, Volume
from tests.invoicing.ai_call_centre import CARD, PRICE
from tests.invoicing.rating.price_format.generated_prices import versions
from values.problems import InvalidTerms

D = Decimal
COUNTED = (PriceKind.USAGE, PriceKind.CALL)
JUNE = datetime(2025, 6, 1, tzinfo=UTC)
TIERS = (Tier(D(10), D(2)), Tier(None, D(1)))


def price_of(*versions: PriceVersion, meter: str | None = "CALLS") -> PriceTerms:
    return PriceTerms("calls", meter, versions)


MINUTES = price_of(
    PriceVersion(
        None,
        None,
        "Minutes",
        Graduated(TIERS),
        included=Included(D(500)),
        minimum_amount=D(10),
        maximum_amount=D(100),
    )
)
FEE = price_of(PriceVersion(None, None, "Fee", Recurring(D(100)), "platform"), meter=None)


def agreed(price: PriceTerms, **keys: object) -> PriceVersion:
    return overridden(price, PriceOverride(keys=keys)).versions[0]


def problems_of(price: PriceTerms, **keys: object) -> list[str]:
    with pytest.raises(InvalidTerms) as caught:
        overridden(price, PriceOverride(keys=keys))
    return [problem.text() for problem in caught.value.problems]


def test_a_key_is_replaced_whole() -> None:
    version = agreed(MINUTES, tiers=[{"unit_price": "0.5"}], included={"quantity": 9})

    assert version.model == Graduated((Tier(None, D("0.5")),))
    assert version.included == Included(D(9))
    assert (version.minimum_amount, version.maximum_amount) == (D(10), D(100))


def test_null_takes_a_key_away() -> None:
    version = agreed(MINUTES, included=None, maximum_amount=None)

    assert (version.included, version.maximum_amount) == (None, None)
    assert version.minimum_amount == D(10)


def test_what_lines_print_is_replaced() -> None:
    version = agreed(FEE, name="Platform", section="premium", tax_code="SAAS", timing="arrears")

    assert version == PriceVersion(
        None, None, "Platform", Recurring(D(100), Timing.ARREARS), "premium", "SAAS"
    )


def test_every_kind_has_its_own_keys_replaced() -> None:
    seat = price_of(PriceVersion(None, None, "Seats", Seat(PerUnit(D(9)))), meter=None)
    setup = price_of(PriceVersion(None, None, "Setup", OneTime(D(9))), meter=None)
    package = price_of(PriceVersion(None, None, "Packs", Package(D(10), D(1))))

    assert agreed(FEE, amount="90").model == Recurring(D(90))
    assert agreed(setup, amount=0).model == OneTime(D(0))
    assert agreed(package, package_price="2").model == Package(D(10), D(2))
    assert overridden(seat, PriceOverride(unit_price=D(7))).versions[0].model == Seat(PerUnit(D(7)))


def test_another_model_drops_the_keys_of_the_old_one() -> None:
    version = agreed(MINUTES, model="package", package_size=10, package_price=3)

    assert version.model == Package(D(10), D(3))
    assert version.included == Included(D(500))


def test_tiers_stay_where_the_new_model_has_them_too() -> None:
    assert agreed(MINUTES, model="volume").model == Volume(TIERS)


def test_each_version_is_changed_and_keeps_its_time() -> None:
    first, second = MINUTES.versions[0], replace(MINUTES.versions[0], name="Later")
    price = price_of(
        replace(first, effective_to=JUNE),
        replace(second, effective_from=JUNE, declared_from=None, is_clipped=True),
    )

    changed = overridden(price, PriceOverride(keys={"maximum_amount": "50"})).versions

    assert [version.maximum_amount for version in changed] == [D(50), D(50)]
    assert [version.name for version in changed] == ["Minutes", "Later"]
    assert (changed[0].effective_to, changed[1].effective_from) == (JUNE, JUNE)
    assert changed[1].is_clipped


def test_another_rate_card_takes_the_place_of_the_old_one_or_of_a_unit_price() -> None:
    card = RateCard("other", "AI_CALL", CARD.versions, OnUnmatched.QUARANTINE)
    override = PriceOverride(keys={"rate_card": "other"}, rate_card=card)
    flat = PriceTerms("ai-call", "AI_CALL", (PriceVersion(None, None, "Calls", PerUnit(D(1))),))
    version = PRICE.versions[0]
    assert isinstance(version.model, PerUnit)

    assert overridden(flat, override).versions[0].model == PerUnit(rate_card=card)
    assert overridden(PRICE, override).versions[0].model == replace(version.model, rate_card=card)


def test_a_unit_price_takes_the_place_of_a_card_that_is_taken_away() -> None:
    override = PriceOverride(unit_price=D(2), keys={"rate_card": None})

    assert overridden(PRICE, override).versions[0].model == PerUnit(D(2))


def test_entries_are_laid_over_the_card_that_an_override_names() -> None:
    card = RateCard("other", "AI_CALL", CARD.versions)
    entry = RateEntry({"region": "MARS"}, D(9))
    override = PriceOverride(
        entries=(entry,), keys={"rate_card": "other", "fallback_rate": "1"}, rate_card=card
    )

    model = overridden(PRICE, override).versions[0].model

    assert isinstance(model, PerUnit)
    assert model.rate_card is not None
    assert model.rate_card.code == "other"
    assert model.rate_card.versions[0].entries[-1] == replace(entry, agreed=True)


@pytest.mark.parametrize(
    "price,keys,problems",
    [
        (
            MINUTES,
            {"amount": 5, "unit_price": "1"},
            [
                "unit_price: belongs to per_unit, seat",
                "amount: belongs to recurring, one_time",
            ],
        ),
        (
            MINUTES,
            {"tiers": [{"up_to": 5, "unit_price": 1}]},
            ["tiers[0].up_to: must be null: the last tier has no end"],
        ),
        (MINUTES, {"maximum_amount": 5}, ["maximum_amount: is less than minimum_amount"]),
        (MINUTES, {"tiers": None}, ["tiers: is required"]),
        (
            MINUTES,
            {"model": "tiered"},
            [
                (
                    "model: must be one of per_unit, graduated, volume, package, percentage, "
                    "graduated_percentage, passthrough"
                )
            ],
        ),
        (
            MINUTES,
            {"model": 5},
            [
                (
                    "model: must be one of per_unit, graduated, volume, package, percentage, "
                    "graduated_percentage, passthrough"
                )
            ],
        ),
        (FEE, {"amount": "-5"}, ["amount: a rate must not be negative"]),
        (PRICE, {"rate_card": "none"}, ["rate_card: unknown rate card 'none'"]),
        (PRICE, {"rate_card": None}, ["needs a unit_price or a rate_card"]),
    ],
)
def test_keys_that_make_no_price_are_refused_with_their_paths(
    price: PriceTerms, keys: Mapping[str, object], problems: list[str]
) -> None:
    assert problems_of(price, **keys) == problems


def test_entries_belong_to_a_rate_card() -> None:
    with pytest.raises(InvalidTerms, match="entries: belongs to a price with a rate card"):
        overridden(MINUTES, PriceOverride(entries=(RateEntry({}, D(1)),)))


@pytest.mark.parametrize("key", ["code", "product", "kind", "meter", "effective_from"])
def test_what_makes_a_price_this_price_is_not_replaced(key: str) -> None:
    with pytest.raises(InvalidTerms, match=f"{key}: is that of the price and is not replaced"):
        PriceOverride(keys={key: "other"})


def test_an_unknown_key_is_refused_with_the_likely_one() -> None:
    with pytest.raises(InvalidTerms, match="amonut: unknown key, did you mean 'amount'"):
        PriceOverride(keys={"amonut": "other"})


def test_all_keys_stand_in_the_order_of_the_format() -> None:
    override = PriceOverride(
        fallback_rate=D("0.40"), keys={"included": None, "name": "X", "rate_card": "c"}
    )

    assert list(override.all_keys().items()) == [
        ("name", "X"),
        ("rate_card", "c"),
        ("fallback_rate", "0.4"),
        ("included", None),
    ]


@given(versions())
def test_a_price_laid_over_itself_stays_the_same(version: PriceVersion) -> None:
    price = PriceTerms(
        "x", "AI_CALL" if kind_of(version.model) in COUNTED else None, (endless(version),)
    )
    keys = terms_as_json(endless(version))

    override = PriceOverride(keys=keys)

    assert overridden(price, override) == price


def endless(version: PriceVersion) -> PriceVersion:
    return replace(version, effective_from=None, effective_to=None)
