"""A resident's phone without a browser: requests through all of Django, a fake channel behind it."""

from dataclasses import dataclass, replace

import pytest
from django.http import HttpResponse
from django.test import Client

from canbao.faces import wiring
from tests.support.world import CHIPING, IN_SEASON, World, make_world


@dataclass
class Phone:
    """A client that keeps its cookies and sends forms with their token, as a browser does."""

    world: World
    client: Client

    def open(self, path: str, **query: str) -> HttpResponse:
        return self.client.get(path, query)

    def send(self, path: str, **fields: str) -> HttpResponse:
        token = self.client.cookies["csrftoken"].value
        return self.client.post(path, {**fields, "csrfmiddlewaretoken": token})

    def ask(self, name: str, number: str, *, area: str = CHIPING, **more: str) -> HttpResponse:
        """Fill in the find page and follow to where it leads."""
        path = f"/a/{area}/pay/self/"
        self.open(path)
        answer = self.send(path, name=name, number=number, **({"consent": "yes"} | more))
        return self.open(answer["Location"]) if answer.status_code == 302 else answer


@pytest.fixture
def phone(db: None, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """茌平 on a morning of its collection period."""
    world = make_world(IN_SEASON)
    monkeypatch.setattr(wiring, "env", lambda actor: replace(world.env, actor=actor))
    return Phone(world, Client(enforce_csrf_checks=True))
