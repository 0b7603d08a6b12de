"""
ClickHouse's HTTP interface over its engine in this process (chdb), as far as the client asks.

The engine, its SQL and its tables on disk are the real ones; what a server adds to them (users,
replication, many queries at once) is not here. Run in a process of its own, with the folder of the
tables: it says the port, and ends when its standard input does.
"""

import os
import re
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

_ONE_AT_A_TIME = threading.Lock()
# What the client says of the answer, not of the query.
_NOT_SETTINGS = frozenset(
    {"database", "query", "session_id", "query_id", "client_protocol_version",
     "wait_end_of_query", "send_progress_in_http_headers", "http_headers_progress_interval_ms",
     "enable_http_compression", "default_format"}
)  # fmt: skip
_CODE = re.compile(r"Code: (\d+)")


class Refused(Exception):
    """The engine refuses a query."""


class Engine:
    """The engine over a folder."""

    def __init__(self, folder: str) -> None:
        self._session = Session(folder)
        self.run("CREATE DATABASE IF NOT EXISTS default")

    def run(self, query: str, *, output: str = "TabSeparated") -> bytes:
        """Return the answer in a format."""
        try:
            return bytes(self._session.query(query, output).bytes() or b"")
        except Exception as error:
            raise Refused(str(error)) from error

    def answer(self, query: str, asked: dict[str, str], data: Path | None) -> bytes:
        """Run one query with its settings and parameters, and the rows to insert in a file."""
        with _ONE_AT_A_TIME:
            self.run(f"USE {asked.get('database', 'default')}")
            for name, value in asked.items():
                if name.startswith("param_"):
                    self.run(f"SET {name} = {_quoted(value)}")
            settings = ", ".join(
                f"{name} = {_quoted(value)}"
                for name, value in asked.items()
                if name not in _NOT_SETTINGS and not name.startswith("param_")
            )
            if data is not None:
                return self._insert(query, settings, data)
            output = asked.get("default_format", "TabSeparated")
            written = re.search(r"\bFORMAT\s+(\w+)\s*$", query)
            if written:
                query, output = query[: written.start()], written[1]
            is_read = query.lstrip().upper().startswith(("SELECT", "WITH"))
            return self.run(
                f"{query} SETTINGS {settings}" if settings and is_read else query, output=output
            )

    def _insert(self, query: str, settings: str, data: Path) -> bytes:
        into, _, written = query.partition(" FORMAT ")
        with_settings = f" SETTINGS {settings}" if settings else ""
        return self.run(
            f"{into} FROM INFILE {_quoted(str(data))}{with_settings} FORMAT {written.split()[0]}"
        )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


class Handler(BaseHTTPRequestHandler):
    """Reads a request as a ClickHouse server does."""

    protocol_version = "HTTP/1.1"
    engine: Engine

    def do_GET(self) -> None:
        """Answer a ping."""
        self._answer(200, b"Ok.\n")

    def do_POST(self) -> None:
        """Run the query in the address, or the body."""
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        with tempfile.NamedTemporaryFile(suffix=".rows") as body:
            for part in self._parts():
                body.write(part)
            body.flush()
            query, data = asked.get("query", ""), Path(body.name)
            try:
                if query.lstrip().upper().startswith("INSERT"):
                    found = self.engine.answer(query, asked, data)
                else:
                    text = data.read_bytes().decode()
                    found = self.engine.answer(f"{query}\n{text}".strip(), asked, None)
            except Refused as error:
                code = _CODE.search(str(error))
                self._answer(
                    500,
                    str(error).encode(),
                    {"X-ClickHouse-Exception-Code": code[1] if code else "1"},
                )
            else:
                self._answer(200, found, {"X-ClickHouse-Timezone": "UTC"})

    def _parts(self) -> "list[bytes]":
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return [self.rfile.read(int(self.headers.get("Content-Length") or 0))]
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return parts

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def serve(folder: str) -> None:
    """Answer until standard input ends."""
    Handler.engine = Engine(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
    # The engine may wait for its own threads for ever; nothing in its folder is needed any more.
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
