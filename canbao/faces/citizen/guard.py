"""What stands around every citizen page: refusals become pages, nothing is cached, 大字版 is remembered."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from canbao.basics.refusals import (
    Busy,
    EnrolmentEnded,
    Maintenance,
    NoMatch,
    NoPermission,
    NotFound,
    NothingHere,
    NotRegistered,
    OurFault,
    OutsideWindow,
    PageExpired,
    Refusal,
    TooManyTries,
)
from canbao.faces import wiring
from canbao.policy.guidance import guidance
from canbao.services.people.advise import advise, phone_lines
from canbao.services.people.registration.declare import choices

log = logging.getLogger(__name__)
BIG_COOKIE = "big"
YEAR_S = 31_536_000
RETRY_S = "30"
UNTOUCHED = (
    "/api/",
    "/healthz",
    "/readyz",
)  # who calls these are programs; a channel's notice is stored whatever happens
_STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    NothingHere: 404,
    TooManyTries: 429,
    PageExpired: 410,
    NoPermission: 403,
    Busy: 503,
    Maintenance: 503,
    OurFault: 500,
}


class StepsAside:
    """Turns a Refusal into its page, whichever view raised it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, with 大字版 known before and caching off after."""
        request.big = _wants_big(request)  # type: ignore[attr-defined]
        response = _under_maintenance(request) or self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        if "big" in request.GET:
            response.set_cookie(BIG_COOKIE, "1" if request.big else "0", YEAR_S, samesite="Lax")  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this with whatever a view raised."""
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        if isinstance(exception, OperationalError) and not request.path.startswith(UNTOUCHED):
            log.warning("busy: %s", type(exception).__name__)
            return bare_page(request, Busy())
        return None


REGISTRATION_HELPS = (NotRegistered, NoMatch, EnrolmentEnded)


def refusal_page(
    request: HttpRequest, refusal: Refusal, template: str = "refusal.html", **more: Any
) -> HttpResponse:
    """The page of a refusal: five parts, with the phone of the area the person is in."""
    area_code = area_of(request)
    advice = advise(wiring.env("resident"), area_code, refusal)
    lines = phone_lines(advice.contacts)
    context = {"advice": advice, "phone_lines": lines, "lines": (), "area_code": area_code, **more}
    context["can_register"] = area_code and isinstance(refusal, REGISTRATION_HELPS)
    if area_code and isinstance(
        refusal, OutsideWindow
    ):  # some have dates of their own, once they say so (FY-04)
        context["cohorts"] = choices(wiring.env("resident"), area_code)
    return render(request, template, context, status=_STATUS.get(type(refusal), 422))


def look_from(request: HttpRequest, area_code: str) -> None:
    """Tell the page around which area it is about, where its address does not say."""
    request.area_code = area_code  # type: ignore[attr-defined]


def area_of(request: HttpRequest) -> str | None:
    """The area a view has told, or the one in the page's address, or the one chosen last."""
    told = getattr(request, "area_code", None)
    if told:
        return str(told)
    try:
        kwargs = resolve(request.path_info).kwargs
    except Resolver404:
        kwargs = {}
    code = kwargs.get("area") or request.COOKIES.get("area")
    places = wiring.env("resident").areas
    return code if code and places.knows(code) else None


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in the same five parts."""
    return refusal_page(request, NotFound())


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not ours, or a page that outlived its cookie."""
    return refusal_page(request, PageExpired(minutes="30"))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: said plainly, and nothing of the cause is shown."""
    return bare_page(request, OurFault())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 in the same five parts."""
    return refusal_page(request, NoPermission())


def bare_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The five parts without the context of a page: what it needs of the records it asks for, and does without."""
    try:
        area_code = area_of(request)
        advice = advise(wiring.env("resident"), area_code, refusal)
    except Exception:  # noqa: BLE001 (whatever broke the page may break this too; the national lines need nothing)
        area_code, advice = None, guidance(None, None, refusal)
    context = {
        "advice": advice,
        "phone_lines": phone_lines(advice.contacts),
        "area_code": area_code,
        "big": getattr(request, "big", False),
        "nonce": str(getattr(request, "csp_nonce", "")),
    }
    status = _STATUS[type(refusal)]
    response = HttpResponse(render_to_string("broken.html", context), status=status)
    if status == 503:
        response["Retry-After"] = RETRY_S
    return response


def _under_maintenance(request: HttpRequest) -> HttpResponse | None:
    """The page of a system that its operator has switched off by writing a sentence into `maintenance` in its home."""
    if request.path.startswith((*UNTOUCHED, "/static/")) or not settings.MAINTENANCE_FILE.exists():
        return None
    until = settings.MAINTENANCE_FILE.read_text("utf-8").strip() or "几点恢复，还没有定。"
    return bare_page(request, Maintenance(until=until))


def _wants_big(request: HttpRequest) -> bool:
    asked = request.GET.get("big") or request.COOKIES.get(BIG_COOKIE)
    return asked == "1"
