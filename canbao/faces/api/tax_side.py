"""Where the tax authority tells what it collected at its own portals. Headers and body go down untouched."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from canbao.basics.accounts import TAX
from canbao.faces import wiring
from canbao.services.exchange.tax_side.hear import hear_notice


@csrf_exempt  # the tax side's signature is the guard
@require_POST
def collected(request: HttpRequest) -> HttpResponse:
    """Keep, judge, place; kept and signed is success, whatever becomes of a payment."""
    if hear_notice(wiring.env(f"channel:{TAX}"), request.headers, request.body):
        return JsonResponse({"infcode": 0, "err_msg": ""})
    return JsonResponse({"infcode": -1, "err_msg": "验签失败"}, status=401)
