"""What this phone remembers, in a signed cookie, and where it calls from."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

ORDERS, APPLICATIONS, FEEDBACKS = "orders", "applications", "feedbacks"
KEPT = 8
LASTS_S = 400 * 86_400


LOGIN, ASKING = "login", "asking"


def keep_word(response: HttpResponse, cookie: str, word: str, lasts_s: int) -> None:
    """Keep one signed word on this phone: whose login it is, which question it asked."""
    response.set_cookie(
        cookie,
        signing.dumps(word, salt=cookie),
        max_age=lasts_s,
        httponly=True,
        samesite="Lax",
        secure=settings.CSRF_COOKIE_SECURE,
    )


def word_on(request: HttpRequest, cookie: str) -> str | None:
    """The signed word this phone holds under a name."""
    try:
        return str(signing.loads(request.COOKIES.get(cookie, ""), salt=cookie))
    except signing.BadSignature:
        return None


def address_of(request: HttpRequest) -> str:
    """The caller's address, through as many of our own proxies as settings say, and no more."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXY_HOPS
    return hops[-trusted] if trusted and len(hops) >= trusted else str(request.META.get("REMOTE_ADDR", ""))


def remember(request: HttpRequest, response: HttpResponse, cookie: str, token: str) -> None:
    """Keep the token of an order or an application on this phone, so that leaving and coming back loses nothing."""
    tokens = [token, *(kept for kept in kept_on(request, cookie) if kept != token)][:KEPT]
    response.set_cookie(
        cookie,
        signing.dumps(tokens, salt=cookie, compress=True),
        max_age=LASTS_S,
        httponly=True,
        samesite="Lax",
        secure=settings.CSRF_COOKIE_SECURE,
    )


def kept_on(request: HttpRequest, cookie: str = ORDERS) -> list[str]:
    """The tokens this phone holds, the newest first."""
    try:
        tokens = signing.loads(request.COOKIES.get(cookie, ""), salt=cookie)
    except signing.BadSignature:
        return []
    return [token for token in tokens if isinstance(token, str)]
