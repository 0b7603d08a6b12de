from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from invoicing.assembly.bill import Bill, BilledPeriod, usage_bill
from invoicing.assembly.fixed_lines import advance_lines, arrears_lines
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.terms import ContractTerms, DatedQuantity, MinimumCommitment
from invoicing.rating.fixed_charge import Amount, fixed_line
from invoicing.rating.lines import Line
from invoicing.rating.price import Model, PriceTerms, PriceVersion
from invoicing.rating.terms.fixed import OneTime, Recurring, Seat, Timing
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.performance import Measure, Performance, PerformanceBand
from tests.invoicing.rating.fees import JANUARY, charge, day, days, span
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import Quantity
from values.period import Period

DAY = date(2025, 2, 1)
FEBRUARY = days("2025-02-01", "2025-03-01")
SCORES = Meter("SCORE", "Scores", "score", Aggregation.SUM, "points", ("region",), None)
CALLS = Meter("CALL", "Calls", "call", Aggregation.SUM, "minutes", (), "minute")


def priced(
    code: str, model: Model, *, meter: str | None = None, minimum: str | None = None
) -> PriceTerms:
    version = PriceVersion(
        effective_from=None,
        effective_to=None,
        name=code,
        model=model,
        minimum_amount=Decimal(minimum) if minimum else None,
    )
    return PriceTerms(code, meter, (version,))


def performance(code: str, *of: str, percent: str = "0", amount: str = "0") -> PriceTerms:
    band = PerformanceBand(None, percent=Decimal(percent), amount=Decimal(amount))
    return priced(code, Performance(Measure("SCORE"), of, (band,)))


SETUP = priced("setup", OneTime(Decimal(500)))
BASE = priced("base", Recurring(Decimal(310)))
SUPPORT = priced("support", Recurring(Decimal(31), timing=Timing.ARREARS))
SEATS = priced("seats", Seat(PerUnit(unit_price=Decimal(10))))
USAGE = priced("usage", PerUnit(unit_price=Decimal(1)), meter="CALL", minimum="50")


def contract(*prices: PriceTerms, commitments: Sequence[MinimumCommitment] = ()) -> ContractTerms:
    return ContractTerms(
        currency="USD",
        prices=prices,
        meters={"CALL": CALLS, "SCORE": SCORES},
        starts_at=JANUARY.start,
        quantities={
            "seats": (
                DatedQuantity(JANUARY.start, Decimal(2)),
                DatedQuantity(FEBRUARY.start, Decimal(3)),
            )
        },
        commitments=tuple(commitments),
    )


def bill(*, closes: Period | None = None, opens: Period | None = None) -> Bill:
    return Bill(
        closes=BilledPeriod(closes, closes) if closes else None,
        opens=BilledPeriod(opens, opens) if opens else None,
        is_first=closes is None,
        issue_date=DAY,
        due_date=DAY,
    )


def used(amount: str, price: PriceTerms = USAGE, period: Period = JANUARY) -> list[Line]:
    of = charge(price, period)
    return [fixed_line(of, price.versions[0], period, Amount(exact=Decimal(amount)))]


def score(points: str) -> GivenUsage:
    half = Decimal(points) / 2
    regions = ((("region", "US"),), (("region", "EU"),))
    return GivenUsage({"SCORE": [Quantity(region, JANUARY, half, 1) for region in regions]})


def arrears(
    terms: ContractTerms,
    metered: Mapping[str, Sequence[Line]] | None = None,
    *,
    closes: Period = JANUARY,
    usage: GivenUsage = GivenUsage(),  # noqa: B008
) -> list[tuple[str, str]]:
    lines = arrears_lines(
        terms=terms, bill=bill(closes=closes, opens=FEBRUARY), metered=metered or {}, usage=usage
    )
    return [(line.description, str(line.amount)) for line in lines]


def test_the_first_bill_charges_in_advance_and_once_by_the_plans_prices() -> None:
    terms = contract(SEATS, SETUP, SUPPORT, BASE, USAGE)

    lines = advance_lines(terms=terms, bill=bill(opens=JANUARY))

    assert [(line.price, str(line.amount), span(line)) for line in lines] == [
        ("seats", "20.00", "01-01..02-01"),
        ("setup", "500.00", "01-01..02-01"),
        ("base", "310.00", "01-01..02-01"),
    ]
    assert (
        arrears_lines(terms=terms, bill=bill(opens=JANUARY), metered={}, usage=GivenUsage()) == ()
    )


def test_a_later_bill_charges_the_next_period_and_nothing_once() -> None:
    lines = advance_lines(terms=contract(SETUP, SEATS), bill=bill(closes=JANUARY, opens=FEBRUARY))

    assert [(line.price, str(line.amount), span(line)) for line in lines] == [
        ("seats", "30.00", "02-01..03-01")
    ]


def test_the_last_bill_charges_nothing_in_advance() -> None:
    last = usage_bill(JANUARY, issue_date=DAY, due_date=DAY)

    assert advance_lines(terms=contract(BASE), bill=last) == ()


def test_arrears_stand_by_the_plans_prices_each_with_its_true_up() -> None:
    terms = contract(SUPPORT, USAGE, BASE)

    assert arrears(terms, {"usage": used("12.25")}) == [
        ("support", "31.00"),
        ("usage", "12.25"),
        ("usage - minimum", "37.75"),
    ]


def test_performance_stands_at_its_place_and_counts_what_comes_after_it() -> None:
    terms = contract(performance("bonus", "usage", "support", percent="10"), USAGE, SUPPORT)

    assert arrears(terms, {"usage": used("100")}, usage=score("1")) == [
        ("bonus", "13.10"),
        ("usage", "100.00"),
        ("support", "31.00"),
    ]


def test_performance_counts_the_true_up_and_the_advance_fee_of_its_own_period() -> None:
    terms = contract(BASE, USAGE, performance("bonus", "usage", "base", percent="10"))

    assert arrears(terms, {"usage": used("20")})[-1] == ("bonus", "36.00")


def test_performance_counts_other_performance_that_stands_after_it() -> None:
    terms = contract(
        performance("second", "first", percent="50"), performance("first", amount="100")
    )

    assert arrears(terms) == [("second", "50.00"), ("first", "100.00")]


def test_the_measure_is_the_meter_over_the_whole_period_and_all_combinations() -> None:
    bands = (PerformanceBand(Decimal(4), amount=Decimal(1)), PerformanceBand(None))
    terms = contract(priced("bonus", Performance(Measure("SCORE"), (), bands)))

    assert arrears(terms, usage=score("4")) == [("bonus", "1.00")]
    assert arrears(terms, usage=score("5")) == []


def test_a_commitment_counts_all_lines_for_its_period_and_stands_last() -> None:
    terms = contract(
        SETUP, BASE, USAGE, SEATS, commitments=[MinimumCommitment(Decimal(2000), "FEE")]
    )
    lines = arrears_lines(
        terms=terms,
        bill=bill(closes=JANUARY, opens=FEBRUARY),
        metered={"usage": used("100")},
        usage=GivenUsage(),
    )

    # 500 once, 310 and 20 in advance on the bill before, 100 used.
    assert [(line.description, str(line.amount)) for line in lines] == [
        ("usage", "100.00"),
        ("Minimum commitment", "1070.00"),
    ]
    true_up = lines[-1]
    assert (true_up.section, true_up.tax_code, true_up.price) == ("true_up", "FEE", "")
    assert (true_up.rate_version, true_up.period) == (None, JANUARY)


def test_what_is_due_once_counts_for_the_first_period_only() -> None:
    terms = contract(SETUP, BASE, commitments=[MinimumCommitment(Decimal(1000))])

    assert arrears(terms) == [("Minimum commitment", "190.00")]
    assert arrears(terms, closes=FEBRUARY) == [("Minimum commitment", "690.00")]


def test_a_commitment_that_is_kept_has_no_line() -> None:
    terms = contract(BASE, commitments=[MinimumCommitment(Decimal(310))])

    assert arrears(terms, closes=FEBRUARY) == []


def test_a_commitment_of_a_phase_counts_its_days_and_the_lines_that_begin_in_them() -> None:
    change = day("2025-01-11")
    first = replace(USAGE.versions[0], effective_to=change, minimum_amount=None)
    second = replace(USAGE.versions[0], effective_from=change, minimum_amount=None)
    usage = replace(USAGE, versions=(first, second))
    terms = replace(
        contract(
            usage,
            BASE,
            commitments=[
                MinimumCommitment(Decimal(620), "A", None, change),
                MinimumCommitment(Decimal(3100), "B", change, None),
            ],
        ),
        phase_starts=(change,),
    )
    metered = {
        "usage": [
            *used("40", period=days("2025-01-01", "2025-01-11")),
            *used("1000", period=days("2025-01-11", "2025-02-01")),
        ]
    }

    # The first: 200 for 10 days, less 40 and 100 of the fee. The second: 2,100 for 21 days.
    assert arrears(terms, metered)[2:] == [
        ("Minimum commitment", "60.00"),
        ("Minimum commitment", "890.00"),
    ]


def test_a_commitment_that_is_over_has_no_line() -> None:
    over = MinimumCommitment(Decimal(100), None, None, JANUARY.start)

    assert arrears(contract(commitments=[over])) == []


def test_usage_from_before_the_period_counts_for_the_commitment_of_its_first_day() -> None:
    terms = contract(USAGE, commitments=[MinimumCommitment(Decimal(100))])

    late = used("100", period=days("2024-12-01", "2025-01-01"))

    assert arrears(terms, {"usage": late}) == [("usage", "100.00")]
