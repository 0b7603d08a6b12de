from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.carried import NOTHING_CARRIED, Carried
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.metered import (
    Metered,
    Prepared,
    finish_metered,
    prepare_metered,
    share_allowances,
)
from invoicing.assembly.terms import ContractTerms
from invoicing.rating.terms.allowance import AllowanceScope, Rollover
from tests.invoicing.assembly.metered_contract import (
    at,
    call,
    contract,
    given,
    included,
    lines,
    metered,
    minutes,
    rows,
)

POOL = included(100, pool="team", scope=AllowanceScope.GROUP, rollover=Rollover(1))


def together(
    *members: tuple[ContractTerms, GivenUsage], carried: Sequence[Carried] = ()
) -> list[Metered]:
    ready: list[Prepared] = []
    for place, (terms, usage) in enumerate(members):
        assert terms.calendar is not None
        covered = terms.calendar.period_at(terms.calendar.start)
        billed = BilledPeriod(covered, terms.calendar.full_period_at(covered.start))
        ready.append(
            prepare_metered(
                terms=terms,
                billed=billed,
                usage=usage,
                carried=carried[place] if carried else NOTHING_CARRIED,
                sliced_at=(),
            )
        )
    return [
        finish_metered(each, share)
        for each, share in zip(ready, share_allowances(ready), strict=True)
    ]


def test_contracts_of_a_group_add_up_their_pool_and_use_it_in_the_order_of_time() -> None:
    terms = contract(minutes(included=POOL))

    one, other = together(
        (terms, given(call(11, 2, 90), call(11, 4, 90))), (terms, given(call(11, 3, 50)))
    )

    assert rows(lines(one)) == ["Minutes - included: 150 = 0.00 (0 left)", "Minutes: 30 = 30.00"]
    assert rows(lines(other)) == ["Minutes - included: 50 = 0.00 (0 left)"]


def test_a_contract_alone_has_its_own_part_of_a_group_s_pool() -> None:
    (result,) = metered(contract(minutes(included=POOL)), given(call(11, 2, 150)))

    assert rows(lines(result)) == ["Minutes - included: 100 = 0.00 (0 left)", "Minutes: 50 = 50.00"]


def test_what_a_group_carries_is_there_once() -> None:
    terms = contract(minutes(included=POOL))

    first = together((terms, given(call(11, 2, 70))), (terms, given()))
    second = together(
        (terms, given(call(11, 2, 200))),
        (terms, given(call(11, 3, 200))),
        carried=[each.carried for each in first],
    )

    assert [each.carried.lots["group:team"][0].left for each in first] == [130, 130]
    assert rows(lines(second[0])) == ["Minutes - included: 200 = 0.00 (0 left)"]
    assert rows(lines(second[1])) == [
        "Minutes - included: 130 = 0.00 (0 left)",
        "Minutes: 70 = 70.00",
    ]


def test_a_contract_that_joins_a_group_later_adds_its_days_from_then_on() -> None:
    usage = given(call(11, 2, 120), call(11, 20, 80))
    late = contract(minutes(included=POOL), start=at(11, 16))

    one, _ = together((contract(minutes(included=POOL)), usage), (late, given()))

    assert rows(lines(one)) == ["Minutes - included: 150 = 0.00 (0 left)", "Minutes: 50 = 50.00"]


def test_pools_of_contracts_are_not_those_of_others() -> None:
    own = included(100, pool="team")
    terms = contract(minutes(included=own))

    one, other = together((terms, given(call(11, 2, 150))), (terms, given(call(11, 2, 20))))

    assert rows(lines(one)) == ["Minutes - included: 100 = 0.00 (0 left)", "Minutes: 50 = 50.00"]
    assert rows(lines(other)) == ["Minutes - included: 20 = 0.00 (80 left)"]


def test_maxima_of_a_group_add_up_where_each_contract_has_one() -> None:
    def capped(maximum: int | None) -> ContractTerms:
        cap = None if maximum is None else Decimal(maximum)
        return contract(minutes(included=replace(POOL, rollover=Rollover(1, cap))))

    both = together((capped(10), given()), (capped(15), given()))
    one = together((capped(10), given()), (capped(None), given()))

    assert both[0].carried.lots["group:team"][0].left == 25
    assert one[0].carried.lots["group:team"][0].left == 200


def test_nobody_shares_nothing() -> None:
    assert share_allowances([]) == ()
