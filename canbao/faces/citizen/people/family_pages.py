"""After a login: one's own payments, and linked family, whom one pays for without typing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from canbao.basics.refusals import BadInput, ProofMissing
from canbao.faces import wiring
from canbao.faces.citizen.pay_pages import next_page
from canbao.faces.citizen.phone import LOGIN, word_on
from canbao.policy.registration.acting import RELATIONS
from canbao.services.people.identity.enquiries import own_payments, posted_records
from canbao.services.people.identity.linked import Linking, link, members, most_linked, to_payment, unlink
from canbao.services.people.identity.login import Holder, holder_of, require
from canbao.services.people.identity.mine import level_for, my_years
from canbao.services.system.env import Env

OUR_CHANNEL = "wechat"  # these pages live inside WeChat: 我的缴费记录 knows what was paid there
WHY = "关联家人要先实名登录。"


@require_http_methods(["GET", "POST"])
def family_page(request: HttpRequest, area: str) -> HttpResponse:
    """Whom I pay for; add one more."""
    env = wiring.env("resident")
    env.areas.get(area)
    payer = holder_of(env, word_on(request, LOGIN))
    if payer is None:
        context = {"may_log_in": env.identity is not None, "most": most_linked(env, area)}
        return render(request, "family.html", context)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            link(env, payer, _asked(request, area))
            return redirect("family", area)
        except BadInput as bad:
            wrong = bad.facts
    context = {
        "payer": payer,
        "members": members(env, payer, area),
        "most": most_linked(env, area),
        "relations": RELATIONS.items(),
        "typed": request.POST,
        "wrong": wrong,
    }
    return render(request, "family.html", context, status=422 if wrong else 200)


@require_GET
def mine_page(request: HttpRequest, area: str) -> HttpResponse:
    """我的缴费: by real name, or by face where the notice wants it (LZ-20)."""
    env = wiring.env("resident")
    env.areas.get(area)
    try:
        holder, years = my_years(env, word_on(request, LOGIN), area)
    except ProofMissing:
        level, words = level_for(env, area)
        context = {"level": level, "words": words, "may_log_in": env.identity is not None}
        return render(request, "mine.html", context)
    return render(request, "mine.html", {"holder": holder, "years": years})


@require_GET
def enquiry_page(request: HttpRequest, area: str, view: str) -> HttpResponse:
    """我的缴费记录, or 参保人缴费查询: two lists that the notice tells apart (CZ-20, CZ-21)."""
    env = wiring.env("resident")
    env.areas.get(area)
    token = word_on(request, LOGIN)
    try:
        found = (
            own_payments(env, token, area, OUR_CHANNEL) if view == "own" else posted_records(env, token, area)
        )
    except ProofMissing:
        return redirect("mine", area)
    return render(request, "records.html", {"view": view, "found": found})


@require_POST
def pay_page(request: HttpRequest, area: str, link_id: int) -> HttpResponse:
    """给他缴费: straight to what is owed."""
    env = wiring.env("resident")
    payer = _payer(request, env)
    return redirect(next_page(env, to_payment(env, payer, link_id, area), area, "proxy"))


@require_POST
def remove_page(request: HttpRequest, area: str, link_id: int) -> HttpResponse:
    """取消关联."""
    env = wiring.env("resident")
    unlink(env, _payer(request, env), link_id)
    return redirect("family", area)


def _payer(request: HttpRequest, env: Env) -> Holder:
    return require(env, word_on(request, LOGIN), "real_name", WHY)


def _asked(request: HttpRequest, area: str) -> Linking:
    return Linking(
        area_code=area,
        name=request.POST.get("name", "")[:120],
        number=request.POST.get("number", "")[:60],
        relation=request.POST.get("relation", "")[:12],
        promised=request.POST.get("consent") == "yes",
    )
