"""集中代收: the page an agent shows to whoever pays for the village: the code, the sum, the count, and nobody's name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from canbao.faces import wiring
from canbao.faces.citizen.guard import look_from
from canbao.faces.citizen.info_pages import qr_svg
from canbao.services.money.collective.follow import look


@require_GET
def collective_page(request: HttpRequest, token: str) -> HttpResponse:
    """The code while it may be paid; then what it has paid for. Asks the channel at every look."""
    env = wiring.env("resident")
    seen = look(env, token)
    look_from(request, seen.area_code)
    context = {
        "seen": seen,
        "order": seen.order,
        "qr": qr_svg(seen.code) if seen.code else "",
        "until": env.local(seen.area_code, seen.order.expires_at),
    }
    return render(request, "collective.html", context)
