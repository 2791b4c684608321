"""How one sender is known to the platform: made once and kept in the sandbox's home."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from sandbox.secret import keep_known

FILE = "platform.json"


@dataclass(frozen=True)
class Sender:
    """Who may ask (a fixmedins_code of twelve characters), and the key both sides sign with."""

    name: str
    key: bytes


def make_sender(home: Path, base_url: str) -> Path:
    """Make what is absent; return the path of `platform.json`. Idempotent: the key stays."""
    fresh = {"sender": "S" + secrets.token_hex(6)[:11], "key": secrets.token_hex(32)}
    return keep_known(home / FILE, fresh, base_url)


def load_sender(home: Path) -> Sender | None:
    """Read what `make_sender` wrote; None where it has not run: then nobody plays the platform."""
    path = home / FILE
    if not path.exists():
        return None
    told = json.loads(path.read_text("utf-8"))
    return Sender(told["sender"], told["key"].encode())
