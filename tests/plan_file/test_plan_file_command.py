from pathlib import Path

import pytest
from django.core.management import call_command

from catalog.models import Price, RateCard
from plan_file.format.reading import parse_document
from tests import factories

pytestmark = pytest.mark.django_db

Captured = pytest.CaptureFixture[str]


def test_apply_prints_what_it_does_and_a_summary(example: Path, capsys: Captured) -> None:
    call_command("plan_file", "apply", str(example))

    printed = capsys.readouterr().out.splitlines()
    assert printed[:3] == [
        "+ seller northwind-voice",
        "+ meter AI_CALL",
        "+ rate card ai-call-rates",
    ]
    assert printed[-3:] == [
        (
            "note: legal entity 'northwind-voice' is new; its tax registration is undecided: "
            "invoices wait until you decide it in the admin"
        ),
        "note: the file's events are not sent: usage comes through the API",
        "10 created, 0 changed, 0 unchanged",
    ]


def test_a_dry_run_prints_the_difference_and_writes_nothing(
    example: Path, tmp_path: Path, capsys: Captured
) -> None:
    call_command("plan_file", "apply", str(example))
    changed = tmp_path / "changed.yaml"
    changed.write_text(example.read_text().replace("net_terms_days: 0", "net_terms_days: 7"))
    capsys.readouterr()

    call_command("plan_file", "apply", str(changed), "--dry-run")

    printed = capsys.readouterr().out
    assert "~ plan ai-call-center\n    net_terms_days: none → 7\n" in printed
    assert printed.endswith("0 created, 1 changed, 9 unchanged (dry run: nothing is written)\n")
    call_command("plan_file", "apply", str(example))
    assert capsys.readouterr().out.endswith("0 created, 0 changed, 10 unchanged\n")


def test_a_file_with_three_mistakes_names_all_of_them_and_writes_nothing(
    example: Path, tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(
        example.read_text(encoding="utf-8")
        .replace("event_name: AI_CALL\n", "evnt_name: AI_CALL\n", 1)
        .replace('fallback_rate: "0.40"', "fallback_rate: 0.40")
        .replace("prices: [ai-call]", "prices: [ai-cal]"),
        encoding="utf-8",
    )

    with pytest.raises(SystemExit) as ended:
        call_command("plan_file", "apply", str(path))

    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        'prices[0].fallback_rate: is a float: write it as text, "0.40"',
        "meters[0].evnt_name: unknown key, did you mean 'event_name'?",
        "meters[0].event_name: is required",
        "plans[0].prices[0]: unknown price 'ai-cal', did you mean 'ai-call'?",
    ]
    assert not RateCard.objects.exists()


def test_a_tie_an_overlap_and_a_missing_fallback_are_named_with_both_sides(
    example: Path, tmp_path: Path, capsys: Captured
) -> None:
    tie = (
        '          - {match: {region: US}, rate: "0.10"}\n'
        '          - {match: {call_outcome: resolved}, rate: "0.10"}\n'
    )
    second = '\n      - {effective_from: 2025-06-01, entries: [{match: {}, rate: "1"}]}\n'
    text = example.read_text(encoding="utf-8")
    head, prices = text.split("\nprices:\n", 1)
    path = tmp_path / "plan.yaml"
    path.write_text(f"{head}{second}\nprices:\n{prices}", encoding="utf-8")
    overlap = _refused(path, capsys)
    path.write_text(f"{head}{tie}\nprices:\n{prices}", encoding="utf-8")
    tied = _refused(path, capsys)
    path.write_text(text.replace('    fallback_rate: "0.40"\n', ""), encoding="utf-8")
    missing = _refused(path, capsys)

    assert overlap == [
        "rate_cards[0].versions[1]: (from 2025-06-01 on) overlaps versions[0] (from 2024-11-01 on)"
    ]
    assert tied == [
        (
            "rate_cards[0].versions[0].entries[10]: (call_outcome: resolved) ties with entries[9] "
            "(region: US): one event can match both at the same rank, give one of them a priority"
        )
    ]
    assert missing == [
        (
            "prices[0].fallback_rate: is missing: rate card 'ai-call-rates' falls back where no "
            "entry matches"
        )
    ]
    assert not Price.objects.exists()


def test_what_only_the_database_can_know_ends_with_status_2_too(
    example: Path, tmp_path: Path, capsys: Captured
) -> None:
    call_command("plan_file", "apply", str(example))
    path = tmp_path / "plan.yaml"
    path.write_text(example.read_text().replace('rate: "0.90"', 'rate: "0.95"'))
    capsys.readouterr()

    assert _refused(path, capsys) == [
        (
            "rate_cards[0].versions[0]: published and different from the file (entries[8].rate is "
            "0.9, not 0.95); add a version with a new effective_from"
        )
    ]


def test_export_writes_a_file_that_can_be_applied(example: Path, capsys: Captured) -> None:
    call_command("plan_file", "apply", str(example))
    capsys.readouterr()

    call_command("plan_file", "export", "--customer", "basil")

    (basil,) = parse_document(capsys.readouterr().out).customers
    assert basil.name == "Basil's Bakery"


def test_export_of_an_unknown_customer_ends_with_status_2(capsys: Captured) -> None:
    factories.northwind()

    with pytest.raises(SystemExit) as ended:
        call_command("plan_file", "export", "--customer", "nobody")

    assert ended.value.code == 2
    assert capsys.readouterr().err == "there is no customer 'nobody'\n"


def _refused(path: Path, capsys: Captured) -> list[str]:
    with pytest.raises(SystemExit) as ended:
        call_command("plan_file", "apply", str(path))
    assert ended.value.code == 2
    return capsys.readouterr().err.splitlines()
