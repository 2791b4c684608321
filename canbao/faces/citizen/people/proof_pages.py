"""三种证明 (LZ-20), told apart: 缴费证明 of a person over years, 缴费回单 of one payment, 代他人缴费记录 of whoever paid."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from canbao.basics.refusals import NotFound, ProofMissing
from canbao.faces import wiring
from canbao.faces.citizen.phone import LOGIN, word_on
from canbao.faces.papers.certificate import certificate_pdf
from canbao.faces.papers.seal import as_file
from canbao.faces.papers.slip import slip_pdf
from canbao.services.people.identity.paid_for import paid_for_others
from canbao.services.people.identity.proofs import certificate, slip, slips
from canbao.services.system.env import Env

# What a page is given: the request, the world, the login on this phone, the area, and what else its address says.
Page = Callable[..., HttpResponse]


def for_the_holder(page: Page) -> Page:
    """A page for whoever has proved who they are; anybody else is led to where that is done."""

    @require_GET
    @wraps(page)
    def guarded(request: HttpRequest, area: str, **more: Any) -> HttpResponse:
        env = wiring.env("resident")
        env.areas.get(area)
        try:
            return page(request, env, word_on(request, LOGIN), area, **more)
        except ProofMissing:
            return redirect("mine", area)

    return guarded


@for_the_holder
def certificate_page(request: HttpRequest, env: Env, login: str | None, area: str) -> HttpResponse:
    """缴费证明: every year that counts, and the paper to save."""
    return render(request, "certificate.html", {"certificate": certificate(env, login, area)})


@for_the_holder
def certificate_file(_: HttpRequest, env: Env, login: str | None, area: str) -> HttpResponse:
    """缴费证明 as PDF, signed."""
    found = certificate(env, login, area)
    if found is None:
        raise NotFound
    return as_file(certificate_pdf(found), found.certificate_no)


@for_the_holder
def slips_page(request: HttpRequest, env: Env, login: str | None, area: str) -> HttpResponse:
    """缴费回单: the payments of whoever is logged in."""
    return render(request, "slips.html", {"slips": slips(env, login, area)})


@for_the_holder
def slip_page(request: HttpRequest, env: Env, login: str | None, area: str, record_id: int) -> HttpResponse:
    """One 缴费回单."""
    found = slip(env, login, area, record_id)
    return render(request, "slip.html", {"slip": found, "receipt": found.receipt, "record_id": record_id})


@for_the_holder
def slip_file(_: HttpRequest, env: Env, login: str | None, area: str, record_id: int) -> HttpResponse:
    """缴费回单 as PDF, signed."""
    found = slip(env, login, area, record_id)
    return as_file(slip_pdf(found), f"HD-{found.receipt.receipt_no}")


@for_the_holder
def paid_for_page(request: HttpRequest, env: Env, login: str | None, area: str) -> HttpResponse:
    """代他人缴费记录: whom the holder of the login paid for."""
    holder, rows = paid_for_others(env, login, area)
    return render(request, "paid_for.html", {"holder": holder, "rows": rows})
