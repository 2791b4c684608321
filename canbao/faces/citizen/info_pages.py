"""Pages to read: questions, benefits, official ways in, menus, waiting, newborns. Nobody is looked up; one call each."""

from datetime import date

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from canbao.basics.refusals import NotFound
from canbao.faces import wiring
from canbao.services.people.diagnose import common
from canbao.services.people.registration.papers import points
from canbao.services.people.season import season_card
from canbao.services.people.words.benefits import benefits
from canbao.services.people.words.entries import Target, entries, meaning, official
from canbao.services.people.words.newborn import countdown, newborn_rules
from canbao.services.people.words.questions import open_questions, questions, refund_how
from canbao.services.people.words.waiting import MOST_MISSED, try_waiting

PAGE_OF: dict[Target, tuple[str, ...]] = {
    "intent": ("intent",),
    "register": ("register",),
    "mine": ("mine",),
    "enquiry": ("enquiry",),
    "change": ("change_who", "correct"),
    "contacts": ("contacts",),
}


def page_of(area: str, target: Target) -> str:
    """The address of the page a menu word means."""
    name, *more = PAGE_OF[target]
    return reverse(name, args=[area, *more])


@require_GET
def questions_page(request: HttpRequest, area: str) -> HttpResponse:
    """常见问题."""
    env = wiring.env("resident")
    code = env.areas.get(area).code
    context = {
        "questions": questions(env, code),
        "open_questions": open_questions(env, code),
        "common": common(env, code),
    }
    return render(request, "questions.html", context)


@require_GET
def benefits_page(request: HttpRequest, area: str) -> HttpResponse:
    """待遇说明."""
    env = wiring.env("resident")
    code = env.areas.get(area).code
    return render(request, "benefits.html", {"benefits": benefits(env, code), "points": points(env, code)})


@require_GET
def official_page(request: HttpRequest, area: str) -> HttpResponse:
    """官方入口与防骗."""
    env = wiring.env("resident")
    return render(request, "official.html", {"official": official(env, env.areas.get(area).code)})


@require_GET
def card_page(request: HttpRequest, area: str) -> HttpResponse:
    """电子医保码."""
    env = wiring.env("resident")
    return render(request, "card.html", {"official": official(env, env.areas.get(area).code)})


@require_GET
def menu_page(request: HttpRequest, area: str, words: str = "") -> HttpResponse:
    """The menus of the official accounts; a path of one, as old notices print it, leads to the page that does it."""
    env = wiring.env("resident")
    code = env.areas.get(area).code
    target = meaning(words)
    if target:
        return redirect(page_of(code, target))
    trees = [
        (nth, entry, [(word, page_of(code, leads)) for word, leads in entry.branches])
        for nth, entry in enumerate(entries(env, code))
    ]
    return render(request, "menu.html", {"trees": trees, "unknown": words}, status=404 if words else 200)


@require_GET
def account_page(request: HttpRequest, area: str, nth: int) -> HttpResponse:
    """One official account: how to follow it, its menu, and a code that opens these pages."""
    env = wiring.env("resident")
    code = env.areas.get(area).code
    listed = entries(env, code)
    if nth >= len(listed):
        raise NotFound
    entry = listed[nth]
    context = {
        "entry": entry,
        "branches": [(word, page_of(code, leads)) for word, leads in entry.branches],
        "qr": qr_svg(settings.BASE_URL + reverse("home", args=[code])),
    }
    return render(request, "account.html", context)


@require_GET
def poster_page(request: HttpRequest, area: str) -> HttpResponse:
    """海报: one sheet to print and hang up."""
    env = wiring.env("resident")
    code = env.areas.get(area).code
    url = settings.BASE_URL + reverse("home", args=[code])
    context = {"season": season_card(env, code), "qr": qr_svg(url), "url": url}
    return render(request, "poster.html", context)


@require_GET
def waiting_page(request: HttpRequest, area: str) -> HttpResponse:
    """等待期试算."""
    env = wiring.env("resident")
    code = env.areas.get(area).code
    said = request.GET.get("missed", "")
    missed = int(said) if said.isascii() and said.isdigit() and len(said) < 3 else None
    context = {
        "years": range(MOST_MISSED + 1),
        "missed": missed,
        "trial": None if missed is None else try_waiting(env, code, missed),
    }
    return render(request, "waiting.html", context)


@require_http_methods(["GET", "POST"])
def newborn_page(request: HttpRequest, area: str) -> HttpResponse:
    """新生儿: the rules, and for a birthday the days that are left. Sent by POST: a birthday belongs into no address."""
    env = wiring.env("resident")
    code = env.areas.get(area).code
    said = request.POST.get("born", "")[:10]
    try:
        born = date.fromisoformat(said) if said else None
    except ValueError:
        born = None
    on = env.local_date(code)
    fits = born is not None and born <= on and on.year - born.year <= 1
    wrong = request.method == "POST" and not fits
    context = {
        "rules": newborn_rules(env, code),
        "born": said,
        "wrong": wrong,
        "child": countdown(env, code, born) if born and fits else None,
    }
    return render(request, "newborn.html", context, status=422 if wrong else 200)


@require_GET
def refund_how_page(request: HttpRequest, area: str) -> HttpResponse:
    """退费申请: whether, where, with what; the progress of a refund stands with its order."""
    env = wiring.env("resident")
    return render(request, "refund_how.html", {"how": refund_how(env, env.areas.get(area).code)})


def qr_svg(url: str) -> str:
    """A code as SVG, for the page itself."""
    return segno.make(url, error="m").svg_inline(
        scale=5, border=2, omitsize=True, title="二维码", lineclass=None
    )
