"""Archives lie in a folder of the test's own; Acme is a customer of the partner Callwave."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import Customer
from tests import factories as make
from tests.usage.archives import keep_in
from usage.models import Source


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where archives lie."""
    return keep_in(tmp_path / "usage-archive", settings)


@pytest.fixture
def acme(committed: None) -> Customer:
    """Acme, whose usage is committed, with the meter of its calls."""
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def source(acme: Customer) -> Source:
    """Where Callwave's test keys are unique."""
    return make.source(make.partner(acme))
