"""The sandbox on a workbench: its clock and its courier are stepped by hand, its mail is caught."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx

from sandbox.app import Settings, build_app
from tests.sandbox.merchant import Merchant, read_merchant

CHINA = timezone(timedelta(hours=8))
MORNING = datetime(2024, 11, 5, 10, 0, tzinfo=CHINA)
NOTIFY_URL = "https://canbao.example/api/wechat/notify/ORDER001"
RETURN_URL = "https://canbao.example/orders/ORDER001?from=pay"


class Bench:
    """One sandbox over a home that holds keys. `answer` is how the merchant takes a notice."""

    def __init__(self, home: Path, at: datetime = MORNING, **settings: Any) -> None:
        self.now = at.timestamp()
        self.merchant: Merchant = read_merchant(home / "merchant.json")
        self.mail: list[httpx.Request] = []
        self.answer: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(200)
        transport = httpx.MockTransport(self._take)
        self.app = build_app(Settings(home, **settings), lambda: self.now, transport, courier_works=False)
        self._runner = asyncio.Runner()
        self._door = self._client("127.0.0.1")
        self._courier = self.app.state.twin.courier

    def close(self) -> None:
        """Give the file back."""
        self._runner.run(self._door.aclose())
        self._runner.close()
        self.app.state.twin.store.close()

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> httpx.Response:
        """A request exactly as it is given here."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._runner.run(self._door.request(method, target, content=body, headers=named))

    def call(self, method: str, target: str, asked: Mapping[str, Any] | None = None) -> httpx.Response:
        """A request of the merchant, signed now."""
        body = b"" if asked is None else json.dumps(asked).encode()
        signed = self.merchant.authorization(method, target, body, int(self.now))
        return self.send(method, target, body, Authorization=signed)

    def order(self, out_trade_no: str = "ORDER001", fen: int = 38000, **changes: Any) -> httpx.Response:
        """Place an H5 order."""
        asked = {
            "appid": self.merchant.appid,
            "mchid": self.merchant.mchid,
            "description": "城乡居民基本医疗保险费",
            "out_trade_no": out_trade_no,
            "notify_url": NOTIFY_URL,
            "amount": {"total": fen, "currency": "CNY"},
            "scene_info": {"payer_client_ip": "203.0.113.7", "h5_info": {"type": "Wap"}},
        }
        return self.call("POST", "/v3/pay/transactions/h5", asked | changes)

    def query(self, out_trade_no: str = "ORDER001") -> httpx.Response:
        """Ask for an order."""
        return self.call(
            "GET", f"/v3/pay/transactions/out-trade-no/{out_trade_no}?mchid={self.merchant.mchid}"
        )

    def close_order(self, out_trade_no: str = "ORDER001") -> httpx.Response:
        """Close an order."""
        path = f"/v3/pay/transactions/out-trade-no/{out_trade_no}/close"
        return self.call("POST", path, {"mchid": self.merchant.mchid})

    def refund(self, number: str = "REFUND01", fen: int = 38000, **changes: Any) -> httpx.Response:
        """Ask to give money back."""
        asked = {
            "out_trade_no": "ORDER001",
            "out_refund_no": number,
            "amount": {"refund": fen, "total": 38000, "currency": "CNY"},
        }
        return self.call("POST", "/v3/refund/domestic/refunds", asked | changes)

    def page(self, h5_url: str, back: str = RETURN_URL) -> httpx.Response:
        """Open the payer's page as a browser does."""
        return self.send("GET", str(httpx.URL(h5_url).copy_merge_params({"redirect_url": back})))

    def press(self, page: httpx.Response, outcome: str, /, **changed: str) -> httpx.Response:
        """Send the page's own form with one of its buttons, as a browser without JavaScript does."""
        form = Form(page.text)
        return self._runner.run(
            self._door.post(form.action, data=form.fields | {"outcome": outcome} | changed)
        )

    def tell(self, what: str, **asked: Any) -> httpx.Response:
        """Ask the hidden hand: `tell("pay", out_trade_no=…)`."""
        return self.send("POST", f"/sandbox/{what}", json.dumps(asked).encode())

    def ask_as(self, host: str, target: str, **headers: str) -> httpx.Response:
        """GET from another machine."""
        return self._runner.run(self._client(host).get(target, headers=headers))

    def paid(self, out_trade_no: str = "ORDER001", notify: str = "normal", **changes: Any) -> None:
        """An order, placed and paid; its notice is posted and not yet carried."""
        assert self.order(out_trade_no, **changes).status_code == 200
        assert self.tell("pay", out_trade_no=out_trade_no, notify=notify).status_code == 200

    def step(self, seconds: float = 0) -> int:
        """Let time pass, then let the courier carry what is due. Returns how many letters left."""
        self.now += seconds
        return self._runner.run(self._courier.deliver_due())

    def deliveries(self) -> list[dict[str, Any]]:
        """What the courier has, oldest first."""
        found: list[dict[str, Any]] = self.send("GET", "/sandbox/deliveries").json()["deliveries"]
        return found[::-1]

    def _client(self, host: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(host, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://sandbox.example")

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.mail.append(request)
        return self.answer(request)


class Form(HTMLParser):
    """The one form of a page: where it goes, what it sends by itself, and its buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self.scripts = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert told["method"] == "post"
            self.action = told["action"]
        if tag == "input" and (told["type"] == "hidden" or "checked" in told):
            self.fields[told["name"]] = told["value"]
        if tag == "button":
            self.buttons.append(told["value"])
        self.scripts += tag == "script" or any(name.startswith("on") for name in told)
