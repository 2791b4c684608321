"""A small web server of the test's own: it keeps what it is asked and answers what the test says."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread


@dataclass(frozen=True)
class Knock:
    """One request, as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True)
class Reply:
    """One answer, as it goes."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Door:
    """Where it is, who knocked, and what it answers."""

    url: str = ""
    answer: Callable[[Knock], Reply] = lambda _: Reply()
    knocks: list[Knock] = field(default_factory=list)
    _fresh: "Queue[Knock]" = field(default_factory=Queue)

    def take(self, seconds: float = 10) -> Knock:
        """The next request that nobody has taken. Raises queue.Empty where none comes."""
        return self._fresh.get(timeout=seconds)

    def let_in(self, knock: Knock) -> Reply:
        """Keep a request and answer it."""
        self.knocks.append(knock)
        self._fresh.put(knock)
        return self.answer(knock)


@contextmanager
def open_door() -> Iterator[Door]:
    """Serve on a free port of this machine until the block is left."""
    door = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            knock = Knock(self.command, self.path, dict(self.headers), body, datetime.now(UTC))
            reply = door.let_in(knock)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST  # noqa: N815 (the name http.server looks for)

        def log_message(self, *_: object) -> None:
            """Tests read `knocks`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    door.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
