"""How one sender is known to the platform: made once and kept in the sandbox's home."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

FILE = "platform.json"


@dataclass(frozen=True)
class Sender:
    """Who may ask (a fixmedins_code of twelve characters), and the key both sides sign with."""

    name: str
    key: bytes


def make_sender(home: Path, base_url: str) -> Path:
    """Make what is absent; return the path of `platform.json`. Idempotent: the key stays."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE
    told = json.loads(path.read_text("utf-8")) if path.exists() else {}
    told = {"sender": "S" + secrets.token_hex(6)[:11], "key": secrets.token_hex(32)} | told
    told["base_url"] = base_url.rstrip("/")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(json.dumps(told, indent=2).encode() + b"\n")
    return path


def load_sender(home: Path) -> Sender | None:
    """Read what `make_sender` wrote; None where it has not run: then nobody plays the platform."""
    path = home / FILE
    if not path.exists():
        return None
    told = json.loads(path.read_text("utf-8"))
    return Sender(told["sender"], told["key"].encode())
