"""反馈问题: a form from any page; a page of its own where the answer stands (CP-21)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from canbao.basics.refusals import BadInput
from canbao.faces import wiring
from canbao.faces.citizen.guard import look_from
from canbao.faces.citizen.phone import FEEDBACKS, address_of, remember
from canbao.services.people.feedback.ask import Complaint, matter_of, say_more, solve, tell_us
from canbao.services.people.feedback.words import LONGEST, TOPICS
from canbao.services.people.words.questions import stated
from canbao.services.system.env import Env

TYPED_AT_MOST = 4 * LONGEST  # what is longer is told to be so, and not kept


@require_http_methods(["GET", "POST"])
def feedback_page(request: HttpRequest, area: str) -> HttpResponse:
    """What is wrong, in the resident's own words; the phone only for who wants a call."""
    env = wiring.env("resident")
    env.areas.get(area)
    if request.method == "GET":
        return _form(request, env, area, {"code": request.GET.get("code", "")[:6], "once": env.new_token()})
    typed = {name: request.POST.get(name, "")[:40] for name in ("topic", "phone", "code", "once")}
    text = request.POST.get("text", "")[:TYPED_AT_MOST]
    try:
        token = tell_us(env, Complaint(area_code=area, text=text, address=address_of(request), **typed))
    except BadInput as bad:
        return _form(request, env, area, {**typed, "text": text}, bad)
    response = redirect("matter", token)
    remember(request, response, FEEDBACKS, token)
    return response


def _form(
    request: HttpRequest, env: Env, area: str, typed: dict[str, str], bad: BadInput | None = None
) -> HttpResponse:
    context = {
        "topics": TOPICS,
        "promise": stated(env, area, "feedback"),
        "typed": typed,
        "longest": LONGEST,
        "wrong": bad.facts if bad else {},
    }
    return render(request, "feedback.html", context, status=422 if bad else 200)


@require_http_methods(["GET", "POST"])
def matter_page(request: HttpRequest, token: str) -> HttpResponse:
    """One matter: what was said and answered; go on, or say that it is solved. May be bookmarked."""
    env = wiring.env("resident")
    if request.method == "GET":
        return _matter(request, env, token)
    if "solved" in request.POST:
        solve(env, token)
        return redirect("matter", token)
    text, turn = request.POST.get("text", "")[:TYPED_AT_MOST], request.POST.get("turn", "")[:4]
    try:
        say_more(env, token, text, int(turn) if turn.isascii() and turn.isdigit() else 1)
    except BadInput as bad:
        return _matter(request, env, token, {"text": text}, bad)
    return redirect("matter", token)


def _matter(
    request: HttpRequest,
    env: Env,
    token: str,
    typed: dict[str, str] | None = None,
    bad: BadInput | None = None,
) -> HttpResponse:
    matter = matter_of(env, token)
    look_from(request, matter.area_code)
    context = {
        "matter": matter,
        "said": [(one, env.local(matter.area_code, one.at)) for one in matter.said],
        "typed": typed or {},
        "longest": LONGEST,
        "wrong": bad.facts if bad else {},
    }
    return render(request, "matter.html", context, status=422 if bad else 200)
