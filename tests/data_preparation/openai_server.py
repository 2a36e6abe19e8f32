"""An OpenAI server on loopback: chat, pictures, files and batches; it misbehaves on request.

What it bills it writes down, so that tests can count what a run would have cost.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
Answer = Callable[[Body], Any]  # the text of a reply, or a whole message as a dict
Trouble = Callable[[int, Body], str]  # by the request's number, counted from 0: a name in TROUBLES


def echo(body: Body) -> str:
    """The last message's text, in capitals."""
    return str(body["messages"][-1]["content"]).upper()


@dataclass
class Behaviour:
    """What the server does, and what was done to it.

    answer: makes replies. trouble: what goes wrong with a chat request; "" is nothing. delay:
    seconds before each reply. polls: looks at a batch before it ends, and `fate` is how. spoil:
    whether a batch leaves a line out of its output. cut: "POST files" and the like, once each:
    the server does what is asked and closes the connection before it says so.
    """

    answer: Answer = echo
    trouble: Trouble = lambda number, body: ""
    delay: float = 0.0
    polls: int = 1
    fate: str = "completed"
    spoil: Callable[[Body], str] = lambda body: ""
    cut: list[str] = field(default_factory=list)
    key: str = "secret-key"
    chats: int = 0
    billed: list[Body] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    files: dict[str, Body] = field(default_factory=dict)
    batches: dict[str, Body] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.Lock)


@contextmanager
def serve(behaviour: Behaviour) -> Iterator[str]:
    """The base URL of a server that behaves so."""
    handler = type("Bound", (Handler,), {"it": behaviour})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Speaks the protocol."""

    it: Behaviour
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # headers and body in one packet

    def do_GET(self) -> None:
        """Files, batches and their lists."""
        _, _, kind, *rest = self.path.split("?")[0].split("/")
        table = self.it.files if kind == "files" else self.it.batches
        if not rest:
            rows = [_public(row) for row in reversed(table.values())]
            return self.say({"object": "list", "data": rows, "has_more": False})
        if rest[0] not in table:
            return self.fail(404, f"no such {kind}")
        if len(rest) == 2:
            return self.send(200, table[rest[0]]["content"].encode(), "application/octet-stream")
        return self.say(_public(self.look_at(table[rest[0]])))

    def do_POST(self) -> None:
        """Chats, uploads, new batches."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Authorization") != f"Bearer {self.it.key}":
            return self.fail(401, f"wrong key {self.headers.get('Authorization')}")
        made = {"files": self.upload, "batches": self.create}.get(self.path.split("/")[2])
        if made is None:
            return self.chat(json.loads(data))
        row = made(data)
        if f"POST {self.path.split('/')[2]}" in self.it.cut:
            self.it.cut.remove(f"POST {self.path.split('/')[2]}")
            self.close_connection = True
            return None
        return self.say(_public(row))

    def chat(self, body: Body) -> None:
        """One completion, or one trouble."""
        with self.it.lock:
            number, self.it.chats = self.it.chats, self.it.chats + 1
            self.it.under_way += 1
            self.it.most_under_way = max(self.it.most_under_way, self.it.under_way)
        time.sleep(self.it.delay)
        with self.it.lock:
            self.it.under_way -= 1
        name = self.it.trouble(number, body)
        if name:
            return TROUBLES[name](self, body)
        return self.say(self.completion(body))

    def completion(self, body: Body) -> Body:
        """A chat completion, billed."""
        with self.it.lock:
            self.it.billed.append(body)
        answer = self.it.answer(body)
        message = answer if isinstance(answer, dict) else {"content": answer}
        finish = message.pop("finish_reason", "stop")
        choice = {"index": 0, "finish_reason": finish, "logprobs": message.pop("logprobs", None)}
        usage = {"prompt_tokens": len(json.dumps(body["messages"])) // 4}
        usage["completion_tokens"] = len(str(message.get("content"))) // 4
        choice["message"] = {"role": "assistant", **message}
        return {"id": "c", "object": "chat.completion", "choices": [choice], "usage": usage}

    def upload(self, data: bytes) -> Body:
        """Keep a multipart upload."""
        names: list[bytes] = re.findall(rb'filename="([^"]+)"', data)
        content = data.split(names[0], 1)[1].split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
        return self.add_file(names[0].decode(), content.decode())

    def add_file(self, filename: str, content: str) -> Body:
        """A file as the server knows it."""
        with self.it.lock:
            row: Body = {"id": f"file-{len(self.it.files)}", "object": "file", "filename": filename}
            row |= {"purpose": "batch", "status": "processed", "bytes": len(content)}
            row |= {"created_at": 1, "content": content}
            self.it.files[row["id"]] = row
        return row

    def create(self, data: bytes) -> Body:
        """Begin a batch; it is billed at once."""
        asked = json.loads(data)
        lines = self.it.files[asked["input_file_id"]]["content"].splitlines()
        good: list[str] = []
        bad: list[str] = []
        for row in map(json.loads, lines):
            spoilt = self.it.spoil(row["body"])
            if spoilt == "missing":
                continue
            (bad if spoilt else good).append(self.line(row, spoilt))
        with self.it.lock:
            made: Body = {
                "id": f"batch_{len(self.it.batches)}",
                "object": "batch",
                "looks": 0,
                **asked,
            }
            made |= {"good": good, "bad": bad, "status": "validating", "created_at": 1}
            self.it.batches[made["id"]] = made
        return made

    def line(self, row: Body, spoilt: str) -> str:
        """One line of an output or error file."""
        if spoilt == "garbage":
            return '{"custom_id": "cut'
        if spoilt:
            response = {"status_code": 400, "body": {"error": {"message": spoilt}}}
        else:
            response = {"status_code": 200, "body": self.completion(row["body"])}
        return json.dumps({"custom_id": row["custom_id"], "response": response, "error": None})

    def look_at(self, row: Body) -> Body:
        """A file or batch as it is now; looking lets time pass for a batch."""
        if row["object"] != "batch" or row["status"] == self.it.fate:
            return row
        row["looks"] += 1
        row["status"] = "in_progress"
        counts = {"total": len(row["good"] + row["bad"]), "completed": row["looks"], "failed": 0}
        row["request_counts"] = counts
        if row["looks"] > self.it.polls:
            row["status"] = self.it.fate
            if self.it.fate == "failed":
                row["errors"] = {"object": "list", "data": [{"message": "too much at once"}]}
                return row
            row["output_file_id"] = self.add_file("out", "\n".join(row["good"]))["id"]
            if row["bad"]:
                row["error_file_id"] = self.add_file("err", "\n".join(row["bad"]))["id"]
        return row

    def say(self, value: Body) -> None:
        """Send JSON."""
        self.send(200, json.dumps(value).encode(), "application/json")

    def fail(self, status: int, message: str, **headers: str) -> None:
        """Send an error as OpenAI words it."""
        error = {"message": message, "type": "error", "code": headers.pop("code", None)}
        self.send(status, json.dumps({"error": error}).encode(), "application/json", headers)

    def send(
        self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        """Send bytes."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def cut(self, body: Body) -> None:
        """Bill, then break off in the middle of the answer."""
        data = json.dumps(self.completion(body)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle_one_request(self) -> None:
        """One request; a client that was killed is no news."""
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError, json.JSONDecodeError):
            self.close_connection = True


TROUBLES: dict[str, Callable[[Handler, Body], None]] = {
    "429": lambda it, body: it.fail(429, "slow down", Retry_After="0.3"),
    "429 for an hour": lambda it, body: it.fail(429, "slow down", Retry_After="3600"),
    "no money": lambda it, body: it.fail(429, "quota spent", code="insufficient_quota"),
    "500": lambda it, body: it.fail(500, "oops"),
    "tells the key": lambda it, body: it.send(200, b"x" * 150 + it.it.key.encode(), "text/html"),
    "400": lambda it, body: it.fail(400, "too long"),
    "404": lambda it, body: it.fail(404, "no such model"),
    "cut": Handler.cut,
    "slow": lambda it, body: time.sleep(2),
    "malformed": lambda it, body: it.send(200, b'{"choices": [{"mess', "application/json"),
    "html": lambda it, body: it.send(200, b"<html>busy</html>", "text/html"),
    "no choices": lambda it, body: it.say({"choices": []}),
    "error inside": lambda it, body: it.say({"error": {"message": "overloaded"}}),
}


def _public(row: Body) -> Body:
    hidden = ("content", "good", "bad", "looks")
    return {name: value for name, value in row.items() if name not in hidden}
