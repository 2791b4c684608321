"""What the payer sees: one page with four buttons, in place of the real one. They work without JavaScript."""

import sqlite3
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox.journeys import MANNERS
from sandbox.till.till import OUTCOMES, WORDS, Till

NOT_KEPT = {"Cache-Control": "no-store"}


class PayerPage:
    """The page behind a signed link, and its buttons."""

    def __init__(self, till: Till, templates: Jinja2Templates) -> None:
        self.till = till
        self.templates = templates
        self.path = f"/{till.name}/pay"

    def routes(self) -> list[Route]:
        """Where the buttons lead."""
        return [Route(self.path, self.choose, methods=["POST"])]

    def show(self, request: Request, row: sqlite3.Row) -> Response:
        """The amount, the merchant, the buttons."""
        if not self.till.is_open(row):
            return self.say(request, WORDS["closed" if row["paid_at"] is None else "paid"], row["return_url"])
        amount = row["amount_fen"]
        facts = {
            "brand": self.till.brand,
            "amount": f"{amount // 100}.{amount % 100:02d}",
            "description": row["subject"],
            "merchant": self.till.merchant,
            "number": row["out_trade_no"],
            "hidden": {"out_trade_no": row["out_trade_no"], "proof": self.till.proof(row)},
            "manners": {name: MANNERS[name] for name in self.till.manners},
            "pay_path": self.path,
        }
        return self.templates.TemplateResponse(request, "payer.html", facts, headers=NOT_KEPT)

    async def choose(self, request: Request) -> Response:
        """Carry out a button and send the payer back, unless the browser is not to be told."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        row = self.till.find(form.get("out_trade_no", ""))
        if row is None or form.get("proof") != self.till.proof(row):
            return self.say(request, "支付链接不对", "", 404)
        outcome, manner = form.get("outcome", ""), form.get("notify") or None
        if outcome not in OUTCOMES or manner not in (None, *self.till.manners):
            return self.say(request, "没有这个选择", "", 400)
        happened = self.till.settle(row["out_trade_no"], outcome, manner)
        back = self._back(row["out_trade_no"], happened)
        if back and happened in ("success", "fail", "cancel"):
            return RedirectResponse(back, 303)
        return self.say(request, WORDS[happened], back, 504 if happened == "timeout" else 200)

    def say(self, request: Request, words: str, return_url: str, status: int = 200) -> Response:
        """A page with one sentence."""
        facts = {"brand": self.till.brand, "words": words, "return_url": return_url}
        return self.templates.TemplateResponse(
            request, "said.html", facts, status_code=status, headers=NOT_KEPT
        )

    def _back(self, number: str, happened: str) -> str:
        """The address to return to; after a payment with the signed words that no merchant should believe."""
        row = self.till.find(number)
        address = "" if row is None else str(row["return_url"])
        if row is None or urlsplit(address).scheme not in ("http", "https") or happened != "success":
            return address
        return self.till.back(row)
