"""What a payer meets at a portal: find oneself, confirm agency and year, choose the kind, look it over, pay.

The screens go by what the portal's notice says: its labels, its popup, its two entrances, how often it says 下一步.
A wrong kind is refused, with what to choose and where (CZ-15, SX-08).
"""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sandbox.journeys import MANNERS as WORDS
from sandbox.tax.portals.doors import MANNERS, Doors
from sandbox.tax.portals.labels import Portal, load_portals
from sandbox.tax.portals.till import NORMAL, SPECIAL

NOT_KEPT = {"Cache-Control": "no-store"}
CARRIED = ("intent", "psn_name", "certno", "payer", "optins_no", "year", "kind", "looked")
SCREENS = ("intent", "who", "place", "popup", "review")


@dataclass
class PortalPages:
    """The pages of every portal."""

    doors: Doors
    templates: Jinja2Templates

    def routes(self) -> list[Route]:
        """The list, and one address a portal: which screen comes next follows from what was filled in."""
        return [
            Route("/tax/portal/", self.index, methods=["GET"]),
            Route("/tax/portal/{key}/", self.begin, methods=["GET"]),
            Route("/tax/portal/{key}/", self.go_on, methods=["POST"]),
        ]

    async def index(self, request: Request) -> Response:
        """Every portal there is."""
        portals = sorted(load_portals(self.doors.home).values(), key=lambda one: one.key)
        return self._page(request, "portals.html", {"portals": portals})

    async def begin(self, request: Request) -> Response:
        """The first screen."""
        portal = self._portal(request)
        if portal is None:
            return self._refuse(request, None, "没有这个入口", "请从列表里选。", 404)
        return self._screen(request, portal, {})

    async def go_on(self, request: Request) -> Response:
        """What was filled in so far, checked; then the next screen, or the payment."""
        portal = self._portal(request)
        form = {name: str(value).strip() for name, value in (await request.form()).items()}
        if portal is None:
            return self._refuse(request, None, "没有这个入口", "请从列表里选。", 404)
        if form.get("psn_name") or form.get("certno"):
            form["year"] = form.get("year") or str(portal.year)
            places = self.doors.till.find(form.get("psn_name", ""), form.get("certno", ""), form["year"])
            if not places:
                return self._refuse(
                    request, portal, "没有查到", "请核对姓名和身份证号；没有登记的，先到医保经办机构登记。"
                )
        if form.get("optins_no") and form.get("kind"):
            refused = self._wrong(request, portal, form)
            if refused is not None:
                return refused
            if form.get("do") == "pay":
                return self._pay(request, portal, form)
        return self._screen(request, portal, form)

    def _screen(self, request: Request, portal: Portal, form: dict[str, str]) -> Response:
        """The screen that is next, with what is known so far in hidden fields."""
        screen = self._next(portal, form)
        till = self.doors.till
        known = {name: form[name] for name in CARRIED if form.get(name)}
        facts: dict[str, Any] = {"portal": portal, "screen": screen, "known": known, "form": form}
        if screen == "place":
            facts["places"] = till.find(form["psn_name"], form["certno"], form["year"])
        if screen == "review":
            owed = till.owed(form["certno"], form["year"], form["optins_no"])
            looked = int(form.get("looked") or 0)
            facts |= {
                "owed": owed, "is_last": looked + 1 >= portal.reviews, "looked": looked + 1,
                "place": next((row for row in till.find(form["psn_name"], form["certno"], form["year"])
                               if row["optins_no"] == form["optins_no"]), None),
                "manners": {name: WORDS.get(name, "明细和合计不一样") for name in MANNERS if name != "normal"},
            }  # fmt: skip
            known.pop("looked", None)
        return self._page(request, "portal.html", facts)

    def _next(self, portal: Portal, form: dict[str, str]) -> str:
        if portal.intents and not form.get("intent"):
            return "intent"
        if not form.get("certno"):
            return "who"
        if not form.get("optins_no"):
            return "place"
        return "review" if form.get("kind") else "popup"

    def _wrong(self, request: Request, portal: Portal, form: dict[str, str]) -> Response | None:
        """Paid already, or the wrong kind: with what to choose, and where."""
        owed = self.doors.till.owed(form["certno"], form["year"], form["optins_no"])
        if owed is None:
            return self._refuse(request, portal, "这一年已经缴过了", "不用再缴。")
        if owed.kind == form["kind"]:
            return None
        if owed.kind == SPECIAL and portal.special_label:
            return self._refuse(
                request, portal, "选错了", f"您是资助对象，有特殊缴费信息。请选“{portal.special_label}”。"
            )
        if owed.kind == SPECIAL:
            return self._refuse(request, portal, "这里只能办日常缴费", self._where(portal))
        return self._refuse(
            request, portal, "没有您的特殊缴费信息",
            f"请选“{portal.normal_label}”。刚认定的，先问医保经办机构。",
        )  # fmt: skip

    def _where(self, portal: Portal) -> str:
        """Where an assisted payer of the same place goes instead."""
        others = [
            f"{other.name}，选“{other.special_label}”"
            for other in load_portals(self.doors.home).values()
            if other.area == portal.area and other.special_label
        ]
        return "您有特殊缴费信息。请到：" + ("；".join(others) or "办税服务厅") + "。"

    def _pay(self, request: Request, portal: Portal, form: dict[str, str]) -> Response:
        """Take the money, and let the partner be told in the manner chosen."""
        owed = self.doors.till.owed(form["certno"], form["year"], form["optins_no"])
        manner = form.get("notify") or self.doors.plans.take("notify", form["certno"]) or "normal"
        if owed is None or manner not in MANNERS:
            return self._refuse(request, portal, "这一年已经缴过了", "不用再缴。")
        who = {name: form[name] for name in ("certno", "psn_name", "year", "optins_no")}
        row = self.doors.till.collect(
            who | {"portal": portal.channel[:24]}, owed.kind, owed.amount, owed.bill_id
        )
        self.doors.announce(row, manner)
        return self._page(
            request, "portal.html", {"portal": portal, "screen": "paid", "row": row, "known": {}, "form": {}}
        )

    def _refuse(
        self, request: Request, portal: Portal | None, heading: str, what_now: str, status: int = 422
    ) -> Response:
        facts = {"portal": portal, "screen": "refused", "heading": heading, "what_now": what_now}
        return self._page(request, "portal.html", facts | {"known": {}, "form": {}}, status)

    def _portal(self, request: Request) -> Portal | None:
        return load_portals(self.doors.home).get(request.path_params["key"])

    def _page(self, request: Request, template: str, facts: dict[str, Any], status: int = 200) -> Response:
        shown = {"brand": "税务渠道", "normal": NORMAL, "special": SPECIAL, **facts}
        return self.templates.TemplateResponse(request, template, shown, status_code=status, headers=NOT_KEPT)
