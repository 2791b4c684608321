"""The provider's pages and its two answers behind the browser's back.

Everybody's e-credential is active, except of those whose number has 929 or 930 before its check digit: theirs
becomes active when they activate it here. So every state can be met without telling the sandbox anything first.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox.identity.keys import IdentityKeys
from sandbox.store import Store

TABLES = """
CREATE TABLE IF NOT EXISTS identity_active (number TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS identity_code (
    code TEXT PRIMARY KEY, state TEXT NOT NULL, level TEXT NOT NULL, name TEXT NOT NULL, number TEXT NOT NULL,
    made_at REAL NOT NULL
);
"""
FRESH_WITHIN_S = 300
CODE_LASTS_S = 60
ASKED = ("client", "purpose", "level", "state", "back", "at")
INACTIVE_AT_FIRST = ("929", "930")
PURPOSES, LEVELS = ("login", "activate"), ("real_name", "face")
NOT_KEPT = {"Cache-Control": "no-store"}


@dataclass
class IdentityTwin:
    """The provider of one client."""

    keys: IdentityKeys
    store: Store
    now: Callable[[], float]
    templates: Jinja2Templates

    def __post_init__(self) -> None:
        self.store.build(TABLES)

    def routes(self) -> list[Route]:
        """Two pages and two answers."""
        return [
            Route("/identity/ask", self.show, methods=["GET"]),
            Route("/identity/ask", self.answer, methods=["POST"]),
            Route("/identity/proof", self.proof, methods=["POST"]),
            Route("/identity/credential", self.credential, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Who are you? With the question kept in the form, signature and all."""
        asked = dict(request.query_params)
        if not self._is_ours(asked):
            return self._say(request, "这个链接不对，或者放得太久了", 403)
        return self.templates.TemplateResponse(request, "identity.html", {"asked": asked}, headers=NOT_KEPT)

    async def answer(self, request: Request) -> Response:
        """Send the browser back: with a code, or with word that the person turned back."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._is_ours(form):
            return self._say(request, "这个链接不对，或者放得太久了", 403)
        if form.get("outcome") != "prove":
            return self._back(form, "", refused="1")
        number = form.get("number", "").strip().upper()
        name = form.get("name", "").strip()
        if not name or not number:
            return self._say(request, "请填写姓名和号码", 422)
        if form["purpose"] == "activate":
            self.store.run("INSERT OR IGNORE INTO identity_active VALUES (?)", number)
        code = secrets.token_urlsafe(24)
        self.store.add(
            "identity_code",
            code=code, state=form["state"], level=form["level"], name=name, number=number, made_at=self.now(),
        )  # fmt: skip
        return self._back(form, code)

    async def proof(self, request: Request) -> Response:
        """What a code stands for, once."""
        asked = await self._asked(request)
        row = self.store.one("SELECT * FROM identity_code WHERE code = ?", str((asked or {}).get("code")))
        if asked is None or row is None:
            return self._signed(403, {"error": "no such code"})
        self.store.run("DELETE FROM identity_code WHERE code = ?", row["code"])
        if row["state"] != asked.get("state") or self.now() - row["made_at"] > CODE_LASTS_S:
            return self._signed(403, {"error": "another state, or too late"})
        told = {key: row[key] for key in ("level", "name", "number", "state")}
        return self._signed(200, {**told, "id_type": "01", "credential": self._credential(row["number"])})

    async def credential(self, request: Request) -> Response:
        """Whether somebody's e-credential is active."""
        asked = await self._asked(request)
        if asked is None:
            return self._signed(403, {"error": "not signed"})
        return self._signed(200, {"credential": self._credential(str(asked.get("number", "")))})

    def _credential(self, number: str) -> str:
        known = self.store.one("SELECT 1 FROM identity_active WHERE number = ?", number)
        return "inactive" if number[14:17] in INACTIVE_AT_FIRST and known is None else "active"

    def _is_ours(self, asked: dict[str, str]) -> bool:
        """Signed by our client, fresh, with words we know and a way back on the web."""
        if any(name not in asked for name in (*ASKED, "sign")):
            return False
        content = "\n".join(asked[name] for name in ASKED).encode()
        way = urlsplit(asked["back"])
        return (
            asked["client"] == self.keys.client_id
            and self.keys.is_signed(asked["sign"], content)
            and asked["at"].isdigit()
            and abs(int(asked["at"]) - self.now()) <= FRESH_WITHIN_S
            and asked["purpose"] in PURPOSES
            and asked["level"] in LEVELS
            and way.scheme in ("http", "https")
        )

    async def _asked(self, request: Request) -> dict[str, Any] | None:
        body = await request.body()
        if not self.keys.is_signed(request.headers.get("identity-sign", ""), body):
            return None
        asked: dict[str, Any] = json.loads(body)
        fresh = abs(float(asked.get("at", 0)) - self.now()) <= FRESH_WITHIN_S
        return asked if fresh and asked.get("client") == self.keys.client_id else None

    def _back(self, asked: dict[str, str], code: str, **more: str) -> Response:
        told = {"state": asked["state"], "code": code, "at": str(int(self.now()))}
        sign = self.keys.sign("\n".join(told.values()).encode())
        query = urlencode({**told, "sign": sign, **more})
        return RedirectResponse(f"{asked['back']}?{query}", 303, headers=NOT_KEPT)

    def _signed(self, status: int, told: dict[str, Any]) -> Response:
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {"Identity-Sign": self.keys.sign(body)}
        return Response(body, status, headers=headers, media_type="application/json")

    def _say(self, request: Request, words: str, status: int) -> Response:
        facts = {"words": words, "return_url": ""}
        return self.templates.TemplateResponse(
            request, "said.html", facts, status_code=status, headers=NOT_KEPT
        )
