"""An application's own pages, opened by its token: fill in, add papers, check, hand in, see the answer, go on to pay."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from canbao.basics.refusals import BadInput, EvidenceRefused, StepNotDue
from canbao.faces import wiring
from canbao.faces.citizen.guard import look_from
from canbao.faces.citizen.pay_pages import next_page
from canbao.faces.citizen.people.uploads import uploaded
from canbao.faces.citizen.phone import address_of
from canbao.services.people.registration.apply import fill, submit
from canbao.services.people.registration.evidence import LARGEST_MB, MOST_FILES, add, drop, refused
from canbao.services.people.registration.number import fill_in
from canbao.services.people.registration.page import (
    ApplicationPage,
    class_choices,
    page_of,
    place_choices,
    to_payment,
)

DEPARTMENT = {"yes": True, "no": False}


@require_GET
def application_page(request: HttpRequest, token: str) -> HttpResponse:
    """What is still to be done; or 审核中, 通过, 退回. May be bookmarked."""
    return _show(request, "application.html", _page(request, token))


@require_http_methods(["GET", "POST"])
def place_page(request: HttpRequest, token: str) -> HttpResponse:
    """② 住在哪里、在哪里上学."""
    page = _page(request, token)
    if not page.is_open:
        return redirect("application", token)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        # another county has other villages and schools: they are offered on the same page
        moved = request.POST.get("area", page.area_code) != page.area_code
        wrong = _fill(
            token,
            area_code=request.POST.get("area", page.area_code)[:6],
            unit_code=None if moved else request.POST.get("unit", "")[:24] or None,
            address=request.POST.get("home", "").strip()[:120],
            ground=request.POST.get("ground", "")[:24] or None,
        )
        if not wrong:
            return redirect("application_place" if moved else "application", token)
    typed = request.POST or _typed(page)
    env = wiring.env("resident")
    return _show(
        request,
        "application_place.html",
        page,
        choices=place_choices(env, page.form),
        typed=typed,
        wrong=wrong,
    )


@require_http_methods(["GET", "POST"])
def class_page(request: HttpRequest, token: str) -> HttpResponse:
    """③ 人员类别, and what changes who registers, or until when one may pay (LZ-05, FY-04)."""
    page = _page(request, token)
    if not page.is_open:
        return redirect("application", token)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        wrong = _fill(
            token,
            person_class=request.POST.get("person_class", "")[:40] or None,
            of_department=DEPARTMENT.get(request.POST.get("of_department", "")),
            declarations=tuple(word[:40] for word in request.POST.getlist("declared")),
        )
        if not wrong:
            return redirect("application", token)
    context = {
        "choices": class_choices(wiring.env("resident"), page.form),
        "typed": request.POST or _typed(page),
        "declared": request.POST.getlist("declared") if request.POST else page.form.declarations,
        "wrong": wrong,
    }
    return _show(request, "application_class.html", page, **context)


@require_http_methods(["GET", "POST"])
def files_page(request: HttpRequest, token: str) -> HttpResponse:
    """④ 上传照片: one at a time; each is looked at before it is kept."""
    page = _page(request, token)
    if not page.is_open:
        return redirect("application", token)
    limits = {"most": MOST_FILES, "megabytes": LARGEST_MB}
    if request.method == "GET":
        return _show(request, "application_files.html", page, **limits)
    env = wiring.env("resident")
    if request.POST.get("drop", "").isdigit():
        drop(env, token, int(request.POST["drop"]))
        return redirect("application_files", token)
    try:
        body = uploaded(request, "file")
        if isinstance(body, str):
            raise refused(body)
        add(env, token, body, address_of(request))
    except EvidenceRefused as no:
        problem = no.say(no.why)
        return _show(request, "application_files.html", page, status=422, problem=problem, **limits)
    return redirect("application_files", token)


@require_http_methods(["GET", "POST"])
def check_page(request: HttpRequest, token: str) -> HttpResponse:
    """核对, then 提交."""
    page = _page(request, token)
    if not page.is_open or page.missing:
        return redirect("application", token)
    if request.method == "GET":
        return _show(request, "application_check.html", page)
    try:
        submit(wiring.env("resident"), token)
    except BadInput:
        return redirect("application", token)
    return redirect("application", token)


@require_POST
def pay_page(request: HttpRequest, token: str) -> HttpResponse:
    """去缴费: from the register on to the payment that had to wait for it (E-1001)."""
    page = _page(request, token)
    env = wiring.env("resident")
    return redirect(next_page(env, to_payment(env, token), page.area_code, page.given_by))


@require_http_methods(["GET", "POST"])
def number_page(request: HttpRequest, token: str) -> HttpResponse:
    """补登身份证号: a child that was registered by a birth certificate (CZ-04, FY-09)."""
    page = _page(request, token)
    if not page.wants_number:
        return redirect("application", token)
    if request.method == "GET":
        return _show(request, "application_number.html", page)
    try:
        fill_in(wiring.env("resident"), token, request.POST.get("number", "")[:60])
    except BadInput as bad:
        return _show(
            request, "application_number.html", page, status=422, wrong=bad.facts, typed=request.POST
        )
    return redirect("application", token)


def _page(request: HttpRequest, token: str) -> ApplicationPage:
    page = page_of(wiring.env("resident"), token)
    look_from(request, page.area_code)
    return page


def _fill(token: str, **values: Any) -> dict[str, str]:
    """Write a page; what is wrong with it, if anything is."""
    try:
        fill(wiring.env("resident"), token, **values)
    except BadInput as bad:
        return bad.facts
    except StepNotDue:
        return {}  # handed in meanwhile; the page that follows says so
    return {}


def _typed(page: ApplicationPage) -> dict[str, str]:
    """What was filled in before, by the names of the fields."""
    form = page.form
    department = {True: "yes", False: "no", None: ""}[form.of_department]
    return {
        "area": form.area_code,
        "unit": form.unit_code or "",
        "home": form.address,
        "ground": form.ground or "",
        "person_class": form.person_class or "",
        "of_department": department,
    }


def _show(
    request: HttpRequest, template: str, page: ApplicationPage, status: int = 200, **more: Any
) -> HttpResponse:
    status = 422 if more.get("wrong") else status
    return render(request, template, {"page": page, **more}, status=status)
