"""重复参保: both records side by side, and a choice for the clerk to see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from canbao.basics.refusals import BadInput, NotFound, ProofMissing
from canbao.faces import wiring
from canbao.faces.citizen.phone import LOGIN, word_on
from canbao.services.people.identity.conflicts import my_conflicts, say_wish


@require_http_methods(["GET", "POST"])
def conflict_page(request: HttpRequest, area: str) -> HttpResponse:
    """Keep A, or keep B."""
    env = wiring.env("resident")
    env.areas.get(area)
    token = word_on(request, LOGIN)
    try:
        if request.method == "POST":
            return _said(request, area, token)
        found = my_conflicts(env, token, area)
    except ProofMissing:
        return redirect("mine", area)
    return render(request, "conflicts.html", {"conflicts": found})


def _said(request: HttpRequest, area: str, token: str | None) -> HttpResponse:
    env = wiring.env("resident")
    number = request.POST.get("duplicate", "")
    if not number.isdigit():
        raise NotFound
    try:
        say_wish(env, token, area, int(number), request.POST.get("keep", ""))
    except BadInput as bad:
        context = {"conflicts": my_conflicts(env, token, area), "wrong": bad.facts}
        return render(request, "conflicts.html", context, status=422)
    return redirect("conflicts", area)
