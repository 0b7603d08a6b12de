"""What a name that nobody knows was probably meant to be."""

import pytest

from accounts.models import Customer, Subject, SubjectKind
from tests import factories as make
from usage.models import Meter, Source
from usage.queries.near_misses import near_misses
from usage.queries.quarantine_causes import waiting_causes

pytestmark = pytest.mark.django_db


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme; calls are counted."""
    customer = make.acme()
    make.ai_call_meter()
    return make.source(make.partner(customer))


def meant_by(source: Source) -> list[str]:
    (cause,) = waiting_causes()
    return near_misses(cause=cause, source=source)


def counted(*event_names: str) -> None:
    for name in event_names:
        Meter.objects.create(
            legal_entity=make.northwind(), code=name, display_name=name, event_name=name,
            aggregation="count",
        )  # fmt: skip


@pytest.mark.parametrize(
    "named, meant",
    [
        ("ACME", ["acme"]),
        (" acme ", ["acme"]),
        ("12125550100", ["+12125550100"]),
        ("(212) 555-0100", ["+12125550100"]),
        ("acmee", ["acme"]),
        ("ACMEE", ["acme"]),
        ("somebody else", []),
    ],
)
def test_a_customer_that_was_nearly_named_is_a_hint(
    callwave: Source, named: str, meant: list[str]
) -> None:
    Subject.objects.create(
        customer=Customer.objects.get(),
        kind=SubjectKind.NUMBER,
        identifier="+12125550100",
        held_from=make.NOVEMBER_1,
    )
    make.accepted(callwave, [make.call_body("call", customer_id=named)])

    assert meant_by(callwave) == meant


def test_an_event_name_that_a_meter_nearly_has_is_a_hint(callwave: Source) -> None:
    make.accepted(callwave, [make.call_body("call", event_name="ai_cal")])

    assert meant_by(callwave) == ["ai_call"]


def test_customers_of_others_are_no_hint(callwave: Source) -> None:
    make.basil(is_sandbox=True)
    make.accepted(callwave, [make.call_body("call", customer_id="BASIL")])

    assert meant_by(callwave) == []


@pytest.mark.parametrize(
    "sent, meant",
    [
        ("AI_CALL", ["ai_call"]),
        (" ai_call", ["ai_call"]),
        ("office_cal", ["office_call"]),
        ("OFFICE_CAL", ["office_call"]),
        ("message", []),
    ],
)
def test_an_event_name_that_differs_in_case_alone_is_meant_before_similar_ones(
    callwave: Source, sent: str, meant: list[str]
) -> None:
    counted("office_call")
    make.accepted(callwave, [make.call_body("call", event_name=sent)])

    assert meant_by(callwave) == meant


def test_capitals_of_a_meter_do_not_hide_it(callwave: Source) -> None:
    counted("OFFICE_CALL", "SMS_SENT")
    make.accepted(callwave, [make.call_body("call", event_name="sms_sent")])

    assert meant_by(callwave) == ["SMS_SENT"]


def test_a_name_that_is_known_by_now_has_no_other_meaning(callwave: Source) -> None:
    make.accepted(callwave, [make.call_body("call", event_name="ai_calls")])
    counted("ai_calls")

    assert meant_by(callwave) == []
