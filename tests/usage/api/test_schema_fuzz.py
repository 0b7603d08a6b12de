"""Whatever the OpenAPI document lets a machine make up, no answer is a fault of ours."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import status_code_conformance

from billing_portal.wsgi import application
from tests.caller import PROBLEM, Caller

pytestmark = pytest.mark.django_db

CALLS = [
    ("POST", "/api/v1/events"),
    ("POST", "/api/v1/events/batch"),
    ("GET", "/api/v1/events"),
    ("GET", "/api/v1/events/{event}"),
]
EXAMPLES = 40


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The application shares the test's transaction, as with Django's own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("method, path", CALLS, ids=[" ".join(call) for call in CALLS])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=[mode.value for mode in GenerationMode])
def test_a_made_up_request_gets_an_answer_of_the_document(
    caller: Caller, method: str, path: str, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {caller.key}"})

        case.validate_response(answer, checks=[not_a_server_error, status_code_conformance])
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == [PROBLEM]

    send()
