"""Acme is Callwave's customer; Carla's Clinic is somebody else's."""

import pytest

from accounts.models import Customer, Partner
from tests import factories as make
from tests.caller import Caller


@pytest.fixture
def acme(db: None) -> Customer:
    """A sandbox customer with the meter of its calls."""
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    """The partner that sends Acme's calls."""
    return make.partner(acme)


@pytest.fixture
def caller(callwave: Partner) -> Caller:
    """Callwave's program, with a test key that may do everything."""
    return Caller(make.api_key(callwave)[1])
