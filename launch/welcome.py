"""
What the demo shows once it runs.

`load_demo` prints one JSON object, which is read here:

    logins     [{"role": "Staff", "email": "...", "password": "..."}, ...]
    api_key    the secret of a test key, shown nowhere else
    event      the body of an event that the key may post
    addresses  {"Back office": "/admin/", ...}, paths of this site
"""

import json
import shlex
from collections.abc import Mapping
from typing import Any


def welcome(sample: Mapping[str, Any], *, port: int, staff_second_factor: bool = False) -> str:
    """Return the box with addresses, logins and the key, and the curl under it."""
    site = f"http://localhost:{port}"
    addresses = sample.get("addresses") or {"Back office": "/admin/"}
    lines = [f"{name:<18} {site}{path}" for name, path in addresses.items()]
    lines.append("")
    lines += [
        f"{login['role']:<18} {login['email']}   password: {login['password']}"
        for login in sample.get("logins", [])
    ]
    lines += [f"{'API key (test)':<18} {sample.get('api_key', '')}", ""]
    if not staff_second_factor:
        lines.append("Staff sign in without a second factor here. With it:")
        lines += ["`STAFF_SECOND_FACTOR=true python3 run.py demo`", ""]
    lines.append("Ctrl-C stops everything; the data stays.")
    lines.append("`python3 run.py demo --fresh` starts over.")
    lines.append("`python3 run.py test` runs all tests and checks.")
    width = max(len(line) for line in lines) + 2
    edge = "+" + "-" * (width + 2) + "+"
    box = [edge, *(f"|  {line:<{width}}|" for line in lines), edge]
    return "\n".join(["", *box, "", "Send a usage event:", _curl(sample, site=site), "", ""])


def _curl(sample: Mapping[str, Any], *, site: str) -> str:
    body = json.dumps(sample.get("event", {}))
    key = sample.get("api_key", "")
    return " \\\n  ".join(
        [
            f"curl {site}/api/v1/events",
            f"-H {shlex.quote(f'Authorization: Bearer {key}')}",
            "-H 'Content-Type: application/json'",
            f"-d {shlex.quote(body)}",
        ]
    )
