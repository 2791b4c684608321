"""Somebody who pays on one phone or two: taps twice, goes back, cancels, lets go, pays what is open, in any order.

Pages only: what a phone knows, it has from an answer. The channel is the payer's: it takes money for a link once, and not
for one that was closed, as the real ones do.
"""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from threading import Lock

from django.db import connections
from django.http import HttpResponse
from django.test import Client

from canbao.channels.port import PaymentFact
from tests.support.fake_channel import FakeChannel
from tests.support.world import CHIPING

LINK = "https://pay.example/"
ROUNDS = (4, 10)


class Counterpart(FakeChannel):
    """The channel as two phones meet it: a link is paid once, or closed, and never both."""

    lock = Lock()

    def close(self, out_trade_no: str) -> bool:
        with self.lock:
            return super().close(out_trade_no)

    def pay(self, out_trade_no: str) -> PaymentFact | None:
        """The payer confirms; None: the channel shows that this is closed or paid."""
        with self.lock:
            if out_trade_no in self.closed or out_trade_no in self.paid:
                return None
            return self.take_money(out_trade_no)


@dataclass
class Handset:
    """One phone: its cookies, the check page it last saw, the order it holds, the link it was sent to."""

    payer: str
    client: Client
    check: str = ""
    link: str = ""
    let_go: str = ""
    back: str = ""

    def open(self, path: str) -> HttpResponse:
        return self.client.get(path)

    def send(self, path: str, **fields: str) -> HttpResponse:
        answer = self.client.post(
            path, fields | {"csrfmiddlewaretoken": self.client.cookies["csrftoken"].value}
        )
        assert answer.status_code < 500, answer.content.decode()
        return answer

    def twin(self) -> "Handset":
        """The second tap: the same phone, the same page, at the same moment."""
        other = Handset(self.payer, Client(enforce_csrf_checks=True, REMOTE_ADDR=self.address))
        other.client.cookies.update(self.client.cookies)
        other.check = self.check
        return other

    @property
    def address(self) -> str:
        return str(self.client.defaults["REMOTE_ADDR"])

    def follow(self, answer: HttpResponse) -> None:
        """Go where an answer leads, as far as it is this phone's business."""
        place = answer.headers.get("Location", "")
        text = answer.content.decode()
        if place.startswith(LINK):
            self.link = place.removeprefix(LINK)
        elif "/check/" in place:
            self.check = place
        elif place.startswith("/o/"):
            self.back = place
        elif found := re.search(r'action="(/a/\d+/release/[^"]+)"', text):
            self.let_go = found[1]


@dataclass
class Household:
    """One bill, its payer's phones, and what they did."""

    name: str
    number: str
    channel: Counterpart
    phones: list[Handset]
    notices: list[PaymentFact] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def live(self, chance: Random, pool: ThreadPoolExecutor) -> None:
        """Some rounds of one or two things at once; at the end every notice arrives."""
        for phone in self.phones:
            self._find(phone)
        for _ in range(chance.randint(*ROUNDS)):
            together(pool, [self._choose(chance) for _ in range(chance.choice((1, 1, 2)))])
        together(pool, [lambda fact=fact: self._tell(fact) for fact in self.notices])

    def _choose(self, chance: Random) -> Callable[[], None]:
        phone = chance.choice(self.phones)
        ways: dict[str, Callable[[], None]] = {"look again": lambda: self._find(phone)}
        if phone.check:
            ways["tap"] = lambda: self._tap(phone)
            ways["tap twice"] = lambda: self._tap_twice(phone)
        if phone.link:
            ways["pay"] = lambda: self._pay(phone)
            ways["go back and look"] = lambda: self._look_back(phone)
            ways["cancel"] = lambda: self._order(phone, "cancel/")
            ways["go on"] = lambda: self._order(phone, "resume/")
        if phone.let_go:
            ways["let go"] = lambda: self._let_go(phone)
        if self.notices:
            fact = chance.choice(self.notices)
            ways["a notice"] = lambda: self._tell(fact)
        what = chance.choice(sorted(ways))
        self.done[what] += 1
        return ways[what]

    def _find(self, phone: Handset) -> None:
        path = f"/a/{CHIPING}/pay/{phone.payer}/"
        phone.open(path)
        phone.follow(phone.send(path, name=self.name, number=self.number, consent="yes"))

    def _tap(self, phone: Handset) -> None:
        phone.follow(phone.send(phone.check))

    def _tap_twice(self, phone: Handset) -> None:
        second = phone.twin()
        with ThreadPoolExecutor(2) as hands:
            together(hands, [lambda: self._tap(phone), lambda: self._tap(second)], leave=True)
        phone.link = phone.link or second.link
        phone.client.cookies.update(second.client.cookies)

    def _pay(self, phone: Handset) -> None:
        if fact := self.channel.pay(phone.link):
            self.notices.append(fact)
            self.done["paid"] += 1

    def _look_back(self, phone: Handset) -> None:
        phone.back = self.channel.asked[phone.link].return_url.partition("//")[2].partition("/")[2]
        assert phone.open(f"/{phone.back}").status_code in (200, 302)

    def _order(self, phone: Handset, what: str) -> None:
        token = self.channel.asked[phone.link].return_url.split("/o/")[1].split("/")[0]
        phone.follow(phone.send(f"/o/{token}/{what}"))

    def _let_go(self, phone: Handset) -> None:
        phone.follow(phone.send(phone.let_go))
        phone.let_go = ""

    def _tell(self, fact: PaymentFact) -> None:
        headers, body = self.channel.callback(fact)
        answer = Client().post(
            f"/api/wechat/notify/{fact.out_trade_no}",
            body,
            content_type="application/json",
            headers=dict(headers),
        )
        assert answer.status_code == 204


def together(pool: ThreadPoolExecutor, works: list[Callable[[], None]], *, leave: bool = False) -> None:
    """All at once; whatever one of them raises is raised. `leave`: the pool ends here, and its connections with it."""

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            if leave:
                connections.close_all()

    for one in [pool.submit(run, work) for work in works]:
        one.result()
