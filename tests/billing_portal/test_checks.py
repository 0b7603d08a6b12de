"""What the deployment check refuses."""

from pytest_django.fixtures import Settings

from billing_portal.checks import failpoints_are_off


def test_a_server_on_which_processes_are_to_be_killed_does_not_pass(settings: Settings) -> None:
    assert failpoints_are_off(None) == []

    settings.FAILPOINTS = "issuing.numbered:kill"

    assert [error.id for error in failpoints_are_off(None)] == ["billing_portal.E003"]
