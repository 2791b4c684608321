"""Choose an area, see its season, ask about somebody, find a phone number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from canbao.basics.refusals import BadInput
from canbao.faces import wiring
from canbao.faces.citizen.pay_pages import question_of
from canbao.faces.citizen.phone import APPLICATIONS, FEEDBACKS, kept_on
from canbao.services.people.advise import contacts_of
from canbao.services.people.diagnose import common, diagnose
from canbao.services.people.enquire import enquire
from canbao.services.people.feedback.ask import answered_on
from canbao.services.people.registration.declare import choices
from canbao.services.people.registration.page import applications_on
from canbao.services.people.season import area_groups, season_card, token_of, unfinished_orders

AREA_COOKIE = "area"
YEAR_S = 31_536_000


@require_GET
def choose_page(request: HttpRequest) -> HttpResponse:
    """选择地区."""
    env = wiring.env("resident")
    last = request.COOKIES.get(AREA_COOKIE, "")
    context = {
        "groups": area_groups(env),
        "last": {"code": last, "name": env.areas.full_name(last)} if env.areas.knows(last) else None,
    }
    return render(request, "choose.html", context)


@require_GET
def home_page(request: HttpRequest, area: str) -> HttpResponse:
    """One area's front page."""
    env = wiring.env("resident")
    context = {
        "season": season_card(env, env.areas.get(area).code),
        "unfinished": unfinished_orders(env, kept_on(request)),
        "applications": applications_on(env, kept_on(request, APPLICATIONS)),
        "answered": answered_on(kept_on(request, FEEDBACKS)),
        "cohorts": choices(env, area),
    }
    response = render(request, "home.html", context)
    response.set_cookie(AREA_COOKIE, area, YEAR_S, samesite="Lax", httponly=True)
    return response


@require_http_methods(["GET", "POST"])
def enquiry_page(request: HttpRequest, area: str) -> HttpResponse:
    """信息查询: enrolled? paid? For whoever knows name and number, and no more than that."""
    env = wiring.env("resident")
    env.areas.get(area)
    if request.method == "GET":
        return _enquiry_form(request)
    try:
        standing = enquire(env, question_of(request, area, "self"))
    except BadInput as bad:
        return _enquiry_form(request, bad)
    context = {"standing": standing, "receipt_token": token_of(env, kept_on(request), standing.order_no)}
    return render(request, "enquiry.html", context)


def _enquiry_form(request: HttpRequest, bad: BadInput | None = None) -> HttpResponse:
    context = {"typed": request.POST, "whose": "", "button": "查询", "wrong": bad.facts if bad else {}}
    return render(request, "enquiry.html", context, status=422 if bad else 200)


@require_GET
def diagnose_page(request: HttpRequest, area: str) -> HttpResponse:
    """办不了？ What a page or a clerk said, and what to do about it."""
    env = wiring.env("resident")
    said = request.GET.get("said", "")[:120]
    code = env.areas.get(area).code
    context = {"said": said, "found": diagnose(env, code, said) if said else (), "common": common(env, code)}
    return render(request, "diagnose.html", context)


@require_GET
def contacts_page(request: HttpRequest, area: str) -> HttpResponse:
    """咨询电话."""
    env = wiring.env("resident")
    return render(request, "contacts.html", {"all_contacts": contacts_of(env, env.areas.get(area).code)})
