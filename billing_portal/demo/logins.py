"""Whom the demo prints, and with which password they sign in."""

PASSWORD = "northwind-demo"  # noqa: S105  printed on the screen of a demo on this machine
STAFF = "staff@northwind.example"
AUDITOR = "aud@northwind.example"
CUSTOMER = "harriet@harbor.example"
READER = "rita@basil.example"
PARTNER = "pat@callwave.example"


def logins() -> list[dict[str, str]]:
    """Return each with what it may do."""
    named = (
        ("Staff", STAFF),
        ("Customer", CUSTOMER),
        ("Reads only", READER),
        ("Partner", PARTNER),
        ("Auditor", AUDITOR),
    )
    return [{"role": role, "email": email, "password": PASSWORD} for role, email in named]
