import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.models import KeyMode, LegalEntity, Partner, Scope
from plan_file.format.reading import parse_document
from tests import factories
from tests.caller import PROBLEM, Caller
from tests.plan_file.book import EXAMPLE, Book

pytestmark = pytest.mark.django_db

YAML = "application/yaml"
AS_YAML = {"Content_Type": YAML}


def _caller(*scopes: Scope, mode: KeyMode = KeyMode.LIVE, partner: Partner | None = None) -> Caller:
    holder = partner or factories.partner()
    return Caller(factories.api_key(holder, mode=mode, scopes=scopes)[1])


@pytest.fixture
def caller() -> Caller:
    return _caller(Scope.PLAN_FILE_WRITE)


def _errors(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422
    assert answer["Content-Type"] == PROBLEM
    return [(error["pointer"], error["detail"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("media_type", [YAML, "text/yaml; charset=utf-8"])
def test_a_yaml_file_is_applied(caller: Caller, media_type: str) -> None:
    answer = caller.post("/plan-file", EXAMPLE.read_bytes(), Content_Type=media_type)

    assert answer.status_code == 200
    body = answer.json()
    assert body["dry_run"] is False
    assert body["counts"] == {"created": 10, "changed": 0, "unchanged": 0}
    assert body["changes"][1] == {
        "kind": "meter", "code": "AI_CALL", "change": "created", "differences": [],
    }  # fmt: skip
    assert LegalEntity.objects.exists()


def test_a_json_file_is_tried_and_then_applied(caller: Caller, book: Book) -> None:
    book |= {"seller": {"name": "Northwind Voice", "country": "US"}}

    tried = caller.post("/plan-file?dry_run=true", book)

    assert tried.json()["dry_run"] is True
    assert not LegalEntity.objects.exists()
    caller.post("/plan-file?dry_run=false", book)
    book["plans"][0]["net_terms_days"] = 30
    assert caller.post("/plan-file", book).json()["changes"][4] == {
        "kind": "plan",
        "code": "basic",
        "change": "changed",
        "differences": [{"key": "net_terms_days", "old": None, "new": "30"}],
    }


def test_every_problem_of_a_file_is_named_and_nothing_written(caller: Caller, book: Book) -> None:
    book["prices"][0]["modle"] = book["prices"][0].pop("model")
    book["plans"][0]["prices"] = ["cal"]

    assert _errors(caller.post("/plan-file", book)) == [
        ("/prices/0/modle", "unknown key, did you mean 'model'?"),
        ("/prices/0/model", "is required"),
        ("/plans/0/prices/0", "unknown price 'cal', did you mean 'call'?"),
    ]
    assert not LegalEntity.objects.exists()


def test_overlap_tie_and_missing_fallback_are_refused_in_the_words_of_the_command(
    caller: Caller, book: Book
) -> None:
    version = book["rate_cards"][0]["versions"][0]
    ties = [{"match": {"region": "*"}, "rate": "1"}, {"match": {}, "rate": "2"}]
    book["rate_cards"] += [
        {"code": "tied", "meter": "CALLS", "versions": [{**version, "entries": ties}]},
        {
            "code": "twice",
            "meter": "CALLS",
            "versions": [version, {**version, "effective_from": "2025-06-01"}],
        },
    ]
    del book["prices"][0]["fallback_rate"]

    assert _errors(caller.post("/plan-file", book)) == [
        (
            "/rate_cards/1/versions/0/entries/1",
            (
                "(anything) ties with entries[0] (region: *): one event can match both at the same "
                "rank, give one of them a priority"
            ),
        ),
        (
            "/rate_cards/2/versions/1",
            "(from 2025-06-01 on) overlaps versions[0] (from 2024-11-01 on)",
        ),
        (
            "/prices/0/fallback_rate",
            "is missing: rate card 'rates' falls back where no entry matches",
        ),
    ]


def test_what_only_the_database_can_know_has_its_pointer(caller: Caller, book: Book) -> None:
    book["seller"] = {"name": "Northwind Voice", "country": "US"}
    caller.post("/plan-file", book)
    book["prices"][0]["fallback_rate"] = "0.50"

    assert _errors(caller.post("/plan-file", book)) == [
        (
            "/prices/0",
            (
                "published and different from the file (fallback_rate is 0.4, not 0.5); add a "
                "version with a new effective_from"
            ),
        )
    ]


@pytest.mark.parametrize(
    "body,detail",
    [
        (b"a: 1\n---\nb: 2", "line 2, column 1: holds a second document"),
        (b"", "is empty"),
        (b"a: \x00", "is not text: byte 4 is NUL"),
        (b"a: \xff", "is not UTF-8: byte 4"),
    ],
)
def test_a_body_that_is_no_document_is_refused_as_a_whole(
    caller: Caller, body: bytes, detail: str
) -> None:
    assert _errors(caller.post("/plan-file", body, **AS_YAML)) == [("", detail)]


def test_the_export_is_yaml_that_can_be_applied(caller: Caller) -> None:
    caller.post("/plan-file", EXAMPLE.read_bytes(), **AS_YAML)

    answer = caller.get("/plan-file")

    assert answer["Content-Type"] == "application/yaml; charset=utf-8"
    document = parse_document(answer.content.decode())
    assert [each.external_id for each in document.customers] == ["acme", "basil"]
    again = caller.post("/plan-file", answer.content, **AS_YAML).json()
    assert again["counts"] == {"created": 0, "changed": 0, "unchanged": 10}
    one = caller.get("/plan-file", {"customer": "basil"}).content.decode()
    assert [each.external_id for each in parse_document(one).customers] == ["basil"]


def test_a_key_tells_nothing_of_other_partners_customers(caller: Caller) -> None:
    carla = factories.carla()

    assert "carla" not in caller.get("/plan-file").content.decode()
    for reference in ("carla", carla.public_id, "nobody"):
        assert caller.get("/plan-file", {"customer": reference}).status_code == 404
    assert _errors(
        caller.post(
            "/plan-file", {"version": 1, "currency": "USD", "customers": [{"external_id": "carla"}]}
        )
    ) == [("/customers/0/external_id", "belongs to a customer of somebody else")]


def test_only_a_live_key_with_the_scope_may(book: Book) -> None:
    factories.northwind()
    every_other = [scope for scope in Scope if scope != Scope.PLAN_FILE_WRITE]
    without = _caller(*every_other)
    test_key = _caller(
        Scope.PLAN_FILE_WRITE, mode=KeyMode.TEST, partner=factories.partner(name="Tester")
    )

    for key, status in ((without, 403), (test_key, 403), (Caller(None), 401)):
        assert key.post("/plan-file", book).status_code == status
        assert key.get("/plan-file").status_code == status
    assert not LegalEntity.objects.get().meters.exists()


def test_size_and_type_are_limited(caller: Caller) -> None:
    large = caller.post("/plan-file", b"#" * (5 * 1024 * 1024 + 1), **AS_YAML)
    typed = caller.post("/plan-file", b"a: 1", Content_Type="text/csv")

    assert (large.status_code, typed.status_code) == (413, 415)
    assert "5 MB" in json.loads(large.content)["detail"]
    assert "application/yaml" in typed.json()["detail"]


@pytest.mark.parametrize("query", ["dry_run=yes", "dryrun=true", "dry_run=true&dry_run=true"])
def test_a_wrong_parameter_applies_nothing(caller: Caller, query: str) -> None:
    answer = caller.post(f"/plan-file?{query}", EXAMPLE.read_bytes(), **AS_YAML)

    assert answer.status_code == 400
    assert not LegalEntity.objects.exists()


def test_applying_takes_from_what_the_key_may_send_and_exporting_does_not(
    caller: Caller, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1

    sent = [caller.post("/plan-file", EXAMPLE.read_bytes(), **AS_YAML) for _ in range(2)]

    assert [answer.status_code for answer in sent] == [200, 429]
    assert [answer["RateLimit"].partition(";t")[0] for answer in sent] == ['"requests";r=0'] * 2
    assert "RateLimit" not in caller.get("/plan-file")
