"""Who takes usage at once, and whose it is."""

from collections.abc import Iterator

import pytest

from accounts.models import Customer
from tests import factories as make
from tests.flows.web import Web, web


@pytest.fixture(scope="module")
def servers(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Web, Web]]:
    """Two web servers on one database."""
    with web(tmp_path_factory.mktemp("web")) as one, web(tmp_path_factory.mktemp("web")) as other:
        yield one, other


@pytest.fixture
def acme(committed: None) -> Customer:
    """The customer whose calls come."""
    make.ai_call_meter()
    return make.acme()
