from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.plan_file.book import Book, Parsed, ProblemsOf

CONTRACT = ("customers", 0, "contracts", 0)


def _at(book: Book, *path: str | int) -> Book:
    found: Book = book
    for step in path:
        found = found[step]  # type: ignore[index]
    return found


@pytest.mark.parametrize(
    "path,key,value,expected",
    [
        ((), "tax_rules", [{}], "tax_rules"),
        ((), "required_tax_types", ["SALES"], "required_tax_types"),
        (CONTRACT, "trial_to", "2025-01-01", "customers[0].contracts[0].trial_to"),
        (CONTRACT, "add_ons", [{}], "customers[0].contracts[0].add_ons"),
        (CONTRACT, "discounts", [{}], "customers[0].contracts[0].discounts"),
        (CONTRACT, "commitments", [{}], "customers[0].contracts[0].commitments"),
        (CONTRACT, "pauses", [{}], "customers[0].contracts[0].pauses"),
        (CONTRACT, "cancel", {"at": "2025-01-01"}, "customers[0].contracts[0].cancel"),
        (CONTRACT, "renewal", {"every_months": 12}, "customers[0].contracts[0].renewal"),
        (CONTRACT, "late_usage", "credit_note", "customers[0].contracts[0].late_usage"),
        (CONTRACT, "purchase_order", "PO-1", "customers[0].contracts[0].purchase_order"),
    ],
)
def test_a_key_of_later_work_is_answered_not_supported_yet(
    path: tuple[str | int, ...],
    key: str,
    value: object,
    expected: str,
    book: Book,
    problems_of: ProblemsOf,
) -> None:
    _at(book, *path)[key] = value

    assert f"{expected}: not supported yet" in problems_of(book)
    assert all(problem.startswith(expected) for problem in problems_of(book)[:1])


@pytest.mark.parametrize("empty", [None, [], {}])
def test_null_and_an_empty_list_are_no_use_of_a_key(
    empty: object, book: Book, problems_of: ProblemsOf
) -> None:
    book["tax_rules"] = empty
    book["customers"][0]["contracts"][0]["pauses"] = empty

    assert problems_of(book) == []


@pytest.mark.parametrize("empty", [None, []])
def test_null_and_an_empty_list_say_nothing(
    empty: object, book: Book, problems_of: ProblemsOf
) -> None:
    for key in ("phases", "quantities", "overrides", "anchor_date"):
        book["customers"][0]["contracts"][0][key] = empty if key != "anchor_date" else None
    book["customers"][0] |= {"exemptions": empty, "jurisdiction_share": empty, "parent": None}
    book["plans"][0] |= {"grants": empty, "minimum_commitment": None}
    book["prices"][0] |= {"included": None, "tiers": empty, "amount": None}

    assert problems_of(book) == []


@pytest.mark.parametrize(
    "path,key,value,expected",
    [
        ((), "custmers", [], "custmers: unknown key, did you mean 'customers'?"),
        (("meters", 0), "unti", "x", "meters[0].unti: unknown key, did you mean 'unit'?"),
        (("seller",), "zzz", "x", "seller.zzz: unknown key"),
        (
            ("rate_cards", 0, "versions", 0, "entries", 0),
            "rte",
            "1",
            "rate_cards[0].versions[0].entries[0].rte: unknown key, did you mean 'rate'?",
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_likely_one(
    path: tuple[str | int, ...],
    key: str,
    value: object,
    expected: str,
    book: Book,
    problems_of: ProblemsOf,
) -> None:
    book["seller"] = {"name": "Northwind"}
    _at(book, *path)[key] = value

    assert problems_of(book) == [expected]


@pytest.mark.parametrize(
    "path,key,value,expected",
    [
        (("rate_cards", 0), "meter", "CALL", "unknown meter 'CALL', did you mean 'CALLS'?"),
        (("prices", 0), "rate_card", "rate", "unknown rate card 'rate', did you mean 'rates'?"),
        (("prices", 0), "meter", "XYZ", "unknown meter 'XYZ'"),
        (CONTRACT, "plan", "basics", "unknown plan 'basics', did you mean 'basic'?"),
    ],
)
def test_a_reference_to_nothing_is_named_with_the_likely_code(
    path: tuple[str | int, ...],
    key: str,
    value: object,
    expected: str,
    book: Book,
    problems_of: ProblemsOf,
) -> None:
    _at(book, *path)[key] = value

    assert any(problem.endswith(f".{key}: {expected}") for problem in problems_of(book))


def test_a_reference_to_what_is_itself_wrong_is_no_second_mistake(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["meters"][0]["aggregation"] = "sun"

    assert problems_of(book) == [
        (
            "meters[0].aggregation: must be one of count, sum, max, latest, unique_count, "
            "weighted_sum, did you mean 'sum'?"
        )
    ]


@pytest.mark.parametrize("section", ["meters", "rate_cards", "plans"])
def test_equal_codes_are_refused(section: str, book: Book, problems_of: ProblemsOf) -> None:
    book[section].append(dict(book[section][0]))
    code = book[section][0]["code"]

    assert problems_of(book) == [f"{section}[1].code: '{code}' is already taken by {section}[0]"]


def test_equal_external_ids_are_refused(book: Book, problems_of: ProblemsOf) -> None:
    book["customers"][1]["external_id"] = "acme"

    assert problems_of(book) == [
        "customers[1].external_id: 'acme' is already taken by customers[0]"
    ]


def test_the_words_of_the_engine_are_those_of_the_file(book: Book, problems_of: ProblemsOf) -> None:
    del book["prices"][0]["fallback_rate"]

    assert problems_of(book) == [
        "prices[0].fallback_rate: is missing: rate card 'rates' falls back where no entry matches"
    ]


def test_two_entries_that_tie_are_refused_naming_both(book: Book, problems_of: ProblemsOf) -> None:
    entries = book["rate_cards"][0]["versions"][0]["entries"]
    entries.append({"match": {"region": ["US", "CA"]}, "rate": "0.3"})

    (problem,) = problems_of(book)

    assert problem.startswith("rate_cards[0].versions[0].entries[1]: ")
    assert "entries[0]" in problem


def test_overlapping_versions_of_a_card_are_refused_naming_both(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["rate_cards"][0]["versions"].append({"effective_from": "2025-01-01", "entries": []})

    assert problems_of(book) == [
        "rate_cards[0].versions[1]: (from 2025-01-01 on) overlaps versions[0] (from 2024-11-01 on)"
    ]


def test_a_bad_rate_hides_neither_an_overlap_of_its_card_nor_a_missing_fallback(
    book: Book, problems_of: ProblemsOf
) -> None:
    versions = book["rate_cards"][0]["versions"]
    versions[0]["entries"][0]["rate"] = "-0.20"
    versions.append({"effective_from": "2025-01-01", "entries": []})
    del book["prices"][0]["fallback_rate"]

    assert problems_of(book) == [
        "rate_cards[0].versions[0].entries[0].rate: a rate must not be negative",
        "rate_cards[0].versions[1]: (from 2025-01-01 on) overlaps versions[0] (from 2024-11-01 on)",
        "prices[0].fallback_rate: is missing: rate card 'rates' falls back where no entry matches",
    ]


def test_a_bad_word_for_what_is_unmatched_asks_for_no_fallback(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["rate_cards"][0]["on_unmatched"] = "quarantin"
    del book["prices"][0]["fallback_rate"]

    (problem,) = problems_of(book)

    assert problem.startswith("rate_cards[0].on_unmatched: ")


def test_overlapping_versions_of_a_price_are_refused_naming_both_entries(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["prices"].append(book["prices"][0] | {"effective_from": "2025-01-01"})

    assert problems_of(book) == [
        "prices[1]: (from 2025-01-01 on) overlaps prices[0] (from the beginning on)"
    ]


def test_entries_of_one_code_are_versions_of_one_price(book: Book, parsed: Parsed) -> None:
    later = book["prices"][0] | {"effective_from": "2025-01-01", "name": "Calls 2025"}
    earlier = book["prices"][0] | {"effective_to": "2025-01-01"}
    book["prices"] = [later, earlier]

    (price,) = parsed(book).prices

    assert [version.name for version in price.terms.versions] == ["Calls", "Calls 2025"]


def test_versions_of_one_price_have_one_meter_and_product(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["prices"][0]["effective_to"] = "2025-01-01"
    book["prices"].append(book["prices"][0] | {"effective_from": "2025-01-01", "product": "x"})
    del book["prices"][1]["effective_to"]

    assert problems_of(book) == [
        "prices[1].product: must be that of prices[0], a version of the same price"
    ]


def test_contracts_that_overlap_may_not_price_one_meter(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["customers"][0]["contracts"].append({"plan": "basic", "start": "2025-01-01"})

    (problem,) = problems_of(book)

    assert problem == (
        "customers[0].contracts[1]: overlaps customers[0].contracts[0] in time, "
        "and both price the meter 'CALLS'"
    )


def test_a_contract_may_follow_another_at_its_end(book: Book, problems_of: ProblemsOf) -> None:
    contracts = book["customers"][0]["contracts"]
    contracts[0]["end"] = "2025-01-01"
    contracts.append({"plan": "basic", "start": "2025-01-01"})

    assert problems_of(book) == []


def test_a_contract_begins_at_midnight_of_its_customer(book: Book, problems_of: ProblemsOf) -> None:
    book["customers"][0]["contracts"][0]["start"] = "2024-11-01T05:00:00Z"

    assert problems_of(book) == [
        "customers[0].contracts[0].start: must be a date: periods begin and end at midnight in UTC"
    ]


def test_an_override_of_a_price_outside_the_plan_is_refused(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["customers"][0]["contracts"][0]["overrides"] = {"cal": {"fallback_rate": "0.1"}}

    assert problems_of(book) == [
        "customers[0].contracts[0].overrides.cal: unknown price 'cal', did you mean 'call'?"
    ]


def test_an_override_that_does_not_fit_the_price_is_refused(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["customers"][0]["contracts"][0]["overrides"] = {"call": {"unit_price": "0.1"}}

    (problem,) = problems_of(book)

    assert problem == (
        "customers[0].contracts[0].overrides.call.unit_price: "
        "the price has a rate card, not a unit price"
    )


def test_a_grant_has_defaults_for_what_it_leaves_out(book: Book, parsed: Parsed) -> None:
    book["customers"][0]["credits"] = [
        {"code": "paid", "amount": 100, "kind": "prepaid"},
        {"code": "gift", "amount": "5.00", "kind": "promotional"},
    ]

    paid, gift = parsed(book).customers[0].credits

    assert (paid.priority, paid.currency, paid.paid_amount) == (50, "USD", Decimal(100))
    assert (paid.effective_from, paid.expires_at) == (datetime(2000, 1, 1, tzinfo=UTC), None)
    assert gift.paid_amount == Decimal(0)


@pytest.mark.parametrize(
    "key,value,expected",
    [
        ("amount", "0", "amount: must be more than 0"),
        ("amount", "1.005", "amount: has more digits than USD has"),
        ("paid_amount", "-1", "paid_amount: must not be negative"),
        ("applies_to", ["usge"], "applies_to[0]: unknown section or price 'usge', did"),
        ("expires_at", "2000-01-01", "expires_at: must be after effective_from"),
        ("kind", "gift", "kind: must be one of promotional, prepaid"),
    ],
)
def test_a_grant_that_cannot_be_is_refused(
    key: str, value: object, expected: str, book: Book, problems_of: ProblemsOf
) -> None:
    book["customers"][0]["credits"] = [
        {"code": "one", "amount": "5", "kind": "prepaid", key: value}
    ]

    (problem,) = problems_of(book)

    assert problem.startswith(f"customers[0].credits[0].{expected}")


def test_a_subject_held_by_two_customers_at_one_time_is_refused(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["customers"][0]["subjects"] = [{"id": "+1312", "from": "2024-11-01"}]
    book["customers"][1]["subjects"] = [{"id": "+1312", "from": "2024-01-01", "to": "2024-11-02"}]

    assert problems_of(book) == [
        "customers[1].subjects[0]: '+1312' is held in that time by customers[0].subjects[0]"
    ]


@pytest.mark.parametrize(
    "value,expected",
    [
        (31, []),
        (32, ["customers[0].contracts[0].anchor_day: must be a whole number from 1 to 31"]),
        (0, ["customers[0].contracts[0].anchor_day: must be a whole number from 1 to 31"]),
        (True, ["customers[0].contracts[0].anchor_day: must be a whole number from 1 to 31"]),
    ],
)
def test_an_anchor_day_is_a_day_of_the_month(
    value: object, expected: list[str], book: Book, problems_of: ProblemsOf
) -> None:
    book["customers"][0]["contracts"][0]["anchor_day"] = value

    assert problems_of(book) == expected


@pytest.mark.parametrize("rate", ["1e5", "NaN", "Infinity", "٣", " 1", "1" * 40, True, {}])
def test_what_is_no_exact_number_is_no_rate(
    rate: object, book: Book, problems_of: ProblemsOf
) -> None:
    book["prices"][0]["fallback_rate"] = rate

    (problem,) = problems_of(book)

    assert problem.startswith("prices[0].fallback_rate: ")


def test_entries_that_are_none_are_named(book: Book, problems_of: ProblemsOf) -> None:
    book["rate_cards"][0]["versions"] = [
        {
            "effective_from": "2024-11-01",
            "entries": [
                {"rate": "1"},
                {"match": {"region": "US"}},
                {"match": ["US"], "rate": "1"},
                {"match": {"region": {"gte": "2", "lt": "1"}}, "rate": "1"},
                {"match": {"region": "EU"}, "rate": "1"},
            ],
        },
        {"entries": []},
    ]

    place = "rate_cards[0].versions[0].entries"
    assert problems_of(book) == [
        f"{place}[0].match: is required",
        f"{place}[1].rate: is required",
        f"{place}[2].match: must be a mapping",
        f"{place}[3].match.region: no number lies in this range",
        "rate_cards[0].versions[1].effective_from: is required",
    ]


@pytest.mark.parametrize("code", [["a"], {"a": "b"}])
def test_a_code_is_text(code: object, book: Book, problems_of: ProblemsOf) -> None:
    book["plans"] += [{"code": code, "prices": ["call"]}] * 2

    assert [problem.partition(": ")[0] for problem in problems_of(book)] == [
        "plans[1].code",
        "plans[2].code",
    ]


def test_a_version_that_ends_before_it_begins_is_named_once(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["rate_cards"][0]["versions"][0]["effective_to"] = "2024-11-01"

    assert problems_of(book) == [
        "rate_cards[0].versions[0].effective_to: must be after effective_from"
    ]


@pytest.mark.parametrize("priority,is_refused", [(10**6, False), (10**6 + 1, True)])
def test_a_priority_of_an_entry_has_a_bound(
    priority: int, is_refused: bool, book: Book, problems_of: ProblemsOf
) -> None:
    book["rate_cards"][0]["versions"][0]["entries"][0]["priority"] = priority
    assert bool(problems_of(book)) is is_refused

    book["rate_cards"][0]["versions"][0]["entries"][0]["priority"] = -priority
    assert bool(problems_of(book)) is is_refused


def test_contracts_on_either_side_of_an_instant_do_not_overlap(
    book: Book, problems_of: ProblemsOf
) -> None:
    before = {"plan": "basic", "start": "2024-10-01", "end": "2024-11-01"}
    book["customers"][0]["contracts"].append(before)

    assert problems_of(book) == []
