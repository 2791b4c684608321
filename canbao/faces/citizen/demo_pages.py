"""The demo's own pages: whom one may try, and every state one may meet. Outside a demo there are none of them."""

from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from canbao.basics.documents import RESIDENT_ID
from canbao.basics.refusals import Busy, Maintenance, NotFound, OurFault, Refusal
from canbao.channels.identity import Proof
from canbao.faces import wiring
from canbao.faces.citizen.guard import bare_page, look_from, refusal_page
from canbao.faces.citizen.pay_pages import answer_to
from canbao.faces.citizen.phone import LOGIN, address_of, keep_word
from canbao.faces.cli.demo.cast import CAST, UNANSWERED, Role
from canbao.services.people.diagnose import example, resident_codes
from canbao.services.people.guide import Question
from canbao.services.people.identity.login import LASTS, keep
from canbao.services.people.season import open_order_token
from canbao.services.system.env import Env

BARE = (Busy, Maintenance, OurFault)
LOGIN_LASTS_S = int(LASTS / timedelta(seconds=1))


@require_GET
def demo_page(request: HttpRequest) -> HttpResponse:
    """演示人员: each with a button that does what they would type; and a link to every state."""
    env = _demo_env()
    named = sorted(enumerate(CAST), key=lambda each: each[1].enter_area)
    groups = [
        (env.areas.full_name(area), list(roles))
        for area, roles in groupby(named, key=lambda each: each[1].enter_area)
    ]
    area = request.COOKIES.get("area", "")
    shown_area = area if env.areas.knows(area) else CAST[0].enter_area
    context = {"groups": groups, "codes": resident_codes(), "shown_area": shown_area}
    return render(request, "demo.html", context)


@require_POST
def as_page(request: HttpRequest, nth: int) -> HttpResponse:
    """What one of them would get who types name and number, or logs in where the case is about that."""
    env = _demo_env()
    if nth >= len(CAST):
        raise NotFound
    role = CAST[nth]
    look_from(request, role.enter_area)
    if role.fate == UNANSWERED:
        token = open_order_token(env, role.number)
        return redirect("order", token) if token else redirect("demo")
    try:
        response = _asked(request, env, role)
    except Refusal as refusal:
        response = refusal_page(request, refusal)
    if role.proved_name:
        proof = Proof("real_name", role.proved_name, RESIDENT_ID, role.number, None)
        keep_word(response, LOGIN, keep(env, proof)[0], LOGIN_LASTS_S)
    return response


def _asked(request: HttpRequest, env: Env, role: Role) -> HttpResponse:
    name = role.proved_name or role.name
    proved = role.proved_name is not None
    asked = Question(role.enter_area, name, role.number, role.payer, address_of(request), True, proved=proved)
    return answer_to(request, env, asked)


@require_GET
def state_page(request: HttpRequest, area: str, code: str) -> HttpResponse:
    """One state as it reads in an area, for looking at."""
    env = _demo_env()
    refusal = example(env, env.areas.get(area).code, code)
    return bare_page(request, refusal) if isinstance(refusal, BARE) else refusal_page(request, refusal)


def _demo_env() -> Env:
    if not settings.DEMO:
        raise NotFound
    return wiring.env("resident")
