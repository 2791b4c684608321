"""停保, 异地就医备案 and 信息变更: asked for here, decided by a clerk. Each request makes one call into the services."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from canbao.basics.refusals import BadInput, PageExpired
from canbao.faces import wiring
from canbao.faces.citizen import tickets
from canbao.faces.citizen.guard import look_from
from canbao.faces.citizen.pay_pages import question_of
from canbao.services.people.changes.ask import choices, find_self, progress
from canbao.services.people.changes.request import Wish, ask, withdraw
from canbao.services.system.env import Env

TITLES = {"suspend": "停保", "correct": "信息变更"}
KINDS = {"suspend": ("suspension", "care_filing"), "correct": ("correction", "person_class", "place")}
_WORDS = {
    "suspension": ("reason",),
    "care_filing": ("reason",),
    "correction": ("name", "number"),
    "person_class": ("person_class",),
    "place": ("area_code",),
}
ONE_DAY = timedelta(days=1)


@require_http_methods(["GET", "POST"])
def who_page(request: HttpRequest, area: str, what: str) -> HttpResponse:
    """Name, number, consent."""
    env = wiring.env("resident")
    env.areas.get(area)
    if request.method == "GET":
        return _who_form(request, what)
    try:
        person_id = find_self(env, question_of(request, area, "self"))
    except BadInput as bad:
        return _who_form(request, what, bad)
    return redirect("change", area, what, tickets.make(env, page=what, person=person_id))


def _who_form(request: HttpRequest, what: str, bad: BadInput | None = None) -> HttpResponse:
    context = {
        "title": TITLES[what],
        "typed": request.POST,
        "whose": "参保人",
        "button": "下一步",
        "wrong": bad.facts if bad else {},
    }
    return render(request, "change_who.html", context, status=422 if bad else 200)


@require_http_methods(["GET", "POST"])
def change_page(request: HttpRequest, area: str, what: str, ticket: str) -> HttpResponse:
    """What it means, both ways side by side; then ask for one."""
    env = wiring.env("resident")
    known = tickets.read(env, ticket)
    if known.get("page") != what:
        raise PageExpired(minutes="30")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            return redirect("change_request", ask(env, _wish(request, what, known["person"])).token)
        except BadInput as bad:
            wrong = bad.facts
    context = {
        "title": TITLES[what],
        "can": choices(env, known["person"]),
        "typed": request.POST,
        "wrong": wrong,
        "kind": request.POST.get("kind", ""),
    }
    return render(request, f"change_{what}.html", context, status=422 if wrong else 200)


def _wish(request: HttpRequest, what: str, person_id: int) -> Wish:
    kind = request.POST.get("kind", "")
    if kind not in KINDS[what]:
        raise BadInput(field="kind", problem="请选一件事。")
    if kind == "suspension" and request.POST.get("understood") != "yes":
        raise BadInput(field="understood", problem="请先看清后果，再勾选。")
    wanted = {word: request.POST.get(word, "")[:60].strip() for word in _WORDS[kind]}
    until = _day(request, "until_date")
    return Wish(
        person_id,
        kind,
        wanted,
        place=request.POST.get("place", "")[:60].strip() or None,
        from_date=_day(request, "from_date"),
        until_date=until + ONE_DAY if until else None,
    )


def _day(request: HttpRequest, field: str) -> date | None:
    text = request.POST.get(field, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(field=field, problem="日期写成 2022-09-01 这样。") from None


@require_GET
def request_page(request: HttpRequest, token: str) -> HttpResponse:
    """How far a request is; may be bookmarked."""
    return _progress(request, wiring.env("resident"), token)


@require_POST
def withdraw_page(request: HttpRequest, token: str) -> HttpResponse:
    """撤回: as long as no clerk has decided."""
    withdraw(wiring.env("resident"), token)
    return redirect("change_request", token)


def _progress(request: HttpRequest, env: Env, token: str) -> HttpResponse:
    page = progress(env, token)
    look_from(request, page.area_code)
    return render(request, "change_request.html", {"page": page, "token": token})
