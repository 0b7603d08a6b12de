"""The configuration of gunicorn for `tests.flows.web`: web processes that arm themselves."""

import os
from pathlib import Path
from typing import Any

from values.failpoints import arm

preload_app = True
worker_class = "gthread"
threads = 4
loglevel = "error"
_FOLDER = Path(os.environ["WEB_FOLDER"])


def when_ready(server: Any) -> None:
    """Load what the first request would, once for all web processes to come."""
    from django.urls import get_resolver

    get_resolver().resolve("/api/v1/events/batch")


def post_fork(server: Any, worker: Any) -> None:
    """Take what lies there for one process, so that the next one is not armed; then be known."""
    order, taken = _FOLDER / "order", _FOLDER / f"taken-{worker.pid}"
    try:
        order.rename(taken)
    except FileNotFoundError:
        pass
    else:
        arm(taken.read_text())
        taken.unlink()
    (_FOLDER / f"worker-{worker.pid}").touch()


def child_exit(server: Any, worker: Any) -> None:
    """Be known no more."""
    (_FOLDER / f"worker-{worker.pid}").unlink(missing_ok=True)
