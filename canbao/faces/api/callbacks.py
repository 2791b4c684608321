"""Where payment channels call back. Headers and body go down untouched."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from canbao.basics.refusals import NotFound
from canbao.faces import wiring
from canbao.faces.api.gather import Gatherer
from canbao.services.exchange.receive import Delivery, Received, receive_all


def _receive(deliveries: list[Delivery]) -> list[Received | None]:
    return receive_all(wiring.env(f"channel:{deliveries[0].channel}"), deliveries)


_DOOR: Gatherer[Delivery, Received | None] = Gatherer(_receive)


@csrf_exempt  # the channel's signature is the guard
@require_POST
def notify(request: HttpRequest, channel: str, out_trade_no: str) -> HttpResponse:
    """Keep, judge, settle, answer in the channel's own words."""
    received = _DOOR.ask(channel, Delivery(channel, out_trade_no, request.headers, request.body))
    if received is None:
        raise NotFound
    status, content_type, body = received.answer
    return HttpResponse(body, status=status, content_type=content_type)
