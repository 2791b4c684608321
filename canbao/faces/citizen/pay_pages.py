"""参保缴费: find, fill in, check, pay. Each request makes one call into the services."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from canbao.basics.areas import pooling_area_of
from canbao.basics.documents import mask_name, normal_number
from canbao.basics.refusals import (
    BadInput,
    CredentialInactive,
    FigureUnknown,
    HouseholdMismatch,
    NotFound,
    NothingToPay,
    OrderUnfinished,
    OutsideWindow,
    PageExpired,
    PushPending,
    RosterPending,
    SeveralPlaces,
    SubsidyPending,
)
from canbao.faces import wiring
from canbao.faces.citizen import tickets
from canbao.faces.citizen.guard import refusal_page
from canbao.faces.citizen.phone import LOGIN, ORDERS, address_of, remember, word_on
from canbao.faces.citizen.tell_pages import remindable_page
from canbao.services.money.check import check, new_order_number
from canbao.services.money.open import Opening
from canbao.services.money.pay import Way, pay, release
from canbao.services.people.advise import advise
from canbao.services.people.guide import Details, Finding, Question, class_choices, complete, find
from canbao.services.people.household.join import Head
from canbao.services.people.identity.login import holder_of
from canbao.services.people.one_way import answer
from canbao.services.system.env import Env

STEPS = ("查询", "确认", "支付", "完成")
# What somebody else has to do first; whoever asks may be told when it is done.
WILL_PASS = (FigureUnknown, OutsideWindow, PushPending, RosterPending, SubsidyPending)
HEADINGS = {"self": "本人缴费", "proxy": "代他人缴费"}


@require_GET
def intent(request: HttpRequest, area: str) -> HttpResponse:
    """本人缴费 or 代他人缴费."""
    wiring.env("resident").areas.get(area)
    return render(request, "intent.html")


@require_http_methods(["GET", "POST"])
def find_page(request: HttpRequest, area: str, payer: str) -> HttpResponse:
    """Name, number, consent: 授权查询."""
    env = wiring.env("resident")
    env.areas.get(area)
    if request.method == "GET":
        return _find_form(request, payer)
    question = question_of(request, area, payer)
    try:
        return answer_to(request, env, question)
    except BadInput as bad:
        return _find_form(request, payer, bad)


def answer_to(request: HttpRequest, env: Env, question: Question) -> HttpResponse:
    """On to the next page, or to what the person must do first.

    Raises:
        BadInput: a field cannot be right. Any other Refusal: the answer.
    """
    try:
        finding = find(env, question)
    except CredentialInactive as inactive:
        return refusal_page(request, inactive, activate_url=activate_url(env, question))
    except SeveralPlaces as several:
        return several_page(request, env, question, several)
    except WILL_PASS as refusal:
        return remindable_page(request, env, refusal, question)
    return redirect(next_page(env, finding, question.area_code, question.payer_kind))


def several_page(request: HttpRequest, env: Env, question: Question, several: SeveralPlaces) -> HttpResponse:
    """查到 2 个参保地: two cards; the one here leads on with nothing typed again (CP-15)."""
    asked = {"name": question.name, "number": question.number, "payer": question.payer_kind}
    ticket = tickets.make(env, page="place", **asked)
    here = reverse("place", args=[question.area_code, ticket])
    return refusal_page(request, several, "several.html", here_url=here, **several.facts)


@require_POST
def place_page(request: HttpRequest, area: str, ticket: str) -> HttpResponse:
    """选这里: the same question again, with the place chosen."""
    env = wiring.env("resident")
    known = _read(env, ticket, "place")
    asked = Question(
        env.areas.get(area).code,
        known["name"],
        known["number"],
        known["payer"],
        address_of(request),
        consented=True,
        chose_place=True,
    )
    try:
        return answer_to(request, env, asked)
    except BadInput:
        raise PageExpired(minutes="30") from None


def activate_url(env: Env, question: Question) -> str:
    """Where to activate the e-credential, and whence the way leads back with nothing typed again (FY-07)."""
    asked = {"name": question.name, "number": question.number, "payer": question.payer_kind}
    return reverse("activate", args=[question.area_code, tickets.make(env, page="activate", **asked)])


def question_of(request: HttpRequest, area: str, payer: str) -> Question:
    """What was typed into a name-number-consent form."""
    return Question(
        area_code=area,
        name=request.POST.get("name", "")[:120],
        number=request.POST.get("number", "")[:60],
        payer_kind=payer,
        address=address_of(request),
        consented=request.POST.get("consent") == "yes",
        proved=_is_holder(request, request.POST.get("number", "")),
    )


def _is_holder(request: HttpRequest, number: str) -> bool:
    """Whether this phone is logged in as the holder of the number that is typed: who may learn more (E-1003)."""
    holder = holder_of(wiring.env("resident"), word_on(request, LOGIN))
    return holder is not None and holder.number == normal_number(number)


def _find_form(request: HttpRequest, payer: str, bad: BadInput | None = None) -> HttpResponse:
    context = {
        "steps": STEPS,
        "step": 1,
        "payer_kind": payer,
        "heading": HEADINGS[payer],
        "whose": "" if payer == "self" else "参保人",
        "button": "授权查询",
        "typed": request.POST,
        "wrong": bad.facts if bad else {},
    }
    return render(request, "find.html", context, status=422 if bad else 200)


def next_page(env: Env, finding: Finding, area: str, payer: str) -> str:
    """The check page, or the details page where the pack wants more first."""
    if finding.needs_details or finding.bill_id is None:
        ticket = tickets.make(
            env,
            page="details",
            name=finding.name,
            number=finding.number,
            person=finding.person_id,
            own_area=finding.area_code,
            payer=payer,
        )
        return reverse("details", args=[area, ticket])
    order_no, token = new_order_number(env, finding.bill_id)
    ticket = tickets.make(
        env,
        page="check",
        bill=finding.bill_id,
        order_no=order_no,
        token=token,
        payer=payer,
        until=finding.payable_until,
        head=finding.head_person_id,
        channels=finding.channels,
        others_open=finding.others_open,
    )
    return reverse("check", args=[area, ticket])


@require_http_methods(["GET", "POST"])
def details_page(request: HttpRequest, area: str, ticket: str) -> HttpResponse:
    """Place, class and household head, where registration is part of paying (FY-16, FY-30)."""
    env = wiring.env("resident")
    known = _read(env, ticket, "details")
    finding = Finding(known["name"], known["number"], known["own_area"], known["person"], needs_details=True)
    if request.method == "GET":
        return _details_form(request, env, area, finding)
    try:
        found = complete(env, finding, _details_of(request, env, area), known["payer"])
    except BadInput as bad:
        return _details_form(request, env, area, finding, bad.facts)
    except HouseholdMismatch as bad:
        steps = tuple(bad.say(step) for step in bad.steps)
        told = {"field": "head", "problem": bad.say(bad.why), "code": bad.code, "steps": steps}
        return _details_form(request, env, area, finding, told)
    except WILL_PASS as refusal:
        typed = (known["name"], known["number"], known["payer"])
        return remindable_page(
            request, env, refusal, Question(area, *typed, address_of(request), consented=True)
        )
    return redirect(next_page(env, found, area, known["payer"]))


def _details_of(request: HttpRequest, env: Env, area: str) -> Details:
    chosen = request.POST.get("area", area)
    if pooling_area_of(env.areas.get(chosen).code) != pooling_area_of(area):
        raise NotFound
    own = request.POST.get("head") != "family"
    return Details(
        area_code=chosen,
        person_class=request.POST.get("person_class") or None,
        head=Head(None if own else request.POST.get("head_number", "")[:60]),
    )


def _details_form(
    request: HttpRequest, env: Env, area: str, finding: Finding, wrong: Mapping[str, Any] | None = None
) -> HttpResponse:
    context = {
        "steps": STEPS,
        "step": 1,
        "name": mask_name(finding.name),
        "is_new": finding.person_id is None,
        "own_area_name": env.areas.full_name(finding.area_code),
        "counties": env.areas.counties_of(pooling_area_of(area)),
        "classes": class_choices(env, area, finding.number) if finding.person_id is None else (),
        "typed": request.POST or {"area": area},
        "wrong": wrong or {},
    }
    return render(request, "details.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def check_page(request: HttpRequest, area: str, ticket: str) -> HttpResponse:
    """核对: amount, place, class, first day of cover; then pay."""
    env = wiring.env("resident")
    known = _read(env, ticket, "check")
    if request.method == "POST" and "group_answer" in request.POST:
        answer(env, known["bill"], request.POST["group_answer"], known["payer"])
        return redirect("check", area, ticket)
    if request.method == "POST":
        return _send_to_channel(request, env, area, ticket, known)
    page = check(env, known["bill"])
    context = {
        "steps": STEPS,
        "step": 2,
        "page": page,
        "nothing_to_pay": None if page.amount_fen else advise(env, area, NothingToPay()),
        "channels": known["channels"],
        "others_open": known.get("others_open", False),
        "payer_kind": known["payer"],
        "back_url": reverse("find", args=[area, known["payer"]]),
    }
    return render(request, "check.html", context)


def _send_to_channel(
    request: HttpRequest, env: Env, area: str, ticket: str, known: dict[str, Any]
) -> HttpResponse:
    opening = Opening(
        order_no=known["order_no"],
        token=known["token"],
        bill_id=known["bill"],
        payer_kind=known["payer"],
        entry_area_code=area,
        payable_until=tickets.day(known["until"]),
        head_person_id=known["head"],
    )
    chosen = request.POST.get("channel", known["channels"][0])
    if chosen not in known["channels"]:
        raise NotFound
    try:
        link = pay(env, opening, way_of(request, known["token"], chosen))
    except OrderUnfinished as unfinished:
        return refusal_page(request, unfinished, release_url=reverse("release", args=[area, ticket]))
    response = HttpResponseRedirect(link)
    remember(request, response, ORDERS, known["token"])
    return response


def way_of(request: HttpRequest, token: str, channel: str = "") -> Way:
    """Through a channel, or the one chosen before, and back to the order's own page."""
    back = settings.BASE_URL + reverse("confirming", args=[token, 0])
    return Way(channel, back, address_of(request), word_on(request, LOGIN))


@require_POST
def release_page(request: HttpRequest, area: str, ticket: str) -> HttpResponse:
    """Let an unfinished order of this bill go, then show the check page again."""
    env = wiring.env("resident")
    known = _read(env, ticket, "check")
    release(env, known["bill"])
    order_no, token = new_order_number(env, known["bill"])
    fresh = {**known, "order_no": order_no, "token": token}
    fresh.pop("at")
    return redirect("check", area, tickets.make(env, **fresh))


def _read(env: Env, ticket: str, page: str) -> dict[str, Any]:
    known = tickets.read(env, ticket)
    if known.get("page") != page:
        raise PageExpired(minutes="30")
    return known
