import json
import shlex

from launch.welcome import welcome

SAMPLE = {
    "logins": [{"role": "Staff", "email": "staff@example.com", "password": "it's secret"}],
    "api_key": "vb_test_key",
    "event": {"customer_id": "acme", "properties": {"note": "it's a quote"}},
    "addresses": {"Back office": "/admin/", "API documentation": "/api/docs/"},
}


def test_the_box_shows_every_address_and_login() -> None:
    text = welcome(SAMPLE, port=8002)

    assert "http://localhost:8002/admin/" in text
    assert "http://localhost:8002/api/docs/" in text
    assert "staff@example.com   password: it's secret" in text


def test_the_box_says_how_to_have_staff_asked_for_a_second_factor() -> None:
    line = "STAFF_SECOND_FACTOR=true python3 run.py demo"

    assert line in welcome(SAMPLE, port=8002)
    assert line not in welcome(SAMPLE, port=8002, staff_second_factor=True)


def test_the_box_has_straight_edges() -> None:
    box = [line for line in welcome(SAMPLE, port=8002).splitlines() if line[:1] in ("|", "+")]

    assert len({len(line) for line in box}) == 1


def test_the_curl_survives_a_shell() -> None:
    command = welcome(SAMPLE, port=8002).split("Send a usage event:")[1]

    words = shlex.split(command)

    assert words[:2] == ["curl", "http://localhost:8002/api/v1/events"]
    assert "Authorization: Bearer vb_test_key" in words
    assert json.loads(words[-1]) == SAMPLE["event"]
