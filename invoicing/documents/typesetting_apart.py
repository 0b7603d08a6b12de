"""
Typesetting in a process of its own, which can be ended.

Nothing ends a thread: without this, documents that take hours would hold every worker.
Run as a module it reads the pickled arguments of `typeset` and writes the PDF.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).resolve().parents[2]


class TookTooLong(RuntimeError):
    """The document was not set in the time that it had."""


class TypesettingFailed(RuntimeError):
    """The process ended without a document; the text is the end of what it said."""


def typeset_apart(html: str, *, limit_seconds: float, **files: Any) -> bytes:
    """
    Return what `typeset` returns for the same arguments; a start costs about a second.

    :raises TookTooLong: after `limit_seconds`; the process is gone then.
    :raises TypesettingFailed:
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "invoicing.documents.typesetting_apart"],
            cwd=_PROJECT,
            input=pickle.dumps((html, files)),
            capture_output=True,
            timeout=limit_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TookTooLong(f"typesetting took more than {limit_seconds} seconds") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise TypesettingFailed(said[-500:] or f"typesetting ended with status {done.returncode}")
    return done.stdout


def main() -> None:
    """Set the document that waits at standard input."""
    from invoicing.documents.typesetting import typeset  # noqa: PLC0415

    html, files = pickle.load(sys.stdin.buffer)  # noqa: S301
    sys.stdout.buffer.write(typeset(html, **files))


if __name__ == "__main__":
    main()
