"""退费: how far the refunds of an order are, and where one applies. Opened by the order's token alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from canbao.faces import wiring
from canbao.faces.citizen.guard import look_from
from canbao.services.money.track import track


@require_GET
def refund_page(request: HttpRequest, token: str) -> HttpResponse:
    """退费进度."""
    page = track(wiring.env("resident"), token)
    look_from(request, page.area_code)
    return render(request, "refund.html", {"page": page})
