"""What every template may use: 大字版, the demo's day, the local phones."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from canbao.faces import wiring
from canbao.faces.citizen.guard import area_of
from canbao.services.people.advise import contacts_of, phone_lines


def page(request: HttpRequest) -> dict[str, Any]:
    """The context around every page."""
    big = getattr(request, "big", False)
    query = request.GET.copy()
    query["big"] = "0" if big else "1"
    area_code = area_of(request)
    env = wiring.env("resident")
    return {
        "big": big,
        "switch_url": f"?{query.urlencode()}",
        "demo": settings.DEMO,
        "today": env.local_date(area_code) if area_code and settings.DEMO else None,
        "area_code": area_code,
        "area_name": env.areas.full_name(area_code) if area_code else "",
        "lines": phone_lines(contacts_of(env, area_code)),
    }
