"""三种证明 (LZ-20), told apart: 缴费证明 of a person over years, 缴费回单 of one payment, 代他人缴费记录 of whoever paid."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from canbao.basics.refusals import NotFound, ProofMissing
from canbao.faces import wiring
from canbao.faces.citizen.phone import LOGIN, word_on
from canbao.faces.papers.certificate import certificate_pdf
from canbao.faces.papers.seal import sealed
from canbao.faces.papers.slip import slip_pdf
from canbao.services.people.identity.paid_for import paid_for_others
from canbao.services.people.identity.proofs import certificate, slip, slips


@require_GET
def certificate_page(request: HttpRequest, area: str) -> HttpResponse:
    """缴费证明: every year that counts, and the paper to save."""
    env = wiring.env("resident")
    env.areas.get(area)
    try:
        found = certificate(env, word_on(request, LOGIN), area)
    except ProofMissing:
        return redirect("mine", area)
    return render(request, "certificate.html", {"certificate": found})


@require_GET
def certificate_file(request: HttpRequest, area: str) -> HttpResponse:
    """缴费证明 as PDF, signed."""
    env = wiring.env("resident")
    env.areas.get(area)
    try:
        found = certificate(env, word_on(request, LOGIN), area)
    except ProofMissing:
        return redirect("mine", area)
    if found is None:
        raise NotFound
    return _file(certificate_pdf(found), found.certificate_no)


@require_GET
def slips_page(request: HttpRequest, area: str) -> HttpResponse:
    """缴费回单: the payments of whoever is logged in."""
    env = wiring.env("resident")
    env.areas.get(area)
    try:
        found = slips(env, word_on(request, LOGIN), area)
    except ProofMissing:
        return redirect("mine", area)
    return render(request, "slips.html", {"slips": found})


@require_GET
def slip_page(request: HttpRequest, area: str, record_id: int) -> HttpResponse:
    """One 缴费回单."""
    env = wiring.env("resident")
    env.areas.get(area)
    try:
        found = slip(env, word_on(request, LOGIN), area, record_id)
    except ProofMissing:
        return redirect("mine", area)
    return render(request, "slip.html", {"slip": found, "receipt": found.receipt, "record_id": record_id})


@require_GET
def slip_file(request: HttpRequest, area: str, record_id: int) -> HttpResponse:
    """缴费回单 as PDF, signed."""
    env = wiring.env("resident")
    env.areas.get(area)
    try:
        found = slip(env, word_on(request, LOGIN), area, record_id)
    except ProofMissing:
        return redirect("mine", area)
    return _file(slip_pdf(found), f"HD-{found.receipt.receipt_no}")


@require_GET
def paid_for_page(request: HttpRequest, area: str) -> HttpResponse:
    """代他人缴费记录: whom the holder of the login paid for."""
    env = wiring.env("resident")
    env.areas.get(area)
    try:
        holder, rows = paid_for_others(env, word_on(request, LOGIN), area)
    except ProofMissing:
        return redirect("mine", area)
    return render(request, "paid_for.html", {"holder": holder, "rows": rows})


def _file(paper: bytes, name: str) -> HttpResponse:
    response = HttpResponse(sealed(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
