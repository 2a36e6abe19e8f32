"""A model hub on loopback: the few answers that the hub's client asks for, from a folder."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlparse

REVISION = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def serve(repositories: dict[str, dict[str, bytes]]) -> Iterator[str]:
    """The address of a hub that holds `repositories`: names to files to bytes."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = unquote(urlparse(self.path).path).strip("/")
            for name, files in repositories.items():
                if path.startswith(f"api/models/{name}/tree/"):
                    return self._json([{"type": "file", **entry} for entry in entries(files)])
                if path.startswith(f"api/models/{name}"):
                    return self._json({"id": name, "sha": REVISION, "siblings": entries(files)})
                if path.startswith(f"{name}/resolve/"):
                    file = path.removeprefix(f"{name}/resolve/").split("/", 1)[1]
                    if file in files:
                        return self._send(200, files[file])
            return self._send(404, b"{}")

        def _json(self, value: object) -> None:
            self._send(200, json.dumps(value).encode())

        def _send(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
            self.send_header("X-Repo-Commit", REVISION)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def entries(files: dict[str, bytes]) -> list[dict[str, object]]:
    """What the hub's listings say of each file."""
    return [
        {"rfilename": name, "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
        for name, data in files.items()
    ]
