"""The owner of a partner says what is kept of its events."""

import pytest

from accounts.models import Partner, PartnerRole
from tests import factories as make
from tests.invoicing.admin.test_source import rules
from tests.partner_portal.people import address, browser_of
from usage.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def callwave() -> Partner:
    buyer = make.acme()
    make.acme_contract(buyer)
    holder = make.partner(buyer)
    make.source(holder)
    return holder


def test_an_owner_masks_a_number_and_reads_it_on_the_sources_page(callwave: Partner) -> None:
    owner = browser_of(callwave)

    answer = owner.post(
        address("source_rules", callwave, "test"), rules(("from_number", "mask")), follow=True
    )

    assert Source.objects.get().property_rules == {"from_number": "mask"}
    assert "from_number masked; all others kept" in answer.content.decode()


def test_what_bills_need_is_refused(callwave: Partner) -> None:
    owner = browser_of(callwave)

    answer = owner.post(address("source_rules", callwave, "test"), rules(others="drop"))

    assert "Name it as a property that is kept" in answer.content.decode()
    assert Source.objects.get().keeps_all


@pytest.mark.parametrize("role", [PartnerRole.DEVELOPER, PartnerRole.VIEWER])
def test_others_only_read_the_rules(callwave: Partner, role: PartnerRole) -> None:
    client = browser_of(callwave, role)

    assert client.get(address("source_rules", callwave, "test")).status_code == 403
    assert "An owner may change that" in client.get(address("sources", callwave)).content.decode()


def test_there_are_two_sources_and_no_third(callwave: Partner) -> None:
    assert browser_of(callwave).get(address("source_rules", callwave, "other")).status_code == 404
