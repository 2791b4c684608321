"""Where payment channels call back. Headers and body go down untouched."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from canbao.faces import wiring
from canbao.services.exchange.receive import receive


@csrf_exempt  # the channel's signature is the guard
@require_POST
def notify(request: HttpRequest, channel: str, out_trade_no: str) -> HttpResponse:
    """Keep, judge, settle, answer in the channel's own words."""
    received = receive(wiring.env(f"channel:{channel}"), channel, out_trade_no, request.headers, request.body)
    status, content_type, body = received.answer
    return HttpResponse(body, status=status, content_type=content_type)
