from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.assembly.phases import Phase, compiled
from invoicing.assembly.terms import MinimumCommitment
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.terms.fixed import Recurring
from tests.invoicing.rating.fees import day, version

START, CHANGE, LATER = (day(text) for text in ("2025-01-01", "2025-03-11", "2025-06-01"))


def fee(code: str, *versions: PriceVersion) -> PriceTerms:
    return PriceTerms(code, None, versions)


def amount(value: int) -> Recurring:
    return Recurring(Decimal(value))


ALWAYS = version(amount(10))
DEARER = version(amount(20))


def bounds(price: PriceTerms) -> list[tuple[object, object, object]]:
    return [(it.effective_from, it.effective_to, it.since) for it in price.versions]


def test_one_phase_is_the_contract_as_it_is() -> None:
    prices = (fee("a", ALWAYS), fee("b", version(amount(1), "2024-01-01", "2026-01-01")))
    commitment = MinimumCommitment(Decimal(100), "FEE")

    found = compiled([Phase(START, prices, commitment)])

    assert found.prices == prices
    assert found.commitments == (commitment,)
    assert found.phase_starts == ()


def test_a_price_that_a_phase_leaves_alone_stays_one_version() -> None:
    same = replace(ALWAYS)
    found = compiled([Phase(START, (fee("a", ALWAYS),)), Phase(CHANGE, (fee("a", same),))])

    assert found.prices == (fee("a", ALWAYS),)
    assert found.phase_starts == (CHANGE,)


def test_a_price_that_a_phase_changes_has_a_version_for_each() -> None:
    book = version(amount(10), "2024-01-01")
    agreed = replace(book, model=amount(15))
    found = compiled([Phase(START, (fee("a", book),)), Phase(CHANGE, (fee("a", agreed),))])

    (price,) = found.prices
    assert bounds(price) == [
        (day("2024-01-01"), CHANGE, day("2024-01-01")),
        (CHANGE, None, day("2024-01-01")),
    ]
    assert [it.model for it in price.versions] == [amount(10), amount(15)]


def test_what_has_always_held_prints_no_date_in_a_phase_either() -> None:
    found = compiled([Phase(START, (fee("a", ALWAYS),)), Phase(CHANGE, (fee("a", DEARER),))])

    assert bounds(found.prices[0]) == [(None, CHANGE, None), (CHANGE, None, None)]


def test_versions_of_the_book_go_on_inside_phases() -> None:
    old = version(amount(10), None, "2025-02-01")
    new = version(amount(12), "2025-02-01", "2025-05-01")
    newest = version(amount(14), "2025-05-01")
    agreed = tuple(replace(it, model=amount(9)) for it in (old, new, newest))
    found = compiled(
        [
            Phase(START, (fee("a", newest, old, new),)),
            Phase(CHANGE, (fee("a", *agreed),)),
            Phase(LATER, (fee("a", old, new, newest),)),
        ]
    )

    (price,) = found.prices
    assert bounds(price) == [
        (None, day("2025-02-01"), None),
        (day("2025-02-01"), CHANGE, day("2025-02-01")),
        (CHANGE, day("2025-05-01"), day("2025-02-01")),
        (day("2025-05-01"), LATER, day("2025-05-01")),
        (LATER, None, day("2025-05-01")),
    ]
    assert [it.model for it in price.versions] == [
        amount(10),
        amount(12),
        amount(9),
        amount(9),
        amount(14),
    ]


def test_a_price_of_one_phase_is_in_force_there_only() -> None:
    found = compiled(
        [
            Phase(START, (fee("a", ALWAYS), fee("b", ALWAYS))),
            Phase(CHANGE, (fee("c", ALWAYS), fee("b", ALWAYS))),
            Phase(LATER, (fee("b", ALWAYS), fee("a", ALWAYS))),
        ]
    )

    assert [price.code for price in found.prices] == ["a", "b", "c"]
    assert [bounds(price) for price in found.prices] == [
        [(None, CHANGE, None), (LATER, None, None)],
        [(None, None, None)],
        [(CHANGE, LATER, None)],
    ]


def test_a_version_outside_its_phase_is_left_out() -> None:
    over = version(amount(10), None, "2025-01-01")
    found = compiled([Phase(START, ()), Phase(CHANGE, (fee("a", over),))])

    assert found.prices == (fee("a"),)


def test_commitments_hold_in_their_phases_and_stay_one_where_nothing_changes() -> None:
    small, large = MinimumCommitment(Decimal(100), "X"), MinimumCommitment(Decimal(900), "X")
    found = compiled(
        [
            Phase(START, (), small),
            Phase(CHANGE, (), small),
            Phase(LATER, (), large),
            Phase(day("2025-08-01"), (), None),
            Phase(day("2025-09-01"), (), large),
        ]
    )

    assert found.commitments == (
        replace(small, ends_at=LATER),
        replace(large, starts_at=LATER, ends_at=day("2025-08-01")),
        replace(large, starts_at=day("2025-09-01")),
    )


def test_phases_stand_in_the_order_of_time() -> None:
    with pytest.raises(AssertionError):
        compiled([Phase(CHANGE, ()), Phase(START, ())])


def test_a_commitment_that_goes_on_is_joined_to_the_one_before_it_alone() -> None:
    small, large = MinimumCommitment(Decimal(100)), MinimumCommitment(Decimal(900))
    later = day("2025-08-01")

    found = compiled(
        [
            Phase(START, (), small),
            Phase(CHANGE, (), large),
            Phase(LATER, (), large),
            Phase(later, (), small),
        ]
    )

    assert found.commitments == (
        replace(small, ends_at=CHANGE),
        replace(large, starts_at=CHANGE, ends_at=later),
        replace(small, starts_at=later),
    )
