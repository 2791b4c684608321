"""A wire between us and PostgreSQL that is cut at the n-th COMMIT: before it arrives, or before its answer does."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Literal

SOCKET = ".s.PGSQL.5432"
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
When = Literal["before", "after"]


@dataclass
class Cutter:
    """Carries bytes both ways. `cut`: whether the wire was cut; `commits`: how many it has seen."""

    server: Path
    at: int
    when: When
    commits: int = 0
    cut: bool = False

    def serve(self, door: socket.socket) -> None:
        while True:
            try:
                client, _ = door.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(self.server / SOCKET))
            Thread(target=self._back, args=(far, client), daemon=True).start()
            Thread(target=self._forth, args=(client, far), daemon=True).start()

    def _forth(self, client: socket.socket, far: socket.socket) -> None:
        for piece in _pieces(client):
            if COMMIT in piece and not self.cut:
                self.commits += 1
                if self.commits == self.at:
                    self.cut = True
                    if self.when == "before":
                        _hang_up(client, far)
                        return
            far.sendall(piece)
        _hang_up(far)

    def _back(self, far: socket.socket, client: socket.socket) -> None:
        for piece in _pieces(far):
            if self.cut:  # it is committed, and nobody hears of it
                break
            client.sendall(piece)
        _hang_up(client, far)


def _pieces(end: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            piece = end.recv(1 << 16)
        except OSError:
            return
        if not piece:
            return
        yield piece


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue
        end.close()


@contextmanager
def cutter(server: str, at: int, when: When) -> Iterator[tuple[Path, Cutter]]:
    """A folder with a socket that leads to the server, until it is cut."""
    with tempfile.TemporaryDirectory(prefix="canbao-cut-") as folder, socket.socket(socket.AF_UNIX) as door:
        door.bind(str(Path(folder, SOCKET)))
        door.listen()
        wire = Cutter(Path(server), at, when)
        Thread(target=wire.serve, args=(door,), daemon=True).start()
        yield Path(folder), wire
