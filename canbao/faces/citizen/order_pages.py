"""An order's own pages, opened by its token: wait, see, go on, cancel, receipt."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from canbao.basics.refusals import NotFound
from canbao.faces import wiring
from canbao.faces.citizen.guard import look_from
from canbao.faces.citizen.pay_pages import STEPS, way_of
from canbao.faces.papers.receipt import receipt_pdf
from canbao.faces.papers.seal import as_file
from canbao.services.money.pay import cancel, resume
from canbao.services.money.receipt import receipts_of, verify
from canbao.services.money.watch import watch
from canbao.services.people.household.quota import family
from canbao.services.people.identity.proofs import PREFIX, verify_certificate

LOOKS_MAX = 20  # of some two seconds each; then the page says that nobody knows yet
UNPAID_AFTER = 3  # looks at which the channel still says "not paid": the payer came back without paying


@require_GET
def confirming_page(request: HttpRequest, token: str, look: int) -> HttpResponse:
    """正在确认: asks the channel at every look, and moves on as soon as the outcome is known."""
    page = watch(wiring.env("resident"), token)
    settled = page.phase not in ("open", "unknown")
    given_up = look >= LOOKS_MAX or (page.phase == "open" and look >= UNPAID_AFTER)
    if settled or given_up:
        return redirect("order", token)
    context = {
        "steps": STEPS,
        "step": 3,
        "page": page,
        "next_url": reverse("confirming", args=[token, look + 1]),
    }
    return render(request, "confirming.html", context)


@require_GET
def order_page(request: HttpRequest, token: str) -> HttpResponse:
    """What became of the order; may be bookmarked."""
    page = watch(wiring.env("resident"), token)
    look_from(request, page.area_code)
    step = 4 if page.phase == "done" else 3
    return render(request, "order.html", {"steps": STEPS, "step": step, "page": page})


@require_POST
def resume_page(request: HttpRequest, token: str) -> HttpResponse:
    """继续支付: the same order, the same attempt."""
    return HttpResponseRedirect(resume(wiring.env("resident"), token, way_of(request, token)))


@require_POST
def cancel_page(request: HttpRequest, token: str) -> HttpResponse:
    """取消: unless it turns out to be paid."""
    cancel(wiring.env("resident"), token)
    return redirect("order", token)


@require_GET
def household_page(request: HttpRequest, token: str) -> HttpResponse:
    """我的家庭: who shares the outpatient quota of whom this order paid for, and what is left of it."""
    page = family(wiring.env("resident"), token)
    look_from(request, page.area_code)
    return render(request, "household.html", {"page": page, "token": token})


@require_GET
def receipt_page(request: HttpRequest, token: str) -> HttpResponse:
    """缴费票据 on the screen."""
    receipts = receipts_of(wiring.env("resident"), token)
    look_from(request, receipts[0].area_code)
    return render(request, "receipt.html", {"receipts": receipts, "token": token})


@require_GET
def receipt_file(request: HttpRequest, token: str) -> HttpResponse:
    """缴费票据 as PDF."""
    receipts = receipts_of(wiring.env("resident"), token)
    return as_file(receipt_pdf(receipts), receipts[0].receipt_no)


@require_GET
def verify_page(request: HttpRequest, receipt_no: str, code: str) -> HttpResponse:
    """What the QR code on a receipt opens."""
    return _verified(request, receipt_no, code)


@require_GET
def verify_form(request: HttpRequest) -> HttpResponse:
    """The same by hand."""
    receipt_no, code = request.GET.get("no", "").strip(), request.GET.get("code", "").strip()
    if not receipt_no:
        return render(request, "verify.html", {"typed": request.GET})
    return _verified(request, receipt_no.upper(), code)


def _verified(request: HttpRequest, receipt_no: str, code: str) -> HttpResponse:
    """A receipt, or a certificate: their numbers say which."""
    try:
        if receipt_no.startswith(PREFIX):
            found = verify_certificate(wiring.env("public"), receipt_no, code)
            return render(request, "verify.html", {"certificate": found})
        receipt = verify(wiring.env("public"), receipt_no, code)
    except NotFound:
        typed = {"no": receipt_no, "code": code}
        return render(request, "verify.html", {"wrong": True, "typed": typed}, status=404)
    return render(request, "verify.html", {"receipt": receipt})
