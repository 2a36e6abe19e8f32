"""Google Cloud Translation v2 on loopback, as far as it is used; its dictionary is given."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Google:
    """What the server knows and what it was asked. trouble: a status to answer with, or 0."""

    translate: Callable[[str, str], str]
    trouble: Callable[[int], int] = lambda number: 0
    key: str = "google-key"
    asked: list[Any] = field(default_factory=list)


@contextmanager
def serve_google(google: Google) -> Iterator[str]:
    """The base URL of the server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            google.asked.append(body)
            if self.path != "/language/translate/v2":
                return self._send(404, {"error": {"message": "no such page"}})
            if self.headers.get("X-Goog-Api-Key") != google.key:
                return self._send(400, {"error": {"message": "API key not valid."}})
            if status := google.trouble(len(google.asked)):
                return self._send(status, {"error": {"message": "trouble"}})
            try:
                text = google.translate(body["q"], body["target"])
            except KeyError:
                return self._send(400, {"error": {"message": "no such words"}})
            return self._send(200, {"data": {"translations": [{"translatedText": text}]}})

        def _send(self, status: int, value: Any) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
