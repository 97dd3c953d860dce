"""A cloud on the loopback interface: it enforces what its vendor publishes, and fails when it is told to.

Independent clients work with these servers as they are: simple-salesforce 1.12 (Bulk API 2.0, sObject Collections), hubspot-api-client 12
(batches, 207) and marketorestpython 0.5 (custom objects) were tried by hand.
"""

import json
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Reply:
    """An answer: a text or what becomes JSON."""

    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """What goes wrong with the next requests of a path: an answer, or a connection that is dropped before or after the work."""

    part: str
    what: Reply | str
    left: int = 1
    skip: int = 0


@dataclass
class Cloud:
    """A server with records, tokens and faults.

    Attributes:
        records: by id, each with its fields.
        writes: how often each record was written.
        log: of requests, method and path.
        tokens: that are good now.
    """

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    writes: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    url: str = ""
    _made: int = 0
    _lock: Any = field(default_factory=Lock)

    def token(self) -> str:
        self._made += 1
        self.tokens.add(f"token-{self._made}")
        return f"token-{self._made}"

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("authorization", "").removeprefix("Bearer ") in self.tokens

    def fail(self, part: str, what: Reply | str, *, times: int = 1, skip: int = 0) -> None:
        """Fails the next requests whose `METHOD PATH` holds a part, after `skip` of them."""
        self.faults.append(Fault(part, what, times, skip))

    def answer(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def write(self, record: str, values: Mapping[str, Any]) -> None:
        self.records.setdefault(record, {}).update(values)
        self.writes[record] += 1

    def handled(self, asked: Asked) -> Reply | None:
        """The answer; None where the connection is dropped."""
        with self._lock:
            line = f"{asked.method} {asked.path}"
            self.log.append(line)
            fault = next((it for it in self.faults if it.left and it.part in line), None)
            if fault and fault.skip:
                fault.skip -= 1
                fault = None
            if fault:
                fault.left -= 1
                if isinstance(fault.what, Reply):
                    return fault.what
                if fault.what == "drop after":
                    self.answer(asked)
                return None
            return self.answer(asked)


@contextmanager
def running(cloud: Cloud) -> Iterator[Cloud]:
    """The cloud behind a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = cloud.handled(Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body))
            if reply is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            is_text = isinstance(reply.content, str)
            content = reply.content.encode() if is_text else b"" if reply.content is None else json.dumps(reply.content).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "text/csv" if is_text else "application/json;charset=utf-8", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = _any

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
