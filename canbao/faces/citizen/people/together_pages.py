"""全家一起缴: gather, tick, check, pay once. What was gathered travels in a sealed ticket, by id alone."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from canbao.basics.refusals import (
    AlreadyPaid,
    BadInput,
    MaybeAssisted,
    NoMatch,
    NotFound,
    OrderUnfinished,
    PageExpired,
    PushPending,
)
from canbao.faces import wiring
from canbao.faces.citizen import tickets
from canbao.faces.citizen.pay_pages import STEPS, way_of
from canbao.faces.citizen.phone import LOGIN, ORDERS, address_of, remember, word_on
from canbao.services.money.pay import pay
from canbao.services.people.cart.choose import Chosen, answer_for, checked, choose, release_for
from canbao.services.people.cart.gather import Adding, Row, add, people_of, rows_of, rules_of
from canbao.services.people.identity.login import Holder, holder_of
from canbao.services.system.env import Env

# What may have happened to one of them between the list and the button; the list is shown again, nobody is charged.
MEANWHILE = (AlreadyPaid, OrderUnfinished, PushPending, MaybeAssisted, PageExpired, NotFound)


@require_http_methods(["GET", "POST"])
def list_page(request: HttpRequest, area: str, ticket: str = "") -> HttpResponse:
    """Who is in, what each owes; add one, take one out, answer, tick, go on."""
    env = wiring.env("resident")
    env.areas.get(area)
    payer = holder_of(env, word_on(request, LOGIN))
    typed = _read(env, ticket, "together")["people"] if ticket else []
    rows = rows_of(env, area, payer, people_of(env, payer, typed))
    if request.method == "GET":
        return _list(request, env, area, payer, typed, rows)
    try:
        return _do(request, env, area, typed, rows)
    except (BadInput, NoMatch) as bad:
        wrong = bad.facts or {"field": "number", "problem": "没有查到。请核对姓名和号码，或者先办登记。"}
        return _list(request, env, area, payer, typed, rows, wrong)


def _do(request: HttpRequest, env: Env, area: str, typed: Sequence[int], rows: Sequence[Row]) -> HttpResponse:
    what, bill_id = request.POST.get("do", ""), _number(request.POST.get("of", ""))
    if what == "add":
        added = add(env, _adding(request, area), [row.person_id for row in rows])
        return redirect("together_list", area, _ticket(env, [*typed, added]))
    if what == "drop":
        return redirect("together_list", area, _ticket(env, [id_ for id_ in typed if id_ != bill_id]))
    if what == "answer":
        answer_for(env, rows, bill_id, request.POST.get("group_answer", ""))
        return redirect("together_list", area, _ticket(env, typed))
    if what == "release":
        release_for(env, rows, bill_id)
        return redirect("together_list", area, _ticket(env, typed))
    if what != "go":
        raise NotFound
    chosen = choose(env, rows, {_number(text) for text in request.POST.getlist("bill")})
    return redirect("together_pay", area, _check_ticket(env, chosen, typed))


@require_http_methods(["GET", "POST"])
def pay_page(request: HttpRequest, area: str, ticket: str) -> HttpResponse:
    """核对: everybody with their amount and place, one sum; then one payment."""
    env = wiring.env("resident")
    known = _read(env, ticket, "together_pay")
    chosen = Chosen(
        tuple(known["bills"]),
        known["order_no"],
        known["token"],
        tuple(known["channels"]),
        tickets.day(known["until"]),
    )
    back = reverse("together_list", args=[area, _ticket(env, known["people"])])
    try:
        if request.method == "POST":
            return _send(request, env, area, chosen)
        pages = checked(env, chosen.bill_ids)
    except MEANWHILE:
        return redirect(f"{back}?changed=1")
    context = {
        "steps": STEPS,
        "step": 2,
        "pages": pages,
        "total_fen": sum(page.amount_fen for page in pages),
        "channels": chosen.channels,
        "back_url": back,
    }
    return render(request, "together_check.html", context)


def _send(request: HttpRequest, env: Env, area: str, chosen: Chosen) -> HttpResponse:
    channel = request.POST.get("channel", chosen.channels[0])
    if channel not in chosen.channels:
        raise BadInput(field="channel", problem="请选一种付款方式。")
    link = pay(env, chosen.opening(area), way_of(request, chosen.token, channel))
    response = HttpResponseRedirect(link)
    remember(request, response, ORDERS, chosen.token)
    return response


def _list(
    request: HttpRequest,
    env: Env,
    area: str,
    payer: Holder | None,
    typed: Sequence[int],
    rows: Sequence[Row],
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    going = [row for row in rows if row.can_go]
    context: dict[str, Any] = {
        "steps": STEPS,
        "step": 1,
        "payer": payer,
        "may_log_in": env.identity is not None,
        "rules": rules_of(env, area),
        "rows": rows,
        "typed_ids": typed,
        "going": going,
        "total_fen": sum(row.amount_fen or 0 for row in going),
        "changed": "changed" in request.GET,
        "typed": request.POST,
        "wrong": wrong or {},
    }
    return render(request, "together.html", context, status=422 if wrong else 200)


def _adding(request: HttpRequest, area: str) -> Adding:
    return Adding(
        area,
        request.POST.get("name", "")[:120],
        request.POST.get("number", "")[:60],
        consented=request.POST.get("consent") == "yes",
        address=address_of(request),
    )


def _ticket(env: Env, people: Sequence[int]) -> str:
    return tickets.make(env, page="together", people=list(dict.fromkeys(people)))


def _check_ticket(env: Env, chosen: Chosen, people: Sequence[int]) -> str:
    return tickets.make(
        env,
        page="together_pay",
        people=list(people),
        bills=list(chosen.bill_ids),
        order_no=chosen.order_no,
        token=chosen.token,
        channels=list(chosen.channels),
        until=chosen.payable_until,
    )


def _read(env: Env, ticket: str, page: str) -> dict[str, Any]:
    known = tickets.read(env, ticket)
    if known.get("page") != page:
        raise PageExpired(minutes="30")
    return known


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
