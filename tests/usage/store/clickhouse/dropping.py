"""A way to ClickHouse that is cut while rows are inserted: after the first part of their body."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_NOT_PASSED_ON = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


@contextmanager
def dropping_inserts(url: str) -> Iterator[str]:
    """Yield an address that answers as `url` does, but for inserts."""
    there = urlsplit(url)
    handler = type("Handler", (_Handler,), {"there": (there.hostname, there.port)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{there.path}"
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    there: tuple[str, int]

    def do_GET(self) -> None:
        """Pass it on."""
        self._pass_on()

    def do_POST(self) -> None:
        """Pass it on, or hang up on it."""
        if "query=INSERT" not in self.path:
            self._pass_on()
            return
        self.rfile.read(int(self.rfile.readline().split(b";")[0], 16))
        self.close_connection = True

    def _pass_on(self) -> None:
        asked = HTTPConnection(*self.there)
        try:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = asked.getresponse()
            said = answer.read()
        finally:
            asked.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _NOT_PASSED_ON:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None:
        """Say nothing."""
