"""The starter packs: each reads without a problem and bills all of its usage."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from plan_file.documents.pack_text import Block, Words, pack_blocks
from plan_file.format.document import Document
from plan_file.format.event_files import read_events
from plan_file.format.events import Event
from plan_file.format.reading import parse_document
from plan_file.queries.starter_packs import (
    FIRST_MONTH,
    NoSuchPack,
    StarterPack,
    moved,
    pack_events,
    starter_pack,
    starter_packs,
)
from plan_file.results import SimulationResult
from plan_file.simulation import simulate

PACKS = starter_packs()
EVERY_PACK = pytest.mark.parametrize("pack", PACKS, ids=[pack.code for pack in PACKS])


def document_of(pack: StarterPack, first_month: date = FIRST_MONTH) -> Document:
    return parse_document(pack.plan_text(first_month=first_month), name="plan.yaml")


def events_of(pack: StarterPack) -> list[Event]:
    return list(read_events(pack.usage, zone="America/Chicago"))


def simulated(pack: StarterPack) -> SimulationResult:
    return simulate(document_of(pack), events_of(pack))


def lines_of(result: SimulationResult, number: int) -> dict[str, tuple[str, Decimal]]:
    """Return section and amount of the lines of an invoice, by description."""
    parts = result.invoices[number].parts
    return {
        line.description: (line.section, line.amount)
        for part in parts
        for line in part.result.lines
    }


def test_there_are_five_packs_each_with_a_page_of_its_own() -> None:
    assert len({pack.code for pack in PACKS}) == 5
    assert all(pack.title and pack.summary.endswith(".") for pack in PACKS)


@EVERY_PACK
def test_a_pack_bills_all_of_its_usage_and_nothing_is_put_aside(pack: StarterPack) -> None:
    result = simulated(pack)

    assert 60 <= len(events_of(pack)) <= 300
    assert (result.unmatched, result.quarantined) == ((), ())
    assert result.unpriced == result.unmetered == result.conflicts == ()
    assert len(result.invoices) >= 2


@EVERY_PACK
def test_a_pack_says_what_it_shows_and_what_to_change_first(pack: StarterPack) -> None:
    headings = [
        block.items[0][0].text for block in pack_blocks(pack.text) if block.kind == "heading"
    ]

    assert headings == ["What it shows", "How to read the invoice", "What to change first"]


@EVERY_PACK
def test_a_page_names_only_what_the_plan_file_has(pack: StarterPack) -> None:
    written = pack.plan_text() + pack.usage.read_text()
    named = re.findall(r"`([\w-]+)`", pack.text)

    proposed = {"rollover"}
    assert {name for name in named if name not in written and name not in proposed} == set()


@EVERY_PACK
def test_moved_by_months_a_pack_bills_as_many_invoices(pack: StarterPack) -> None:
    # Of a month as long as October, or the last windows would close in the month after.
    july = date(2027, 7, 1)
    events = pack_events(pack, first_month=july, zone="America/Chicago")

    result = simulate(document_of(pack, july), events)

    assert len(result.invoices) == len(simulated(pack).invoices)
    assert (result.unmatched, result.quarantined) == ((), ())
    assert result.unpriced == result.unmetered == ()


def test_dates_move_by_whole_months_over_the_end_of_a_year() -> None:
    text = "from 2026-09-01 to 2026-10-15T08:00:00Z, +13125550142, v2026"

    assert moved(text, first_month=date(2026, 12, 1)) == (
        "from 2026-12-01 to 2027-01-15T08:00:00Z, +13125550142, v2026"
    )
    assert moved(text, first_month=date(2026, 8, 1)).startswith("from 2026-08-01 to 2026-09-15")
    assert moved(text, first_month=FIRST_MONTH) == text


@EVERY_PACK
def test_no_day_of_a_pack_is_missing_in_a_shorter_month(pack: StarterPack) -> None:
    days = re.findall(r"20\d\d-\d\d-(\d\d)", pack.plan_text() + pack.usage.read_text())

    assert max(map(int, days)) <= 28


def test_a_pack_is_found_by_its_code_alone() -> None:
    assert starter_pack(code="ucaas").plan.is_file()
    with pytest.raises(NoSuchPack):
        starter_pack(code="../examples")


def test_tokens_are_lifted_to_the_minimum_in_the_first_month_alone() -> None:
    result = simulated(starter_pack(code="token-reseller"))

    assert "Minimum commitment" in lines_of(result, 0)
    assert "Minimum commitment" not in lines_of(result, 1)


def test_the_office_pays_for_porting_once_and_for_minutes_beyond_the_pool() -> None:
    result = simulated(starter_pack(code="ucaas"))

    assert lines_of(result, 0)["Number porting"] == ("one_time", Decimal("45.00"))
    sections = {section for section, _ in lines_of(result, 1).values()}
    assert sections == {"included", "overage", "platform"}


def test_tickets_reopened_too_late_are_given_back_on_the_next_invoice() -> None:
    result = simulated(starter_pack(code="support-agent"))

    given_back = [amount for _, amount in lines_of(result, 2).values() if amount < 0]
    assert given_back
    assert all(amount > 0 for _, amount in lines_of(result, 1).values())


def test_the_credits_of_the_month_and_the_top_up_are_used_up() -> None:
    result = simulated(starter_pack(code="agent-platform"))

    assert [(wallet.grant, wallet.left) for wallet in result.wallets] == [
        ("top-up-1", Decimal(0)),
        ("monthly-credits", Decimal(0)),
        ("monthly-credits", Decimal(0)),
    ]
    september, october = result.invoices[1], result.invoices[2]
    assert lines_of(result, 1)["Agent platform"] == ("platform", Decimal("99.00"))
    assert september.issue_date < october.issue_date


def test_a_text_is_read_as_headings_paragraphs_and_lists() -> None:
    text = "One.\n\n## What `it` shows\n\n- *A* and `b`\n- c\n\n1. first\n2. second\n\nLast."

    assert pack_blocks(text) == (
        Block("paragraph", ((Words("plain", "One."),),)),
        Block(
            "heading", ((Words("plain", "What "), Words("code", "it"), Words("plain", " shows")),)
        ),
        Block(
            "bullets",
            (
                (Words("emphasis", "A"), Words("plain", " and "), Words("code", "b")),
                (Words("plain", "c"),),
            ),
        ),
        Block("numbers", ((Words("plain", "first"),), (Words("plain", "second"),))),
        Block("paragraph", ((Words("plain", "Last."),),)),
    )


def test_every_file_of_a_pack_is_one_of_three() -> None:
    for pack in PACKS:
        files: set[Path] = set(pack.plan.parent.iterdir())
        assert files == {pack.plan, pack.usage, pack.plan.parent / "pack.md"}
