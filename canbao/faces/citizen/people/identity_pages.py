"""登录、激活: away to the identity provider by a signed redirect, and back to where one was, with nothing lost (FY-07)."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from canbao.basics.refusals import BadInput, CredentialInactive, NotFound, PageExpired, ProofMissing
from canbao.faces import wiring
from canbao.faces.citizen import tickets
from canbao.faces.citizen.guard import look_from, refusal_page
from canbao.faces.citizen.pay_pages import activate_url, next_page
from canbao.faces.citizen.phone import ASKING, LOGIN, address_of, keep_word, word_on
from canbao.services.people.guide import Question, find
from canbao.services.people.identity.login import LASTS, ask_url, log_out, prove
from canbao.services.system.env import Env

LASTS_S = int(LASTS.total_seconds())
PLACES = {"family": "family", "mine": "mine", "together": "together"}


@require_POST
def login_page(request: HttpRequest, area: str, level: str) -> HttpResponse:
    """To the provider, to prove who one is; back to the page named in the form."""
    env = wiring.env("resident")
    place = PLACES.get(request.POST.get("to", ""))
    if level not in ("real_name", "face") or place is None:
        raise NotFound
    return _away(env, "login", level, area, reverse(place, args=[env.areas.get(area).code]))


@require_POST
def logout_page(request: HttpRequest, area: str) -> HttpResponse:
    """退出登录: the row is gone, so a copied cookie opens nothing."""
    env = wiring.env("resident")
    log_out(env, word_on(request, LOGIN))
    response = redirect("home", env.areas.get(area).code)
    response.delete_cookie(LOGIN)
    return response


@require_POST
def activate_page(request: HttpRequest, area: str, ticket: str) -> HttpResponse:
    """去激活: to the provider, and back to the payment that had to wait."""
    env = wiring.env("resident")
    _known(env, ticket)
    return _away(
        env, "activate", "real_name", area, reverse("activated", args=[env.areas.get(area).code, ticket])
    )


@require_GET
def activated_page(request: HttpRequest, area: str, ticket: str) -> HttpResponse:
    """Back from activating: the same question again, without typing; then on with the payment."""
    env = wiring.env("resident")
    known = _known(env, ticket)
    question = Question(area, known["name"], known["number"], known["payer"], address_of(request), True)
    try:
        return redirect(next_page(env, find(env, question), area, known["payer"]))
    except CredentialInactive as still:
        return refusal_page(request, still, activate_url=activate_url(env, question))
    except BadInput:
        raise PageExpired(minutes="30") from None


@require_GET
def back_page(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the browser; only the browser that asked may come back with the answer."""
    env = wiring.env("resident")
    state = request.GET.get("state", "")
    known = tickets.read(env, state)
    if known.get("page") != "identity" or known["nonce"] != word_on(request, ASKING):
        raise PageExpired(minutes="30")
    look_from(request, known["area"])
    try:
        token, _ = prove(env, request.GET, state)
    except ProofMissing as missing:
        return refusal_page(request, missing, back_url=known["back"])
    response = HttpResponseRedirect(known["back"])
    response.delete_cookie(ASKING)
    keep_word(response, LOGIN, token, LASTS_S)
    return response


def _away(env: Env, purpose: str, level: str, area: str, back: str) -> HttpResponse:
    nonce = secrets.token_urlsafe(16)
    state = tickets.make(env, page="identity", area=area, back=back, nonce=nonce)
    url = ask_url(env, purpose, level, state, settings.BASE_URL + reverse("identity_back"))  # type: ignore[arg-type]
    response = HttpResponseRedirect(url)
    keep_word(response, ASKING, nonce, LASTS_S)
    return response


def _known(env: Env, ticket: str) -> dict[str, str]:
    known = tickets.read(env, ticket)
    if known.get("page") != "activate":
        raise PageExpired(minutes="30")
    return known
