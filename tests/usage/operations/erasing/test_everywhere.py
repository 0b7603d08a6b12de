"""A person is taken out of all that is kept: whoever sent it, and wherever it stands."""

import json
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Customer, PartnerCustomer, User
from tests import factories as make
from tests.usage.uploads import call_row, csv_bytes, uploaded
from usage.intake.personal_value import PersonalValue
from usage.intake.sent_event import fingerprint_of, json_of
from usage.metering.needed import Needed, Part
from usage.models import (
    Backfill,
    BackfillState,
    Erasure,
    Event,
    FileError,
    FileRun,
    QuarantinedEvent,
    ReplayJob,
    RunKind,
    Source,
    StagedEvent,
    UsageFile,
)
from usage.operations.erasing.erase_person import NotErased, erase_person
from usage.operations.erasing.plan import Plan, plan_erasure

pytestmark = pytest.mark.django_db

NUMBER = "+14155550123"


@pytest.fixture
def acme() -> Customer:
    """Acme, with the meter of its calls and a partner."""
    make.ai_call_meter()
    customer = make.acme()
    make.partner(customer)
    return customer


def erased(customer: Customer, text: str = NUMBER) -> Erasure:
    return erase_person(
        customer=customer,
        value=PersonalValue(text),
        needed=[],
        digits_of=lambda text: "",
        reason="asked to be forgotten",
        by=User.objects.filter(is_superuser=True).first() or make.staff(),
        now=make.NOW,
    )


def planned(customer: Customer, needed: list[Needed] | None = None) -> Plan:
    return plan_erasure(
        customer=customer,
        value=PersonalValue(NUMBER),
        needed=needed or [],
        digits_of=lambda text: "",
    )


def the_source() -> Source:
    return make.source(PartnerCustomer.objects.get().partner)


def call(key: str, *, customer_id: str = "acme", **properties: Any) -> dict[str, Any]:
    body = make.call_body(key, customer_id=customer_id)
    return {**body, "properties": {**body["properties"], **properties}}


def error_of(file: UsageFile, *, excerpt: str = "", reason: str = "") -> FileError:
    run = FileRun.objects.create(file=file, kind=RunKind.CHECK, started_at=make.NOW)
    return FileError.objects.create(
        run=run, row=1, status="rejected", code="odd", excerpt=excerpt, reason=reason
    )


def staged(body: dict[str, Any], *, state: BackfillState, **fields: Any) -> StagedEvent:
    backfill = Backfill.objects.create(
        source=the_source(), state=state, reason="sent anew", opened_at=make.NOW,
        changed_at=make.NOW, starts_at=make.NOVEMBER_1, ends_at=make.NOW,
    )  # fmt: skip
    return StagedEvent.objects.create(
        backfill=backfill, key=uuid4(), fingerprint=fingerprint_of(body), occurred_at=make.NOW,
        idempotency_key="staged", sent=json_of(body).decode(), **fields,
    )  # fmt: skip


def test_what_a_former_partner_left_is_found_too(acme: Customer) -> None:
    source = the_source()
    lost = call("lost", customer_id="nobody", from_number=NUMBER)
    make.accepted(source, [call("call-1", from_number=NUMBER), lost])
    staged(call("staged", from_number=NUMBER), state=BackfillState.CLOSED)
    error_of(uploaded(source, csv_bytes([call_row(1)])), excerpt=NUMBER)
    uploaded(source, csv_bytes([call_row(2, region=NUMBER)]), name="its.csv")

    PartnerCustomer.objects.all().delete()

    plan = planned(acme)
    found = (plan.events, plan.waiting, plan.staged, plan.file_errors, plan.files)
    assert [len(each) for each in found] == [1, 1, 1, 1, 1]
    with pytest.raises(NotErased, match=r"The file its.csv of .* holds it"):
        erased(acme)


def test_a_number_that_is_a_name_is_erased_as_well(acme: Customer) -> None:
    body = call("call-1", legs={NUMBER: 30, "other": 5})
    body["properties"]["1 (415) 555-0123"] = 7
    make.accepted(the_source(), [body])

    assert planned(acme).places == {("legs", NUMBER), ("1 (415) 555-0123",) * 2}
    assert erased(acme).events == 1

    properties = json.loads(Event.objects.get().sent)["properties"]
    (of_legs,) = set(properties.pop("legs")) - {"other"}
    (at_top,) = set(properties) - {"region", "call_outcome", "duration_minutes"}
    assert all(name.startswith("erased-") for name in (of_legs, at_top))
    assert planned(acme).is_empty


def test_a_name_that_is_needed_stays_and_says_why(acme: Customer) -> None:
    odd: dict[str, Any] = {NUMBER: 7}
    make.accepted(the_source(), [call("call-1", **odd)])

    plan = planned(acme, [Needed(NUMBER, Part.SAMENESS, "meter 'odd' counts it")])

    assert plan.refusals == [
        f"{NUMBER}: meter 'odd' counts it, so it stands in what is billed, and stays."
    ]


def test_a_copy_in_a_backfill_of_what_went_to_quarantine_is_erased_with_it(
    acme: Customer,
) -> None:
    lost = call("lost", customer_id=NUMBER)
    (outcome,) = make.accepted(the_source(), [lost])
    copy = staged(lost, state=BackfillState.CLOSED, detail=outcome.detail, stored_key=outcome.key)
    assert NUMBER in copy.detail

    erasure = erased(acme)

    assert (erasure.waiting, erasure.staged) == (1, 1)
    copy.refresh_from_db()
    waiting = QuarantinedEvent.objects.get()
    assert not any(NUMBER in text for text in (copy.sent, copy.detail, waiting.sent))


def test_what_is_staged_of_nobody_is_in_the_way_until_it_is_done(acme: Customer) -> None:
    nobodys = staged(
        call("lost", customer_id="nobody", from_number=NUMBER), state=BackfillState.OPEN
    )
    basil = make.basil(is_sandbox=True)
    PartnerCustomer.objects.create(partner=nobodys.backfill.source.partner, customer=basil)
    nobodys.pk = None
    nobodys.key, nobodys.sent = uuid4(), nobodys.sent.replace("nobody", "basil")
    nobodys.save()

    plan = planned(acme)

    assert [json.loads(each.sent)["customer_id"] for each in plan.staged] == ["nobody"]
    assert plan.refusals == ["A backfill with it is not done: close or discard that first."]


def test_errors_of_files_are_found_as_they_are_written(acme: Customer) -> None:
    name = 'Dana "D"'
    error = error_of(
        uploaded(the_source(), csv_bytes([call_row(1)])), excerpt=name, reason=f"what is {name}?"
    )

    assert erased(acme, name).file_errors == 1

    error.refresh_from_db()
    assert (error.excerpt, error.reason) == ("erased", "what is erased?")


def test_a_file_that_writes_letters_in_another_way_holds_it_all_the_same(acme: Customer) -> None:
    row = {"account": "acme", "agent": "Zoë"}
    uploaded(the_source(), (json.dumps(row) + "\n").encode(), name="calls.ndjson")
    make.accepted(the_source(), [call("call-1", agent="Zoë")])

    with pytest.raises(NotErased, match=r"calls\.ndjson"):
        erased(acme, "Zoë")


def test_the_name_of_a_file_is_erased_where_it_says_it(acme: Customer) -> None:
    file = uploaded(the_source(), csv_bytes([call_row(1)]), name="calls of +1 415 555-0123.csv")
    other = uploaded(the_source(), csv_bytes([call_row(2)]), name="calls.csv")

    erased(acme)

    names = UsageFile.objects.values_list("pk", "name")
    assert dict(names) == {file.pk: "calls of +erased.csv", other.pk: "calls.csv"}
    assert planned(acme).is_empty


@pytest.mark.parametrize("attribute", ["external_id", "public_id"])
def test_the_customers_own_id_is_no_persons(acme: Customer, attribute: str) -> None:
    own = getattr(acme, attribute)
    make.accepted(the_source(), [{**call("waits", customer_id=own), "event_name": "new"}])

    with pytest.raises(NotErased, match="the id by which usage names this customer"):
        erased(acme, own)


def test_replays_of_what_names_the_value_name_what_stands_for_it(acme: Customer) -> None:
    make.accepted(the_source(), [call("lost", customer_id=NUMBER)])
    for named in (NUMBER, "nobody"):
        ReplayJob.objects.create(
            source=the_source(), reason="unknown_customer", named=named, events=1,
            requested_by=make.staff(email=f"{named}@northwind.example"), requested_at=make.NOW,
        )  # fmt: skip

    erased(acme)

    names = list(ReplayJob.objects.order_by("pk").values_list("named", flat=True))
    assert names == [QuarantinedEvent.objects.get().customer_reference, "nobody"]
    assert NUMBER not in names
    assert planned(acme).is_empty
