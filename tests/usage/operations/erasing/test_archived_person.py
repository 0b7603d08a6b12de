"""A person in files beside the database: what is in the way, and what is deleted with it."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import Customer, User
from tests import factories as make
from tests.at_once import elsewhere
from tests.usage.archives import NOVEMBER, archived, keep_in
from usage.intake.personal_value import PersonalValue
from usage.models import Erasure, Event, UsageArchive
from usage.operations.archives.one_at_a_time import the_only_archiver
from usage.operations.archives.restore_month import restore_month
from usage.operations.erasing.erase_person import NotErased, erase_person


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where archives lie."""
    return keep_in(tmp_path / "usage-archive", settings)


@pytest.fixture
def acme(committed: None, folder: Path) -> Customer:
    """Acme with one call, which names an agent."""
    make.ai_call_meter()
    customer = make.acme()
    body = make.call_body("call-1")
    properties = {**body["properties"], "agent": "agent-7"}
    make.accepted(make.source(make.partner(customer)), [{**body, "properties": properties}])
    return customer


def erased(customer: Customer, text: str = "agent-7") -> Erasure:
    return erase_person(
        customer=customer,
        value=PersonalValue(text),
        needed=[],
        digits_of=lambda text: "",
        reason="asked to be forgotten",
        by=User.objects.filter(is_superuser=True).first() or make.staff(),
        now=make.NOW,
    )


def restored() -> UsageArchive:
    assert archived() is not None
    (archive,) = restore_month(month=NOVEMBER, now=make.NOW)
    return archive


def test_a_file_whose_deletion_failed_is_deleted_by_the_next_erasure(
    acme: Customer, folder: Path
) -> None:
    path = folder / restored().stored_as
    content = path.read_bytes()
    assert erased(acme).events == 1
    assert not path.exists()
    path.write_bytes(content)

    assert erased(acme).events == 0

    assert not path.exists()
    with pytest.raises(NotErased, match="Nothing that is stored says it"):
        erased(acme)


@pytest.mark.parametrize("kept_bytes", [0, 40], ids=["empty", "its beginning"])
def test_a_damaged_file_is_in_the_way(acme: Customer, folder: Path, kept_bytes: int) -> None:
    path = folder / restored().stored_as
    path.write_bytes(path.read_bytes()[:kept_bytes])

    with pytest.raises(NotErased, match="The file of 2024-11 cannot be read"):
        erased(acme)

    assert "agent-7" in Event.objects.get().sent


def test_nobody_waits_for_an_archiver(acme: Customer) -> None:
    with the_only_archiver():
        found = elsewhere(lambda: _refusal(acme))

    assert found == "A month is being archived or brought back: try again later."
    assert erased(acme).events == 1


def _refusal(customer: Customer) -> str:
    with pytest.raises(NotErased) as refusal:
        erased(customer)
    return str(refusal.value)
