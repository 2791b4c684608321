"""短信通知: asked for on an order's page or where one cannot pay yet; stopped there, or by typing the phone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from canbao.basics.refusals import BadInput, PageExpired, Refusal
from canbao.faces import wiring
from canbao.faces.citizen import tickets
from canbao.faces.citizen.guard import look_from, refusal_page
from canbao.faces.citizen.phone import address_of
from canbao.services.notify.consent import (
    agree_for_order,
    agree_on_question,
    may_be_reminded,
    order_area,
    stop_for_order,
    stop_for_phone,
    told_of_order,
)
from canbao.services.people.guide import Question
from canbao.services.system.env import Env


def remindable_page(request: HttpRequest, env: Env, refusal: Refusal, question: Question) -> HttpResponse:
    """The page of a refusal that will pass, with 提醒我 where there is somebody to be reminded of."""
    if not may_be_reminded(env, question, refusal):
        return refusal_page(request, refusal)
    ticket = tickets.make(
        env, page="remind", name=question.name, number=question.number, payer=question.payer_kind
    )
    url = reverse("remind", args=[question.area_code, ticket])
    return refusal_page(request, refusal, remind_url=url)


@require_http_methods(["GET", "POST"])
def tell_page(request: HttpRequest, token: str) -> HttpResponse:
    """缴费有结果时短信告诉我: for whoever holds the order's page."""
    env = wiring.env("resident")
    look_from(request, order_area(token))
    if request.method == "GET":
        return _order_form(request, env, token)
    if "stop" in request.POST:
        stop_for_order(env, token)
        return redirect("tell", token)
    try:
        _must_be_ticked(request)
        agree_for_order(env, token, _phone(request), address_of(request))
    except BadInput as bad:
        return _order_form(request, env, token, bad)
    return redirect("tell", token)


def _order_form(request: HttpRequest, env: Env, token: str, bad: BadInput | None = None) -> HttpResponse:
    context = {"token": token, "told": told_of_order(env, token), "typed": request.POST, "wrong": _wrong(bad)}
    return render(request, "tell.html", context, status=422 if bad else 200)


@require_http_methods(["GET", "POST"])
def remind_page(request: HttpRequest, area: str, ticket: str) -> HttpResponse:
    """提醒我: from the page of somebody who cannot pay yet (E-1010, E-1015, E-1021)."""
    env = wiring.env("resident")
    known = tickets.read(env, ticket)
    if known.get("page") != "remind":
        raise PageExpired(minutes="30")
    if request.method == "GET":
        return render(request, "tell.html", {"done": "done" in request.GET, "typed": {}, "wrong": {}})
    question = Question(area, known["name"], known["number"], known["payer"], address_of(request), True)
    try:
        _must_be_ticked(request)
        agree_on_question(env, question, _phone(request))
    except BadInput as bad:
        context = {"typed": request.POST, "wrong": _wrong(bad)}
        return render(request, "tell.html", context, status=422)
    return redirect(f"{reverse('remind', args=[area, ticket])}?done=1")


@require_http_methods(["GET", "POST"])
def untold_page(request: HttpRequest, area: str) -> HttpResponse:
    """不再接收通知: says the same whether anything was sent to that phone or not."""
    env = wiring.env("resident")
    env.areas.get(area)
    if request.method == "GET":
        return render(request, "untold.html", {"done": "done" in request.GET, "typed": {}, "wrong": {}})
    try:
        stop_for_phone(env, _phone(request), address_of(request))
    except BadInput as bad:
        return render(request, "untold.html", {"typed": request.POST, "wrong": _wrong(bad)}, status=422)
    return redirect(f"{reverse('untold', args=[area])}?done=1")


def _phone(request: HttpRequest) -> str:
    return request.POST.get("phone", "")[:40]


def _must_be_ticked(request: HttpRequest) -> None:
    if request.POST.get("consent") != "yes":
        raise BadInput(field="consent", problem="请先勾选，我们才能发短信。")


def _wrong(bad: BadInput | None) -> dict[str, str]:
    return bad.facts if bad else {}
