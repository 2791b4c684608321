"""What this phone remembers, in a signed cookie, and where it calls from."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "orders"
KEPT = 8
LASTS_S = 400 * 86_400


def address_of(request: HttpRequest) -> str:
    """The caller's address, through as many of our own proxies as settings say, and no more."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXY_HOPS
    return hops[-trusted] if trusted and len(hops) >= trusted else str(request.META.get("REMOTE_ADDR", ""))


def remember_order(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Keep an order's token on this phone, so that leaving and coming back loses nothing."""
    tokens = [token, *(kept for kept in orders_on(request) if kept != token)][:KEPT]
    response.set_cookie(
        COOKIE,
        signing.dumps(tokens, salt=COOKIE, compress=True),
        max_age=LASTS_S,
        httponly=True,
        samesite="Lax",
        secure=settings.CSRF_COOKIE_SECURE,
    )


def orders_on(request: HttpRequest) -> list[str]:
    """The tokens this phone holds, the newest first."""
    try:
        tokens = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE)
    except signing.BadSignature:
        return []
    return [token for token in tokens if isinstance(token, str)]
