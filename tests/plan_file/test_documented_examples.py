"""Every example of docs/plan-file.md prints the lines that stand below it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from invoicing.rating.price_format import allowance, bundles, call_bands, call_rates, outcome
from invoicing.rating.price_format.keys import PRICE_KEYS
from plan_file.format import (
    contracts,
    customers,
    document,
    events,
    grants,
    meters,
    phases,
    plans,
    rate_cards,
    subjects,
)
from plan_file.format.credits import KEYS as CREDIT_KEYS
from plan_file.format.event_files import read_events
from plan_file.format.reading import parse_document
from plan_file.format.tree import settle
from plan_file.format.yaml_text import read_yaml
from plan_file.output.table import table_text
from plan_file.queries.starter_packs import starter_pack
from plan_file.simulation import simulate

PROJECT = Path(__file__).parents[2]
README = PROJECT / "README.md"
PAGE = PROJECT / "docs" / "plan-file.md"
_EXAMPLE = re.compile(r"^```yaml\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`|^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """Sections of a document, and the lines shown below; `line` is where it stands."""

    line: int
    sections: dict[str, object]
    shown: tuple[str, ...]


def _examples() -> Iterator[Example]:
    text = PAGE.read_text(encoding="utf-8")
    for found in _EXAMPLE.finditer(text):
        tree, problems = settle(read_yaml(found[1]), take_float=lambda path: False)
        assert isinstance(tree, dict)
        assert not problems
        shown = tuple(line.strip() for line in (found[2] or "").splitlines() if line.strip())
        yield Example(text[: found.start()].count("\n") + 1, tree, shown)


EXAMPLES = tuple(_examples())
FRAME = EXAMPLES[0].sections


def printed(example: Example) -> str:
    book = {**FRAME, **example.sections}
    return table_text(simulate(parse_document(json.dumps(book), name="plan.json")))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line-{example.line}")
def test_an_example_prints_the_lines_below_it_in_their_order(example: Example) -> None:
    lines = iter(line.strip() for line in printed(example).splitlines())

    assert example.shown
    assert [line for line in example.shown if line not in lines] == []


def test_the_first_example_is_a_whole_document() -> None:
    assert FRAME["version"] == 1


def test_the_readme_shows_what_a_starter_pack_bills() -> None:
    pack = starter_pack(code="ucaas")
    plan = parse_document(pack.plan_text())
    text = table_text(simulate(plan, read_events(pack.usage, zone=plan.timezone)))
    readme = README.read_text(encoding="utf-8")
    (shown,) = re.findall(r"^Section .*?(?=^```)", readme, re.MULTILINE | re.DOTALL)

    assert shown in text


def test_every_key_of_the_format_is_named() -> None:
    code = " ".join(_CODE.findall(PAGE.read_text(encoding="utf-8")))
    named = set(re.findall(r"\w+", code))
    known = [
        *(document.KEYS, document.SELLER_KEYS, meters.KEYS, plans.KEYS, grants.KEYS),
        *(rate_cards.KEYS, rate_cards.VERSION_KEYS, rate_cards.ENTRY_KEYS),
        *(customers.KEYS, subjects.KEYS, contracts.KEYS, phases.KEYS, CREDIT_KEYS, events.KEYS),
        *(allowance.KEYS, allowance.ROLLOVER_KEYS, outcome.KEYS, bundles.BUNDLE_KEYS),
        *(call_bands.BAND_KEYS, call_rates.RATE_KEYS, call_rates.STEP_KEYS),
    ]
    every = {key for keys in known for key in (*keys.now, *keys.later)} | set(PRICE_KEYS)

    assert sorted(every - named) == []
