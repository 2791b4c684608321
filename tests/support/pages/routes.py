"""Every page a resident can open, found by walking a running demo: addresses, and the cookies of who is logged in.

What is walked is the same for the gates and for the contact sheet; a route that nobody reaches is named.
"""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
from playwright.sync_api import BrowserContext

from canbao.faces.cli.demo.cast import CAST
from canbao.faces.urls import urlpatterns
from tests.support.demo import Demo

CITY, FAMILY_CITY = "371503", "341225"
# Answered with a redirect or a file, or by programs: not pages to look at.
NO_PAGES = {
    "release", "place", "logout", "login", "activate", "activated", "identity_back", "family_pay", "family_remove",
    "application_pay", "withdraw", "resume", "cancel", "receipt_pdf", "certificate_pdf", "slip_pdf", "tax_collected", "notify", "alive", "ready", "demo_as",
    "partner_description", "partner_call", "partner_query", "menu_words", "verify",
}  # fmt: skip
STATES = ("E-1001", "E-1005", "E-1011", "E-1014", "E-1043", "E-1101", "E-1102", "E-1104", "E-1106", "E-1107",
          "E-1108", "E-1109", "E-1110", "E-1500")  # fmt: skip
PLAIN = (
    "home", "contacts", "diagnose", "enquiry", "intent", "register", "declare", "papers", "points", "mine", "family",
    "together", "questions", "benefits", "official", "card", "poster", "waiting", "newborn", "refund_how", "menu",
    "untold", "feedback",
)  # fmt: skip
PATHS = {"home": "", "intent": "pay/", "refund_how": "refund/"}
NUMBER = {role.name: role.number for role in CAST}
NTH = {role.name: n for n, role in enumerate(CAST)}


@dataclass(frozen=True)
class Stop:
    """One page to look at: the route's name with what is special about this one, its path, and whose login it needs."""

    name: str
    path: str
    login: str | None = None

    @property
    def route(self) -> str:
        """The name in `urls.py`."""
        return self.name.partition("-")[0]


@dataclass
class Walker:
    """A phone without a browser that goes where a resident would."""

    pages: str
    sandbox: str
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.pages, follow_redirects=True, trust_env=False, timeout=30)

    def open(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def send(self, path: str, **fields: object) -> httpx.Response:
        """Send a form of a page, with its token."""
        token = self.client.cookies.get("csrftoken") or self._token()
        asked = {**fields, "csrfmiddlewaretoken": token}
        return self.client.post(path, data=asked, headers={"Referer": self.pages + "/"})

    def be(self, name: str) -> httpx.Response:
        """What one of the cast would get."""
        return self.send(f"/demo/as/{NTH[name]}/")

    def log_in(self, area: str, name: str) -> str:
        """Through the provider and back; the login's cookie."""
        asked = self.send(f"/a/{area}/login/face/", to="mine")
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
        form = {key: unescape(value) for key, value in hidden.items()}
        self.client.post(
            f"{self.sandbox}/identity/ask",
            data={**form, "name": name, "number": NUMBER[name], "outcome": "prove"},
        )
        return self.client.cookies["login"]

    def paid(self, name: str) -> str:
        """Pay for one of the cast; the path of their order."""
        check = self.be(name).url.path
        self.send(check)  # ends at the sandbox's own page
        (number, *_) = self.client.get(f"{self.sandbox}/sandbox/orders").json()["orders"]
        left = re.search(r'href="(/o/[^"]+/)"', self.open(f"/a/{CITY}/").text)
        assert left, "an order that is not paid is offered on the front page"
        self.client.post(f"{self.sandbox}/sandbox/pay", json={"out_trade_no": number["out_trade_no"]})
        for _ in range(50):
            if "缴费完成" in self.open(left[1]).text:
                return left[1]
            time.sleep(0.2)
        raise AssertionError("the order was not settled")

    def _token(self) -> str:
        page = self.open(f"/a/{CITY}/pay/self/").text
        found = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found
        return found[1]


def walk(demo: Demo) -> list[Stop]:
    """All pages of a demo, each once, in the order of a resident's day."""
    return list(_walk(Walker(demo.pages, demo.sandbox), demo))


def missing(stops: list[Stop]) -> set[str]:
    """The routes that were not reached and are pages."""
    known = {pattern.name for pattern in urlpatterns if pattern.name}
    return known - NO_PAGES - {stop.route for stop in stops}


def _walk(walker: Walker, demo: Demo) -> Iterator[Stop]:
    yield Stop("choose", "/")
    for name in PLAIN:
        yield Stop(name, f"/a/{CITY}/{PATHS.get(name, f'{name}/')}")
    yield Stop("home-fuyang", f"/a/{FAMILY_CITY}/")
    yield Stop("benefits-fuyang", f"/a/{FAMILY_CITY}/benefits/")
    yield Stop("menu-fuyang", f"/a/{FAMILY_CITY}/menu/")
    yield Stop("waiting-tried", "/a/140403/waiting/?missed=2")
    yield Stop("diagnose-said", f"/a/{CITY}/diagnose/?said=E-1004")
    yield Stop("account", f"/a/{CITY}/account/0/")
    yield from (Stop(f"find-{payer}", f"/a/{CITY}/pay/{payer}/") for payer in ("self", "proxy"))
    yield from (Stop(f"change_who-{what}", f"/a/{CITY}/change/{what}/") for what in ("suspend", "correct"))
    yield Stop("verify_form", "/v/")
    yield Stop("demo", "/demo/")
    yield from (Stop(f"demo_state-{code}", f"/demo/states/{CITY}/{code}/") for code in STATES)
    yield Stop("check", walker.be("张小满").url.path)
    yield Stop("check-question", walker.be("陈桂兰").url.path)
    yield Stop("check-zero", walker.be("闫春生").url.path)
    yield Stop("check-late", walker.be("吴晓峰").url.path)
    yield Stop("details", walker.be("李小兰").url.path)
    yield Stop("details-new", walker.be("朱新月").url.path)
    waits = re.search(r'href="([^"]+/remind/[^"]+)"', walker.be("刘一诺").text)
    assert waits, "who waits for a figure is offered to be told"
    yield Stop("remind", waits[1])
    yield from _matters(walker, demo)
    yield from _orders(walker)
    yield from _applications(walker, demo)
    yield from _changes(walker)
    yield from _families(walker)
    yield from _proofs(walker)
    yield from _collections(demo)


def _matters(walker: Walker, demo: Demo) -> Iterator[Stop]:
    form = f"/a/{CITY}/feedback/"
    for name, text in (("matter-answered", "看不懂要选哪一项。"), ("matter", "付了钱，页面一直转圈。")):
        once = _hidden(walker.open(form).text, "once")
        yield Stop(name, walker.send(form, once=once, topic="unclear", text=text).url.path)
    first, _ = _clerk(demo, "list", command="feedback")["waiting"]
    _clerk(demo, "answer", str(first["feedback_id"]), "--text", "在校学生请选“学生”。", command="feedback")


def _orders(walker: Walker) -> Iterator[Stop]:
    unknown = walker.be("郝建军").url.path
    yield Stop("order-unknown", unknown)
    yield Stop("confirming", f"{unknown}confirming/0/")
    done = walker.paid("薛满仓")
    yield Stop("order-done", done)
    for name, path in (
        ("receipt", "receipt/"),
        ("household", "family/"),
        ("refund", "refund/"),
        ("tell", "tell/"),
    ):
        yield Stop(name, done + path)


def _applications(walker: Walker, demo: Demo) -> Iterator[Stop]:
    begun = walker.send(
        f"/a/{CITY}/register/", name="赵无名", number=NUMBER["赵无名"], given_by="self", consent="yes"
    ).url.path
    yield Stop("application", begun)
    for name in ("place", "class", "files", "check"):
        yield Stop(f"application_{name}", f"{begun}{name}/")
    walker.send(f"{begun}place/", area=CITY, ground="students", unit="", home="")
    walker.send(f"{begun}class/", person_class="student", of_department="no")
    baby = {"name": "许小宝", "number": "L210000001", "birth_date": "2020-10-01", "sex": "male"}
    asked = {**baby, "given_by": "proxy", "guardian": "许大宝", "consent": "yes"}
    path = walker.send(f"/a/{FAMILY_CITY}/register/", **asked).url.path
    walker.send(f"{path}place/", area=FAMILY_CITY, ground="hukou", unit="", home="")
    walker.send(f"{path}class/", person_class="newborn", of_department="no")
    walker.send(f"{path}check/")
    (waiting,) = _clerk(demo, "queue", "--area", FAMILY_CITY)["list"]
    _clerk(demo, "approve", str(waiting["id"]))
    yield Stop("application-approved", path)
    yield Stop("application_number", f"{path}number/")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def _clerk(demo: Demo, *words: str, command: str = "register") -> dict[str, Any]:
    """A command of the agency's."""
    done = demo.canbao(command, *words, "--as", "甲", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _changes(walker: Walker) -> Iterator[Stop]:
    for what in ("suspend", "correct"):
        asked = walker.send(
            f"/a/450202/change/{what}/", name="韦佳琪", number=NUMBER["韦佳琪"], consent="yes"
        )
        yield Stop(f"change-{what}", asked.url.path)
    changed = walker.send(asked.url.path, kind="correction", name="韦佳奇", number="")
    yield Stop("change_request", changed.url.path)


def _families(walker: Walker) -> Iterator[Stop]:
    path = f"/a/{CITY}/together/"
    for name in ("张小满", "王建国", "李若曦"):
        added = walker.send(path, do="add", name=name, number=NUMBER[name], consent="yes")
        path = added.url.path
    yield Stop("together_list", path)
    bill = re.search(r'name="bill" value="(\d+)"', added.text)
    assert bill
    yield Stop("together_pay", walker.send(path, do="go", bill=bill[1]).url.path)
    login = walker.log_in(CITY, "李若曦")
    for name, path in (
        ("mine", "mine/"), ("records-own", "mine/own/"), ("records-posted", "mine/posted/"), ("conflicts", "conflicts/"),
        ("family", "family/"), ("together", "together/"),
    ):  # fmt: skip
        yield Stop(f"{name}-logged-in", f"/a/{CITY}/{path}", login)


def _proofs(walker: Walker) -> Iterator[Stop]:
    """The three documents of somebody who has paid, and two checks by anybody."""
    login = walker.log_in(CITY, "薛满仓")
    for name in ("certificate", "slips", "paid_for"):
        yield Stop(name, f"/a/{CITY}/mine/{name.replace('_', '-')}/", login)
    opened = re.search(r'href="([^"]+/slips/\d+/)"', walker.open(f"/a/{CITY}/mine/slips/").text)
    assert opened, "who has paid has a slip"
    yield Stop("slip", opened[1], login)
    yield Stop("records-paid", f"/a/{CITY}/mine/own/", login)


def _collections(demo: Demo) -> Iterator[Stop]:
    """The code of the first school whose pupils still owe; and what it says once it is cancelled."""

    def agent(*words: str) -> dict[str, Any] | None:
        done = demo.canbao("collective", *words, "--as", "甲", "--json")
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told if done.returncode == 0 else None

    for nth in range(12):
        read = agent("read", "--unit", f"{CITY}S{nth:02d}")
        if read and agent("open", str(read["collection_id"]), "--by", "wechat"):
            code = agent("code", str(read["collection_id"]), "--by", "wechat")
            assert code
            yield Stop("collective", code["page"].removeprefix(demo.pages))
            return
    raise AssertionError("no school of the demo owes anything")


def log_in_as(context: BrowserContext, pages: str, stop: Stop) -> None:
    """Give a browser's window the login that a stop needs, or none."""
    context.clear_cookies(name="login")
    if stop.login:
        context.add_cookies([{"name": "login", "value": stop.login, "url": pages}])
