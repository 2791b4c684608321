"""参保登记: begin an application, declare for later dates, see what to bring and where to go."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from canbao.basics.refusals import BadInput
from canbao.channels.roster.columns import day_of
from canbao.faces import wiring
from canbao.faces.citizen.pay_pages import question_of
from canbao.faces.citizen.phone import APPLICATIONS, address_of, remember
from canbao.services.people.registration.apply import Beginning, begin
from canbao.services.people.registration.declare import choices, declare
from canbao.services.people.registration.page import who_may_register
from canbao.services.people.registration.papers import errands, points


@require_http_methods(["GET", "POST"])
def begin_page(request: HttpRequest, area: str) -> HttpResponse:
    """① 是谁: name, number, who fills it in, consent."""
    env = wiring.env("resident")
    env.areas.get(area)
    if request.method == "GET":
        return _begin_form(request, area)
    said = Beginning(
        area_code=area,
        name=request.POST.get("name", "")[:120],
        number=request.POST.get("number", "")[:60],
        given_by=request.POST.get("given_by", "")[:10],
        address=address_of(request),
        consented=request.POST.get("consent") == "yes",
        guardian=request.POST.get("guardian", "")[:120],
        birth_date=day_of(request.POST.get("birth_date", "")[:20]),
        sex=request.POST.get("sex", "")[:10],
    )
    try:
        token = begin(env, said)
    except BadInput as bad:
        return _begin_form(request, area, bad)
    response = redirect("application", token)
    remember(request, response, APPLICATIONS, token)
    return response


def _begin_form(request: HttpRequest, area: str, bad: BadInput | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "who": who_may_register(wiring.env("resident"), area),
        "typed": request.POST,
        "wrong": bad.facts if bad else {},
    }
    return render(request, "register_begin.html", context, status=422 if bad else 200)


@require_http_methods(["GET", "POST"])
def declare_page(request: HttpRequest, area: str) -> HttpResponse:
    """申报: a returning migrant worker, and whatever else a notice gives other dates to (FY-04)."""
    env = wiring.env("resident")
    env.areas.get(area)
    if request.method == "GET":
        return _declare_form(request, area)
    try:
        declared = declare(env, question_of(request, area, "self"), request.POST.get("word", "")[:40])
    except BadInput as bad:
        return _declare_form(request, area, bad)
    return render(request, "declare.html", {"declared": declared})


def _declare_form(request: HttpRequest, area: str, bad: BadInput | None = None) -> HttpResponse:
    context = {
        "cohorts": choices(wiring.env("resident"), area),
        "typed": request.POST,
        "wrong": bad.facts if bad else {},
    }
    return render(request, "declare.html", context, status=422 if bad else 200)


@require_GET
def papers_page(request: HttpRequest, area: str) -> HttpResponse:
    """办事材料: what to bring, errand by errand; only what the notice states."""
    env = wiring.env("resident")
    env.areas.get(area)
    return render(request, "papers.html", {"errands": errands(env, area)})


@require_GET
def points_page(request: HttpRequest, area: str) -> HttpResponse:
    """服务网点: address, hours, phone; what is not stated stays so."""
    env = wiring.env("resident")
    env.areas.get(area)
    return render(request, "points.html", {"points": points(env, area)})
